"""Daily tables by week: sums, means a day and ratios, each with its interval over replications; for pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.cut import ResultLike
from sim.metrics.interval import across

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Band:
    """A mean over replications with its 95 % interval.

    Attributes
    ----------
    x : shape (n_points,). Position of each point (a day, or an index).
    mean, low, high : shape (n_points,). `low` and `high` are NaN where fewer than two replications have a value.
    n : number of replications.
    """

    x: Floats
    mean: Floats
    low: Floats
    high: Floats
    n: int

    @property
    def reach(self) -> Floats:
        """Half width of the interval, 0 where there is none."""
        return np.nan_to_num(self.high - self.mean)

    @property
    def last(self) -> float:
        """The last mean that there is; NaN without any."""
        known = self.mean[np.isfinite(self.mean)]
        return float(known[-1]) if len(known) else float("nan")


def band(wide: pd.DataFrame) -> Band:
    """Return mean and 95 % interval across the columns.

    Parameters
    ----------
    wide : shape (n_points, n_replications), indexed by position.
    """
    return Band(wide.index.to_numpy(dtype=float), *across(wide.to_numpy(dtype=float)), wide.shape[1])


def band_of(series: pd.DataFrame) -> Band:
    """Return the band of a KPI's daily series, as `sim.metrics.series` returns it."""
    day, mean, low, high = (series[c].to_numpy(dtype=float) for c in ("day", "mean", "low", "high"))
    return Band(day, mean, low, high, int(series["n_replications"].max()) if len(series) else 0)


def one_value(values: Iterable[float]) -> tuple[float, float]:
    """Return the mean over replications and the half width of its 95 % interval (0 with one replication)."""
    b = band(pd.DataFrame([list(values)]))
    return float(b.mean[0]), float(b.reach[0])


def bin_days(result: ResultLike) -> int:
    """Return the width of a point on a time axis: a week, or a day when the run is shorter than four weeks. [days]."""
    return 7 if result.scenario.calendar.duration_days >= 28 else 1


def to_bins(days: pd.Series, width: int, last_day: int) -> pd.Series:
    """Return the first day of each day's bin; days of a last bin that is not full join the bin before it.

    Parameters
    ----------
    width : bin width. [days]
    last_day : last day of the table.
    """
    start = (days // width) * width
    full = ((last_day + 1) // width) * width - width
    return start.clip(upper=full) if last_day >= 0 and full >= 0 else start


def by_bin(result: ResultLike, frame: pd.DataFrame, columns: Sequence[str], keys: Sequence[str] = ()) -> pd.DataFrame:
    """Sum daily columns into bins, per replication and keys; columns: replication, day (bin start), keys, sums."""
    if not len(frame):
        return pd.DataFrame(columns=["replication", "day", *keys, *columns])
    binned = frame.assign(day=to_bins(frame["day"], bin_days(result), int(frame["day"].max())))
    return binned.groupby(["replication", "day", *keys], sort=True, observed=True)[list(columns)].sum().reset_index()


def daily_mean(
    result: ResultLike, frame: pd.DataFrame, columns: Sequence[str], keys: Sequence[str] = ()
) -> pd.DataFrame:
    """Return `by_bin` divided by the days of each bin, so that a longer last bin is no peak."""
    binned = by_bin(result, frame, columns, keys)
    if not len(binned):
        return binned
    last = int(frame["day"].max())
    all_days = pd.Series(np.arange(int(frame["day"].min()), last + 1))
    length = to_bins(all_days, bin_days(result), last).value_counts()
    return binned.assign(**{c: binned[c] / binned["day"].map(length) for c in columns})


def wide(frame: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return a frame of (day × replication) from a long one."""
    return frame.pivot_table(index="day", columns="replication", values=value, aggfunc="sum")


def ratio_band(result: ResultLike, frame: pd.DataFrame, top: str, bottom: str) -> Band:
    """Return the band of a ratio of two sums of a daily table, NaN where the lower one is 0."""
    binned = by_bin(result, frame, [top, bottom])
    below = wide(binned, bottom)
    return band(wide(binned, top) / below.where(below > 0))


def brand_shares(result: ResultLike, sold: pd.DataFrame, brands: Sequence[str]) -> dict[str, Band]:
    """Return brand → share of the units sold in each bin.

    Parameters
    ----------
    sold : rows of the `market` table, any territories.
    brands : brands wanted.
    """
    binned = by_bin(result, sold, ["sell_out_units"], ["brand"])
    total = wide(binned, "sell_out_units")
    total = total.where(total > 0)
    found = {}
    for brand in brands:
        part = wide(binned[binned["brand"] == brand], "sell_out_units").reindex(total.index).fillna(0.0)
        found[brand] = band(part.reindex(columns=total.columns).fillna(0.0) / total)
    return found
