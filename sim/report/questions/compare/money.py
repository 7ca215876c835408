"""The money of a comparison over time: cumulative gains, pay-back, present value, cash and people needed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

import numpy as np
import pandas as pd

from sim.metrics.interval import summarise
from sim.metrics.weeks import Band, band
from sim.questions.compare import Comparison
from sim.scenario.futures import PRESENT
from sim.statistics.money import cumulative_gain, net_present_value, pay_back_day, peak_cash_need

Measure = Literal["profit", "cash"]
MEASURES: Final[tuple[Measure, ...]] = ("profit", "cash")


class Interval(NamedTuple):
    """A mean over replications with its 95 % interval; all NaN without a value."""

    mean: float
    low: float
    high: float
    n: int


def daily_flows(comparison: Comparison, measure: Measure) -> pd.DataFrame:
    """Return daily profit, or daily change of cash, in the stated world: strategy, replication, day, value [cents].

    The first change of cash has no day before it. On common luck all strategies begin with the same cash, which
    cancels in every difference, so it stays in; on luck of their own it would be noise and is left out.
    """
    daily = comparison.arms.daily
    daily = daily[daily["future"] == PRESENT]
    flows = daily[["strategy", "replication", "day"]].reset_index(drop=True)
    if measure == "profit":
        return flows.assign(value=daily["profit_cents"].to_numpy(dtype=np.float64))
    ordered = daily.sort_values(["strategy", "replication", "day"], kind="stable")
    change = ordered.groupby(["strategy", "replication"], observed=True)["cash_cents"].diff()
    first = ordered["cash_cents"] if comparison.luck == "common" else 0.0
    flows["value"] = change.fillna(first).reindex(daily.index).to_numpy(dtype=np.float64)
    return flows


def gain_over_time(comparison: Comparison, measure: Measure) -> dict[str, Band]:
    """Return the cumulative gain on the baseline by strategy, in currency over days, with intervals."""
    flows = daily_flows(comparison, measure)
    if flows.empty:
        return {}
    gain = cumulative_gain(flows, comparison.baseline) / 100.0
    return {str(name): band(own.droplevel("strategy").T) for name, own in gain.groupby(level="strategy", sort=False)}


def pay_back(comparison: Comparison) -> pd.DataFrame:
    """Return the pay-back day of every strategy on profit and on cash.

    Returns
    -------
    Columns measure, strategy, n, share_paid_back, median, low, high [day, 0 is the first measured one].
    """
    parts = []
    for measure in MEASURES:
        flows = daily_flows(comparison, measure)
        if not flows.empty:
            table = pay_back_day(flows, comparison.baseline)
            table.insert(0, "measure", measure)
            parts.append(table)
    columns = ["measure", "strategy", "n", "share_paid_back", "median", "low", "high"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def present_value(comparison: Comparison, strategy: str) -> Interval:
    """Return the net present value of the difference in cash to the baseline. [currency]."""
    rate = comparison.scenario.comparison.discount_rate_per_year
    flows = daily_flows(comparison, "cash")
    if flows.empty:
        return interval(pd.Series(dtype=float))
    values = net_present_value(flows, rate).pivot(index="replication", columns="strategy", values="value")
    return interval((values[strategy] - values[comparison.baseline]) / 100.0)


def cash_need(comparison: Comparison, strategy: str) -> Interval:
    """Return how much more cash than the baseline the strategy has used up at worst. [currency]."""
    flows = daily_flows(comparison, "cash")
    if flows.empty:
        return interval(pd.Series(dtype=float))
    need = peak_cash_need(flows, comparison.baseline)
    return interval(need.loc[need["strategy"] == strategy, "value"] / 100.0)


def headcount(comparison: Comparison, strategy: str) -> tuple[float, float]:
    """Return mean and largest number of advisors at work, both as means over replications. [persons]."""
    daily = comparison.arms.daily
    own = daily[(daily["future"] == PRESENT) & (daily["strategy"] == strategy)]
    each = own.groupby("replication")["advisors"].agg(["mean", "max"])
    return float(each["mean"].mean()), float(each["max"].mean())


def interval(values: pd.Series) -> Interval:
    """Return mean and 95 % Student t interval of values of replications, NaN left out."""
    if values.dropna().empty:
        return Interval(mean=np.nan, low=np.nan, high=np.nan, n=0)
    row = summarise(pd.DataFrame({"key": "all", "value": values.to_numpy(dtype=np.float64)}), ["key"]).iloc[0]
    return Interval(
        mean=float(row["mean"]), low=float(row["low"]), high=float(row["high"]), n=int(row["n_replications"])
    )


def day_words(comparison: Comparison, day: float) -> str:
    """Return a day of a pay-back table in words."""
    if np.isnan(day):
        return "unknown"
    if np.isinf(day):
        return f"not within {comparison.scenario.calendar.duration_days} days"
    return "never behind" if day <= 0 else date_of(comparison, day).isoformat()


def date_of(comparison: Comparison, day: float) -> date:
    """Return the calendar date of a day, 0 being the first measured one."""
    return comparison.scenario.calendar.start_date + timedelta(days=int(np.ceil(day)))
