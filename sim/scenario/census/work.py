"""What a clean census is, and the bench on which it is cleaned: what is kept, what was noted, what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.errors import Problem, nearest_name
from sim.scenario.geography import Booleans

NO_OPENING_DAY = -99_999
"""Stands in `opening_day` for an outlet without a date: it has always been open."""

COLUMNS = (
    "outlet_id",
    "name",
    "x_km",
    "y_km",
    "channel",
    "size",
    "territory",
    "distributor",
    "listings",
    "opening_day",
)
SHOWN = 5


@dataclass(frozen=True)
class CensusNote:
    """Something that was done to the census, for the report.

    Attributes
    ----------
    kind : what was found, e.g. 'missing size'.
    count : in how many rows (or columns, for unread columns).
    first_five : the first five rows, as a spreadsheet counts them (the header is row 1); data rows in Parquet.
    treatment : what was done.
    """

    kind: str
    count: int
    first_five: tuple[int, ...]
    treatment: str

    def __str__(self) -> str:
        rows = ""
        if self.first_five:
            more = ", …" if self.count > len(self.first_five) else ""
            rows = f" (row{'s' if self.count > 1 else ''} {', '.join(str(row) for row in self.first_five)}{more})"
        return f"{self.count} × {self.kind}: {self.treatment}{rows}"


@dataclass(frozen=True)
class CensusTable:
    """Clean outlets.

    Attributes
    ----------
    frame : one row an outlet, with the columns of `COLUMNS`: outlet_id, name, channel, territory and distributor are
        text ('' when no distributor is known); x_km, y_km and size are floats; listings is a tuple of product ids, or
        None when the census does not say; opening_day counts from start_date, `NO_OPENING_DAY` without a date.
    notes : what was dropped, filled or left unread.
    """

    frame: pd.DataFrame
    notes: tuple[CensusNote, ...]


@dataclass
class Bench:
    """A census while it is cleaned.

    Attributes
    ----------
    file : the source, for problems.
    cells : our columns as text.
    rows : shape (n,). Row numbers in the source.
    kept : shape (n,). False for rows that the scenario lets us drop.
    """

    file: str
    cells: pd.DataFrame
    rows: np.ndarray[tuple[int], np.dtype[np.int64]]
    kept: Booleans
    problems: list[Problem] = field(default_factory=list)
    notes: list[CensusNote] = field(default_factory=list)

    def column(self, name: str) -> pd.Series[str]:
        """Return a column as text; '' everywhere when the census has none of that name."""
        if name in self.cells:
            return self.cells[name]
        return pd.Series("", index=self.cells.index, dtype=object)

    def refuse(self, bad: Booleans, column: str, allowed: str, remedy: str = "") -> None:
        """Report one class of bad rows as one problem: the first value, the number of rows, the first five."""
        bad = bad & self.kept
        if not bad.any():
            return
        first = int(np.flatnonzero(bad)[0])
        words = f"{allowed}; {self.where(bad)}" + (f"; {remedy}" if remedy else "")
        value = shown(self.column(column).iloc[first])
        self.problems.append(Problem(self.file, int(self.rows[first]), column, value, words))

    def refuse_names(
        self, names: pd.Series[str], bad: Booleans, column: str, valid: Collection[str], what: str, remedy: str = ""
    ) -> None:
        """Report unknown names: each of the first five with its rows and the nearest valid name, then how many more."""
        bad = bad & self.kept
        values = pd.Series(names.to_numpy()[bad])
        distinct = list(dict.fromkeys(values))
        ending = f"; {remedy}" if remedy else ""
        for name in distinct[:SHOWN]:
            same = bad & (names.to_numpy() == name)
            nearest = nearest_name(name, valid)
            known = "" if nearest else f" ({', '.join(list(valid)[:8])}{', …' if len(valid) > 8 else ''})"
            allowed = f"must be {what}{known}; {self.where(same)}{ending}"
            row = int(self.rows[np.flatnonzero(same)[0]])
            self.problems.append(Problem(self.file, row, column, shown(name), allowed, nearest))
        if len(distinct) > SHOWN:
            allowed = f"must be {what}; {len(distinct) - SHOWN} more unknown names, {self.where(bad)} in all{ending}"
            self.problems.append(Problem(self.file, 0, column, "further values", allowed))

    def drop(self, bad: Booleans, kind: str, treatment: str = "dropped") -> None:
        """Leave rows out, and note it."""
        self.note(bad, kind, treatment)
        self.kept &= ~bad

    def note(self, mask: Booleans, kind: str, treatment: str) -> None:
        """Note what was done to the kept rows of `mask`."""
        rows = self.rows[mask & self.kept]
        if rows.size:
            self.notes.append(CensusNote(kind, int(rows.size), tuple(int(row) for row in rows[:SHOWN]), treatment))

    def where(self, mask: Booleans) -> str:
        """Say in how many rows, and in which first ones."""
        rows = self.rows[mask]
        listed = ", ".join(str(row) for row in rows[:SHOWN])
        if rows.size == 1:
            return f"in row {listed}"
        return f"in {rows.size} rows: {listed}{', …' if rows.size > SHOWN else ''}"


def shown(value: str) -> str:
    """Write a cell for a message."""
    return f"'{value}'" if value else "empty"


def booleans(values: Iterable[bool]) -> Booleans:
    """Make a mask of any sequence of truth values."""
    return np.asarray(values, dtype=bool)
