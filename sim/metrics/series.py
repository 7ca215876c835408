"""Daily series of a KPI over trailing windows, with intervals across replications; for figures and for the burn-in."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import InputError, Problem
from sim.metrics.catalogue import KPIS, find
from sim.metrics.cut import Cut, Reader, ResultLike, Span, cuts, measured_span
from sim.metrics.interval import summarise
from sim.metrics.kpi import Kpi, Measure, Parts

By = Literal["territory", "company"]


def series(
    result: ResultLike,
    name: str,
    by: By | None = None,
    *,
    span: Span | None = None,
    window: int = 7,
    company: str | None = None,
) -> pd.DataFrame:
    """Return a KPI day by day.

    The value of a day is the KPI over the `window` days that end with it, days before the span (the burn-in) included;
    seven days leave no weekday pattern. A KPI that is a plain sum is shown per day. A day without a value in some
    replications has the interval of the others.

    Parameters
    ----------
    name : a KPI that is a sum or a ratio of daily sums.
    by : one series for each territory, or for each company in the market.
    span : first and last day; every measured day when absent.
    window : length of the trailing window. [days]

    Returns
    -------
    Columns kpi, `by` if given, day, mean, low, high, n_replications.

    Raises
    ------
    InputError : the name is not in the catalogue, or the KPI has no daily parts.
    """
    parts = parts_of(name)
    reader = Reader(result)
    first, last = measured_span(reader, span)
    pieces = []
    for label, cut in _cuts(reader, by, (first, last), company):
        values = np.array([daily_values(cut, parts, window) for cut in cut])
        n_reps = len(values)
        pieces.append(
            pd.DataFrame({"group": label, "day": np.tile(np.arange(first, last + 1), n_reps), "value": values.ravel()})
        )
    long = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame({"group": [], "day": [], "value": []})
    table = summarise(long, ["group", "day"])
    table = table.drop(columns="group") if by is None else table.rename(columns={"group": by})
    table.insert(0, "kpi", name)
    return table


def with_series() -> tuple[Kpi, ...]:
    """Return the KPIs that have a daily series."""
    return tuple(kpi for kpi in KPIS.values() if kpi.parts is not None)


def daily_values(cut: Cut, parts: Parts, window: int = 1) -> NDArray[np.float64]:
    """Return shape (n_days,): the KPI over the trailing window of each day of the cut; NaN where it has no value."""
    begin = max(cut.first - window + 1, cut.reader.first_day)
    longer = cut.over(min(begin, cut.first), cut.last)
    above = _daily_sums(longer, parts.numerator)
    below = np.ones(longer.n_days) if parts.denominator is None else _daily_sums(longer, parts.denominator)
    above, below = (_trailing(values, window)[-cut.n_days :] for values in (above, below))
    return np.array([parts.of(float(a), float(b)) for a, b in zip(above, below, strict=True)])


def parts_of(name: str) -> Parts:
    """Return the daily parts of a KPI, or raise InputError when it has none."""
    (kpi,) = find([name])
    if kpi.parts is None:
        names = ", ".join(k.name for k in with_series())
        raise InputError([Problem("series", 0, "name", name, f"a KPI that is a sum or a ratio of daily sums: {names}")])
    return kpi.parts


def _cuts(reader: Reader, by: By | None, span: Span, company: str | None) -> list[tuple[str, list[Cut]]]:
    """Return the cuts of each series: one cut per replication."""
    if by == "company":
        return [(name, cuts(reader, span, name)) for name in reader.companies]
    whole = cuts(reader, span, company)
    if by == "territory":
        return [(name, [cut.within(name) for cut in whole]) for name in reader.territories]
    return [("", whole)] if whole else []


def _daily_sums(cut: Cut, measure: Measure) -> NDArray[np.float64]:
    """Return shape (n_days,): sums by day; all NaN when nothing was recorded."""
    frame = measure(cut)
    if frame.empty:
        return np.full(cut.n_days, np.nan)
    sums = np.zeros(cut.n_days)
    np.add.at(sums, frame["day"].to_numpy() - cut.first, frame["value"].to_numpy())
    return sums


def _trailing(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Return sums over the trailing window, shorter at the beginning; no running total, so that 0 stays exactly 0."""
    padded = np.concatenate([np.zeros(window - 1), values])
    sums: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(padded, window).sum(axis=1)
    return sums
