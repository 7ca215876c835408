"""Outcomes as a tidy table, checked and turned into one array."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final, NamedTuple

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
    axes = ["future", "kpi", "replication", "strategy"][0 if by_future else 1 :]
    require_once(outcomes, axes)
    order: dict[str, list[Any]] = {name: list(outcomes[name].unique()) for name in axes}
    order["replication"] = sorted(int(r) for r in order["replication"])
    order["kpi"] = order["kpi"] if wanted is None else wanted
    places = tuple(pd.Index(order[name]).get_indexer(pd.Index(outcomes[name])) for name in axes)
    values = np.full([len(order[name]) for name in axes], np.nan)
    values[places] = outcomes["value"]
    return Outcomes(
        futures=order["future"] if by_future else [None],
        kpis=order["kpi"],
        strategies=order["strategy"],
        replications=order["replication"],
        values=values if by_future else values[None],
    )


def require_columns(table: pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse a table without some columns."""
    for name in names:
        if name not in table.columns:
            raise wrong("column", name, "is missing", nearest_name(name, [str(c) for c in table.columns]))


def require_once(table: pd.DataFrame, names: list[str]) -> None:
    """Refuse a table in which a name is empty, two rows have the same names, or a value is infinite."""
    for name in names:
        if bool(table[name].isna().any()):
            raise wrong(name, "empty", "every row needs a name")
    wrongs = (
        (table.duplicated(names), "occurs twice"),
        (np.isinf(table["value"].to_numpy(dtype=np.float64)), "must be finite; NaN stands for no value"),
    )
    for rows, allowed in wrongs:
        if bool(rows.any()):
            row = table[rows].iloc[0].drop("value")
            raise wrong("value", ", ".join(str(v) for v in row), allowed)


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
