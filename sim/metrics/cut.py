"""What a KPI sees: the tables of one replication, cut to a span of days, a company and perhaps one territory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.scenario.schema import Scenario

Span = tuple[int, int]
"""First and last day, both included; day 0 is the first measured day."""

_KEYS = ("territory", "company", "product", "brand", "distributor", "tier", "party", "account", "kind", "household")
_WHOLE_MARKET = frozenset({"constants"})


class ResultLike(Protocol):
    """What metrics need of a `RunResult`."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        ...

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Tables by name, each with a leading `replication` column."""
        ...


class Reader:
    """The tables of one result, prepared once and split by replication.

    Names become categories, because comparing text row by row is what costs time in a long run. Tables that lack the
    territory or the company of their rows get it from the table that knows it.
    """

    def __init__(self, result: ResultLike) -> None:
        self.result = result
        self._prepared: dict[str, dict[int, pd.DataFrame]] = {}
        self._territories: list[str] | None = None
        self._first_listed: dict[int, dict[str, int]] = {}

    @property
    def replications(self) -> tuple[int, ...]:
        """Replications that any table mentions, in rising order."""
        found: set[int] = set()
        for frame in self.result.tables.values():
            if "replication" in frame.columns:
                found.update(int(r) for r in frame["replication"].unique())
        return tuple(sorted(found))

    @property
    def first_day(self) -> int:
        """First recorded day, burn-in included; 0 when nothing is recorded."""
        days = self._recorded_days()
        return 0 if days is None else int(days.min())

    @property
    def last_day(self) -> int:
        """Last recorded day of the market; the scenario's last day when the market was not recorded."""
        days = self._recorded_days()
        return self.result.scenario.calendar.duration_days - 1 if days is None else int(days.max())

    @property
    def territories(self) -> tuple[str, ...]:
        """Territories that any table mentions, sorted."""
        return tuple(self._territory_names())

    @property
    def companies(self) -> tuple[str, ...]:
        """Companies in the market, ours first."""
        frame = self.result.tables.get("market")
        if frame is None or frame.empty:
            return (self.result.scenario.ours.id,)
        ours = self.result.scenario.ours.id
        return tuple(sorted((str(c) for c in frame["company"].unique()), key=lambda c: (c != ours, c)))

    def table(self, name: str, replication: int) -> pd.DataFrame:
        """Return one table of one replication; an empty frame when it was not recorded."""
        if name not in self._prepared:
            self._prepared[name] = self._split(name)
        return self._prepared[name].get(replication, pd.DataFrame())

    def first_listed(self, replication: int) -> dict[str, int]:
        """Return the first day on which any outlet listed a product; products never listed are missing."""
        if replication not in self._first_listed:
            market = self.table("market", replication)
            listed = market if market.empty else market[market["listed_outlets"] > 0]
            days = {} if listed.empty else listed.groupby("product", observed=True)["day"].min().to_dict()
            self._first_listed[replication] = {str(product): int(day) for product, day in days.items()}
        return self._first_listed[replication]

    def _recorded_days(self) -> pd.Series[int] | None:
        frame = self.result.tables.get("market")
        return None if frame is None or frame.empty else frame["day"]

    def _split(self, name: str) -> dict[int, pd.DataFrame]:
        frame = self.result.tables.get(name)
        if frame is None or frame.empty:
            return {}
        frame = self._with_owner(name, frame)
        keys = {key: self._category(key, frame[key]) for key in _KEYS if key in frame.columns}
        frame = frame.assign(**keys)
        if "replication" not in frame.columns:
            return dict.fromkeys(self.replications, frame)
        return {int(str(r)): rows for r, rows in frame.groupby("replication", sort=True)}

    def _category(self, key: str, values: pd.Series[str]) -> pd.Series[Any]:
        # one list of territories for all tables, so that tables join by code and not by text
        return values.astype(pd.CategoricalDtype(self._territory_names()) if key == "territory" else "category")

    def _territory_names(self) -> list[str]:
        if self._territories is None:
            found: set[str] = set()
            for frame in self.result.tables.values():
                if "territory" in frame.columns:
                    found.update(str(t) for t in frame["territory"].dropna().unique() if t != "")
            self._territories = sorted(found)
        return self._territories

    def _with_owner(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the territory of deliveries and household purchases, and the company of the latter."""
        if name == "delivery" and "territory" not in frame.columns:
            distributors = self.result.tables.get("distributor")
            return frame.assign(territory=_lookup(frame, "distributor", distributors, "territory"))
        if name == "households":
            return frame.assign(
                territory=_lookup(frame, "outlet", self.result.tables.get("outlets"), "territory"),
                company=_lookup(frame, "brand", self.result.tables.get("constants"), "company"),
            )
        return frame


def _lookup(frame: pd.DataFrame, key: str, source: pd.DataFrame | None, wanted: str) -> pd.Series[str]:
    """Return `wanted` of each row by its `key`, as `source` has it; missing when the source does not know the key."""
    if source is None or source.empty:
        return pd.Series(None, index=frame.index, dtype=object)
    known = source.drop_duplicates(key).set_index(key)[wanted]
    return frame[key].map(known)


def per_name(names: pd.Series[Any], values: Mapping[str, int], default: int = 0) -> NDArray[np.int64]:
    """Return the value of each name of a categorical column; one look-up per category instead of one per row."""
    known = np.array([values.get(str(name), default) for name in names.cat.categories], dtype=np.int64)
    found: NDArray[np.int64] = known[names.cat.codes.to_numpy()]
    return found


@dataclass(frozen=True)
class Cut:
    """One replication over one span for one company, in the whole market or one territory.

    Attributes
    ----------
    reader : the prepared tables.
    replication : which repetition.
    first, last : span of days, both included.
    company : the company that the KPI is about.
    territory : territory to which the tables are cut; None for the whole market.
    """

    reader: Reader
    replication: int
    first: int
    last: int
    company: str
    territory: str | None = None
    _kept: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict, compare=False, repr=False)

    @property
    def n_days(self) -> int:
        """Days in the span."""
        return self.last - self.first + 1

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.reader.result.scenario

    @property
    def is_ours(self) -> bool:
        """Whether the KPI is about our own company; only we have an advisor table and outlets of our own."""
        return self.company == self.scenario.ours.id

    @property
    def ends_run(self) -> bool:
        """Whether the span reaches the last recorded day, of which the `outlets` table is a picture."""
        return self.last >= self.reader.last_day

    def within(self, territory: str) -> Cut:
        """Return the same cut cut to one territory."""
        return replace(self, territory=territory, _kept={})

    def of(self, company: str) -> Cut:
        """Return the same cut about another company."""
        return replace(self, company=company, _kept={})

    def over(self, first: int, last: int) -> Cut:
        """Return the same cut over another span."""
        return replace(self, first=first, last=last, _kept={})

    def history(self, table: str) -> pd.DataFrame:
        """Rows up to the end of the span, earlier days and the burn-in included; for trailing windows."""
        return self._keep("history", table, self._read_history)

    def rows(self, table: str) -> pd.DataFrame:
        """Rows of the span; empty when the table was not recorded or is not known by territory."""
        return self._keep("rows", table, self._read_rows)

    def own(self, table: str) -> pd.DataFrame:
        """Rows of the span that belong to the company."""
        return self._keep("own", table, lambda name: self._of_company(self.rows(name)))

    def own_history(self, table: str) -> pd.DataFrame:
        """Rows of the company up to the end of the span."""
        return self._keep("own_history", table, lambda name: self._of_company(self.history(name)))

    def _keep(self, kind: str, table: str, read: _Read) -> pd.DataFrame:
        if (kind, table) not in self._kept:
            self._kept[kind, table] = read(table)
        return self._kept[kind, table]

    def _read_history(self, table: str) -> pd.DataFrame:
        frame = self.reader.table(table, self.replication)
        if "day" in frame.columns:
            frame = frame[frame["day"] <= self.last]
        if self.territory is None or table in _WHOLE_MARKET or frame.empty:
            return frame
        if "territory" not in frame.columns:
            return frame.iloc[:0]
        return frame[frame["territory"] == self.territory]

    def _read_rows(self, table: str) -> pd.DataFrame:
        frame = self.history(table)
        return frame[frame["day"] >= self.first] if "day" in frame.columns else frame

    def _of_company(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame if frame.empty else frame[frame["company"] == self.company]


class _Read(Protocol):
    def __call__(self, name: str, /) -> pd.DataFrame: ...


def measured_span(reader: Reader, span: Span | None) -> Span:
    """Return the span asked for, or every measured day (the burn-in is left out)."""
    return (max(0, reader.first_day), reader.last_day) if span is None else (int(span[0]), int(span[1]))


def cuts(reader: Reader, span: Span | None = None, company: str | None = None) -> list[Cut]:
    """Return one whole-market cut per replication."""
    first, last = measured_span(reader, span)
    of = reader.result.scenario.ours.id if company is None else company
    return [Cut(reader, replication, first, last, of) for replication in reader.replications]
