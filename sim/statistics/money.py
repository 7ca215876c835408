"""What a strategy does to the money over time: present value, the cash that it needs first, the day it pays back.

Paths are daily flows (cash or profit) in cents. Gains are measured against the baseline's path in the same replication.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import nearest_name
from sim.metrics.interval import LEVEL
from sim.statistics.outcomes import require_columns, require_once, wrong

DAYS_PER_YEAR = 365.0
PATH = ["strategy", "replication"]


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
    days = paths.columns.to_numpy()
    factors = (1.0 + yearly_rate) ** (-(days - (days[0] if first_day is None else first_day)) / DAYS_PER_YEAR)
    return pd.DataFrame({"value": paths.to_numpy() @ factors}, index=paths.index).reset_index()


def peak_cash_need(flows: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return how far each strategy's cumulative flow falls behind the baseline's at worst.

    Returns
    -------
    Columns strategy, replication, value [cents] (0 when it never falls behind), day (the first of the largest
    shortfall; missing without one). Only replications that the baseline has too.
    """
    gain = cumulative_gain(flows, baseline)
    need = (-gain.min(axis=1)).clip(lower=0.0) + 0.0
    day = gain.idxmin(axis=1).astype("Int64").where(need > 0)
    return pd.DataFrame({"value": need, "day": day}).reset_index()


def pay_back_days(flows: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return the first day from which each strategy's cumulative gain stays at 0 or above until the end.

    Returns
    -------
    Columns strategy, replication, day: a day number of the table, its first day for a strategy that never falls
    behind, infinite for one that has not paid back by the last day.
    """
    gain = cumulative_gain(flows, baseline)
    behind = gain.to_numpy() < 0
    last_behind = len(gain.columns) - 1 - np.argmax(behind[:, ::-1], axis=1)
    following = np.append(gain.columns.to_numpy(dtype=np.float64), np.inf)
    day = np.where(behind.any(axis=1), following[last_behind + 1], following[0])
    return pd.DataFrame({"day": day}, index=gain.index).reset_index()


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


def daily_paths(flows: pd.DataFrame) -> pd.DataFrame:
    """Return daily flows of each strategy and replication (index), a column for every day from the first to the last.

    Raises
    ------
    InputError : a column is missing, a day occurs twice, a value is missing or infinite, or there is no row.
    """
    require_columns(flows, (*PATH, "day", "value"))
    if flows.empty:
        raise wrong("day", "none", "there must be at least one daily flow")
    if bool(flows["value"].isna().any()):
        raise wrong("value", "NaN", "every daily flow needs a value; leave out days without one")
    require_once(flows, [*PATH, "day"])
    wide = flows.pivot(index=PATH, columns="day", values="value").astype(np.float64)
    days = range(int(flows["day"].min()), int(flows["day"].max()) + 1)
    wide = wide.reindex(columns=days).fillna(0.0)
    return wide.reindex(flows["strategy"].unique(), level="strategy")


def cumulative_gain(flows: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return the cumulative lead of the other strategies over the baseline, in replications that both have. [cents].

    Returns
    -------
    Index strategy and replication, a column for every day.
    """
    paths = daily_paths(flows)
    strategies = [str(name) for name in paths.index.unique("strategy")]
    if baseline not in strategies:
        raise wrong("strategy", baseline, "a strategy of the daily flows", nearest_name(baseline, strategies))
    own = paths.loc[baseline]
    replications = paths.index.get_level_values("replication")
    others = paths[(paths.index.get_level_values("strategy") != baseline) & replications.isin(own.index)]
    reference = own.loc[others.index.get_level_values("replication")].to_numpy()
    return (others - reference).cumsum(axis=1)


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
