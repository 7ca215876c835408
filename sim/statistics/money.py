"""What a strategy does to the money over time: present value, the cash that it needs first, the day it pays back.

Paths are daily flows (cash or profit) in cents. Gains are measured against the baseline's path in the same replication.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import nearest_name
from sim.metrics.interval import LEVEL
from sim.statistics.outcomes import codes, fill, require_columns, wrong

DAYS_PER_YEAR = 365.0


class Paths(NamedTuple):
    """Daily flows as an array: cents, shape (n_strategies, n_replications, n_days); NaN without such a replication."""

    strategies: list[str]
    replications: list[int]
    days: NDArray[np.int64]
    cents: NDArray[np.float64]


def net_present_value(flows: pd.DataFrame, yearly_rate: float, *, first_day: int | None = None) -> pd.DataFrame:
    """Return the value of each path on its first day: Σ flow ÷ (1 + rate)^(days since ÷ 365).

    Source: Brealey, Myers & Allen, Principles of Corporate Finance, chapter 2, with daily flows.

    Parameters
    ----------
    flows : columns strategy, replication, day, value [cents]; a day without a row has no flow.
    yearly_rate : effective discount rate per year, such as 0.08; above −1.
    first_day : day to which flows are discounted; the first day of the table when absent.

    Returns
    -------
    Columns strategy, replication, value [cents]. With a column `kpi` added it is a table of outcomes.

    Raises
    ------
    InputError : the table or the rate cannot be used.
    """
    if not yearly_rate > -1.0:
        raise wrong("yearly_rate", yearly_rate, "must be above -1")
    paths = daily_paths(flows)
    start = paths.days[0] if first_day is None else first_day
    factors = (1.0 + yearly_rate) ** (-(paths.days - start) / DAYS_PER_YEAR)
    return _by_replication(paths, value=paths.cents @ factors)


def peak_cash_need(flows: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return how far each strategy's cumulative flow falls behind the baseline's at worst.

    Returns
    -------
    Columns strategy, replication, value [cents] (0 when it never falls behind), day (the first of the largest
    shortfall; missing without one). Only replications that the baseline has too.
    """
    paths, gain = cumulative_gain(flows, baseline)
    need = np.maximum(-gain.min(axis=2), 0.0) + 0.0
    day = np.where(need > 0, paths.days[np.argmin(np.where(np.isnan(gain), 0.0, gain), axis=2)], np.nan)
    table = _by_replication(paths, value=need, day=day)
    return table.assign(day=table["day"].astype("Int64"))


def pay_back_days(flows: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return the first day from which each strategy's cumulative gain stays at 0 or above until the end.

    Returns
    -------
    Columns strategy, replication, day: a day number of the table, its first day for a strategy that never falls
    behind, infinite for one that has not paid back by the last day.
    """
    paths, gain = cumulative_gain(flows, baseline)
    behind = gain < 0
    last_behind = len(paths.days) - 1 - np.argmax(behind[:, :, ::-1], axis=2)
    following = np.append(paths.days.astype(np.float64), np.inf)
    day = np.where(behind.any(axis=2), following[last_behind + 1], following[0])
    return _by_replication(paths, day=np.where(np.isnan(gain).any(axis=2), np.nan, day))


def pay_back_day(flows: pd.DataFrame, baseline: str, *, level: float = LEVEL) -> pd.DataFrame:
    """Return the median pay-back day of each strategy and an interval of that median.

    The interval is between two order statistics and needs no distribution (David & Nagaraja 2003, section 7.1), so
    replications that have not paid back by the last day take part as infinite: an infinite bound means "not within
    these days". It covers at least `level`; too few replications for that (below 6 at 95 %) give NaN.

    Returns
    -------
    Columns strategy, n, share_paid_back, median, low, high [day number].
    """
    days = pay_back_days(flows, baseline)
    rows = [
        (strategy, len(own), float(np.isfinite(own).mean()), *_median_interval(np.sort(own.to_numpy()), level))
        for strategy, own in days.groupby("strategy", sort=False)["day"]
    ]
    return pd.DataFrame(rows, columns=["strategy", "n", "share_paid_back", "median", "low", "high"])


def daily_paths(flows: pd.DataFrame) -> Paths:
    """Return daily flows as an array; a day without a row has no flow, a replication without a row no path.

    Raises
    ------
    InputError : a column is missing, a day occurs twice, a value is missing or infinite, or there is no row.
    """
    require_columns(flows, ("strategy", "replication", "day", "value"))
    if flows.empty:
        raise wrong("day", "none", "there must be at least one daily flow")
    if bool(flows["value"].isna().any()):
        raise wrong("value", "NaN", "every daily flow needs a value; leave out days without one")
    strategy, strategies = codes(flows, "strategy")
    replication, replications = codes(flows, "replication", sorted(flows["replication"].dropna().unique()))
    first, last = int(flows["day"].min()), int(flows["day"].max())
    days = np.arange(first, last + 1)
    cents = np.full((len(strategies), len(replications), len(days)), np.nan)
    fill(cents, (strategy, replication, flows["day"].to_numpy(dtype=np.int64) - first), flows)
    known = ~np.isnan(cents).all(axis=2, keepdims=True)
    return Paths(strategies, [int(r) for r in replications], days, np.where(known & np.isnan(cents), 0.0, cents))


def cumulative_gain(flows: pd.DataFrame, baseline: str) -> tuple[Paths, NDArray[np.float64]]:
    """Return the paths of the other strategies and their cumulative lead over the baseline. [cents].

    NaN where the strategy or the baseline has no such replication.
    """
    paths = daily_paths(flows)
    if baseline not in paths.strategies:
        near = nearest_name(baseline, paths.strategies)
        raise wrong("strategy", baseline, "a strategy of the daily flows", near)
    place = paths.strategies.index(baseline)
    others = [s for s in range(len(paths.strategies)) if s != place]
    gain = np.cumsum(paths.cents[others] - paths.cents[place], axis=2)
    return paths._replace(strategies=[paths.strategies[s] for s in others], cents=paths.cents[others]), gain


def _by_replication(paths: Paths, **columns: NDArray[np.float64]) -> pd.DataFrame:
    """Return arrays of shape (n_strategies, n_replications) as rows, without those that are NaN in the first column."""
    strategy, replication = np.indices((len(paths.strategies), len(paths.replications)))
    first = next(iter(columns.values()))
    known = ~np.isnan(first)
    names = {
        "strategy": np.array(paths.strategies, dtype=object)[strategy[known]],
        "replication": np.array(paths.replications, dtype=np.int64)[replication[known]],
    }
    return pd.DataFrame({**names, **{name: values[known] for name, values in columns.items()}})


def _median_interval(values: NDArray[np.float64], level: float) -> tuple[float, float, float]:
    """Return median, low and high of ascending values."""
    from scipy.special import bdtr

    n = len(values)
    median = float(np.median(values))
    # the k-th smallest and the k-th largest leave out the median with chance 2 · P(Binomial(n, ½) < k)
    allowed = [k for k in range(1, n // 2 + 1) if 2.0 * float(bdtr(k - 1, n, 0.5)) <= 1.0 - level]
    if not allowed:
        return median, np.nan, np.nan
    return median, float(values[allowed[-1] - 1]), float(values[n - allowed[-1]])
