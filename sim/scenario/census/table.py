"""What a clean census is."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

NO_OPENING_DAY = -99_999
"""Stands in `opening_day` for an outlet without a date: it has always been open."""

COLUMNS = (
    "outlet_id", "name", "x_km", "y_km", "channel", "size", "territory", "distributor", "listings", "opening_day",
)  # fmt: skip


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
