"""Outcomes as a tidy table, checked and turned into one array."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import InputError, Problem, nearest_name
from sim.metrics.catalogue import KPIS, find
from sim.metrics.kpi import Better

COLUMNS: Final = ("strategy", "replication", "kpi", "value")


class Outcomes(NamedTuple):
    """Outcomes as an array.

    Attributes
    ----------
    futures : names of the futures; a single None when the table has no such column.
    kpis, strategies : names in the order in which the table first mentions them.
    replications : numbers, ascending.
    values : shape (n_futures, n_kpis, n_replications, n_strategies); NaN where there is no value.
    """

    futures: list[Hashable]
    kpis: list[str]
    strategies: list[str]
    replications: list[int]
    values: NDArray[np.float64]

    def column(self, strategy: str) -> int:
        """Return the place of a strategy on the last axis.

        Raises
        ------
        InputError : there is no such strategy.
        """
        if strategy not in self.strategies:
            raise wrong("strategy", strategy, "a strategy of the outcomes", nearest_name(strategy, self.strategies))
        return self.strategies.index(strategy)


def wrong(field: str, value: object, allowed: str, nearest: str = "") -> InputError:
    """Return the error for a table or an argument that cannot be used."""
    return InputError([Problem("statistics", 0, field, str(value), allowed, nearest)])


def as_array(outcomes: pd.DataFrame, kpis: Iterable[str] | None = None) -> Outcomes:
    """Return tidy outcomes as one array.

    Parameters
    ----------
    outcomes : columns strategy, replication, kpi, value and, where several futures were tried, future.
    kpis : KPIs wanted, in this order; all of the table when absent.

    Raises
    ------
    InputError : a column or KPI is missing, a name is empty, a value is infinite or occurs twice.
    """
    require_columns(outcomes, COLUMNS)
    wanted = None if kpis is None else list(dict.fromkeys([kpis] if isinstance(kpis, str) else kpis))
    if wanted is not None:
        _require_kpis(wanted, outcomes)
        outcomes = outcomes[outcomes["kpi"].isin(wanted)]
    by_future = "future" in outcomes.columns
    future, named = codes(outcomes, "future") if by_future else (np.zeros(len(outcomes), np.int64), [])
    futures: list[Hashable] = [*named] if by_future else [None]
    kpi, names = codes(outcomes, "kpi", wanted)
    replication, replications = codes(outcomes, "replication", sorted(outcomes["replication"].dropna().unique()))
    strategy, strategies = codes(outcomes, "strategy")
    values = np.full((len(futures), len(names), len(replications), len(strategies)), np.nan)
    fill(values, (future, kpi, replication, strategy), outcomes)
    return Outcomes(futures, names, strategies, [int(r) for r in replications], values)


def require_columns(table: pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse a table without some columns."""
    for name in names:
        if name not in table.columns:
            raise wrong("column", name, "is missing", nearest_name(name, [str(c) for c in table.columns]))


def codes(table: pd.DataFrame, column: str, order: list[str] | None = None) -> tuple[NDArray[np.int64], list[str]]:
    """Return the place of each row's name and the names: in `order`, or in order of appearance."""
    names = list(table[column].dropna().unique()) if order is None else order
    if bool(table[column].isna().any()):
        raise wrong(column, "empty", "every row needs a name")
    return pd.Index(names).get_indexer(pd.Index(table[column])).astype(np.int64), names


def fill(values: NDArray[np.float64], places: tuple[NDArray[np.int64], ...], table: pd.DataFrame) -> None:
    """Write the column `value` of each row into its place.

    Raises
    ------
    InputError : two rows have the same place, or a value is infinite.
    """
    flat = np.ravel_multi_index(places, values.shape) if len(table) else np.zeros(0, np.int64)
    order = np.argsort(flat, kind="stable")
    twice = np.flatnonzero(np.diff(flat[order]) == 0)
    if twice.size:
        row = table.iloc[int(order[twice[0] + 1])].drop("value")
        raise wrong("value", ", ".join(str(v) for v in row), "occurs twice")
    numbers = table["value"].to_numpy(dtype=np.float64)
    if bool(np.isinf(numbers).any()):
        row = table.iloc[int(np.flatnonzero(np.isinf(numbers))[0])]
        raise wrong("value", ", ".join(str(v) for v in row), "must be finite; NaN stands for no value")
    values.reshape(-1)[flat] = numbers


def directions(kpis: Iterable[str], better: Mapping[str, Better] | None = None) -> dict[str, Better]:
    """Return the direction in which each KPI is better: from `better` where given, else from the catalogue.

    Raises
    ------
    InputError : a KPI is neither in `better` nor in the catalogue.
    """
    own = dict(better or {})
    names = list(kpis)
    find(name for name in names if name not in own)
    return {name: own[name] if name in own else KPIS[name].better for name in names}


def sign_of(kpi: str, better: Better | None = None) -> float:
    """Return 1 where higher is better, −1 where lower is.

    Raises
    ------
    InputError : the KPI is neutral: no value of it is best.
    """
    direction = directions([kpi], {} if better is None else {kpi: better})[kpi]
    if direction == "neutral":
        raise wrong("kpi", kpi, "must be better higher or lower; a neutral KPI has no best strategy")
    return 1.0 if direction == "higher" else -1.0


def _require_kpis(wanted: list[str], outcomes: pd.DataFrame) -> None:
    there = [str(name) for name in outcomes["kpi"].unique()]
    for name in wanted:
        if name not in there:
            raise wrong("kpi", name, "a KPI of the outcomes", nearest_name(name, there))
