"""Tidy tables of KPIs: per replication, with intervals, by territory or company, and as text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from sim.errors import InputError, Problem, nearest_name
from sim.metrics.catalogue import KPIS, find
from sim.metrics.cut import Cut, Reader, ResultLike, Span, cuts
from sim.metrics.interval import summarise
from sim.metrics.kpi import Kpi
from sim.metrics.position import positions
from sim.metrics.returns import return_on_extra_spending
from sim.metrics.series import By, series

__all__ = [
    "Listing",
    "format_value",
    "kpi_by",
    "kpi_by_territory",
    "kpi_table",
    "kpi_values",
    "listing",
    "positions",
    "printable",
    "return_on_extra_spending",
    "series",
]

Names = Iterable[str] | None


class Listing(NamedTuple):
    """One line of the list of KPIs."""

    name: str
    formula: str
    unit: str
    group: str
    better: str
    description: str


def listing() -> list[Listing]:
    """Return every KPI of the catalogue with its formula and unit."""
    return [Listing(**{field: getattr(kpi, field) for field in Listing._fields}) for kpi in KPIS.values()]


def kpi_values(
    result: ResultLike, names: Names = None, span: Span | None = None, *, company: str | None = None
) -> pd.DataFrame:
    """Return the value of each KPI in each replication.

    Parameters
    ----------
    names : KPIs wanted; all when absent.
    span : first and last day, both included; every measured day when absent.
    company : the company that the KPIs are about; ours when absent.

    Returns
    -------
    Columns replication, kpi, value; NaN where the data do not allow a value.

    Raises
    ------
    InputError : a name is not in the catalogue.
    """
    wanted = find(names)
    rows = [(v.replication, k.name, k.compute(v)) for v in cuts(Reader(result), span, company) for k in wanted]
    return pd.DataFrame(rows, columns=["replication", "kpi", "value"])


def kpi_table(
    result: ResultLike, span: Span | None = None, names: Names = None, *, company: str | None = None
) -> pd.DataFrame:
    """Return the mean of each KPI over replications with its 95 % Student t interval.

    Replications without a value are left out; n_replications says how many had one. With a single replication the
    interval is NaN.

    Returns
    -------
    Columns kpi, group, unit, mean, low, high, n_replications, in the order of the catalogue or of `names`.
    """
    table = summarise(kpi_values(result, names, span, company=company), ["kpi"])
    return _described(table, result)


def kpi_by(result: ResultLike, names: Names = None, by: By = "territory", *, span: Span | None = None) -> pd.DataFrame:
    """Return KPIs for each territory, or for each company in the market, with intervals.

    A KPI that the tables do not know by territory (money, factory) has no value there, and one about our own people
    none for a rival: such rows are NaN.

    Returns
    -------
    Columns kpi, group, unit, `by`, mean, low, high, n_replications.
    """
    if by not in ("territory", "company"):
        near = nearest_name(by, ("territory", "company"))
        raise InputError([Problem("kpi_by", 0, "by", f"'{by}'", "must be 'territory' or 'company'", near)])
    wanted = find(names)
    reader = Reader(result)
    cuts = _by_views(reader, by, span)
    rows = [(kpi.name, name, _value(kpi, cut)) for kpi in wanted for name, cut in cuts]
    long = pd.DataFrame(rows, columns=["kpi", by, "value"])
    return _described(summarise(long, ["kpi", by]), result)


def kpi_by_territory(result: ResultLike, names: Names = None, span: Span | None = None) -> pd.DataFrame:
    """Return `kpi_by` for territories."""
    return kpi_by(result, names, "territory", span=span)


def _by_views(reader: Reader, by: By, span: Span | None) -> list[tuple[str, Cut]]:
    if by == "company":
        return [(name, cut) for name in reader.companies for cut in cuts(reader, span, name)]
    return [(name, cut.within(name)) for cut in cuts(reader, span) for name in reader.territories]


def _value(kpi: Kpi, cut: Cut) -> float:
    return kpi.compute(cut) if kpi.by_territory or cut.territory is None else math.nan


def _described(table: pd.DataFrame, result: ResultLike) -> pd.DataFrame:
    """Put group and unit behind the name; "currency" becomes the scenario's."""
    units = [KPIS[name].unit.replace("currency", result.scenario.currency) for name in table["kpi"]]
    table.insert(1, "group", [KPIS[name].group for name in table["kpi"]])
    table.insert(2, "unit", units)
    return table


def format_value(value: float, unit: str) -> str:
    """Return a value as text: '-' without one, shares in percent, large numbers with separators."""
    if math.isnan(value):
        return "-"
    if unit == "share":
        # + 0.0, because a rounded −0.0 is no value that anybody wants to read
        return f"{round(100 * value, 1) + 0.0:.1f} %"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def printable(table: pd.DataFrame) -> pd.DataFrame:
    """Return a KPI table with mean, low and high as text."""
    text = {
        column: [format_value(float(v), str(u)) for v, u in zip(table[column], table["unit"], strict=True)]
        for column in ("mean", "low", "high")
    }
    return table.assign(**text)
