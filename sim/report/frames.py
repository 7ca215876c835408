"""What every picture needs from a result: measured days, names, weeks, and intervals over replications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]


class Result(Protocol):
    """The part of a run result that the report reads."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        ...

    @property
    def seed(self) -> int:
        """Root seed of every draw."""
        ...

    @property
    def seeds(self) -> Any:
        """Replication numbers; with the root seed they fix every draw."""
        ...

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables by name."""
        ...

    @property
    def manifest(self) -> dict[str, Any]:
        """What the engine says of the run."""
        ...


@dataclass(frozen=True)
class Band:
    """A mean over replications with its 95 % interval.

    Attributes
    ----------
    x : shape (n_points,). Position of each point (a day, or an index).
    mean, low, high : shape (n_points,). `low` and `high` are NaN with fewer than two replications.
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


def table(result: Result, name: str, needed: Sequence[str] = ()) -> pd.DataFrame:
    """Return a table of the result, or an empty one with the needed columns when it is absent."""
    found = result.tables.get(name)
    if found is None or not set(needed) <= set(found.columns):
        return pd.DataFrame(columns=["replication", *needed])
    return found


def measured(result: Result, name: str, needed: Sequence[str] = ()) -> pd.DataFrame:
    """Return the rows of a daily table after the burn-in."""
    frame = table(result, name, ["day", *needed])
    return frame[frame["day"] >= 0] if len(frame) else frame


def n_replications(result: Result) -> int:
    """Return the number of replications of which there are numbers."""
    market = table(result, "market", ["day"])
    return max(int(market["replication"].nunique()), 1) if len(market) else max(len(list(result.seeds)), 1)


def replications(result: Result) -> list[int]:
    """Return the replication numbers, in order."""
    market = table(result, "market", ["day"])
    return sorted(int(r) for r in market["replication"].unique()) if len(market) else [0]


def ours(result: Result) -> str:
    """Return our company's id."""
    return result.scenario.ours.id


def interval_note(n: int) -> str:
    """Say how many replications there are and what the bands mean."""
    if n > 1:
        return f"mean of {n} replications, with 95 % intervals"
    return "one replication: no interval"


def band(wide: pd.DataFrame) -> Band:
    """Return mean and 95 % t interval across the columns.

    Parameters
    ----------
    wide : shape (n_points, n_replications), indexed by position.
    """
    values = wide.to_numpy(dtype=float)
    n = values.shape[1]
    mean = _nan_mean(values)
    if n < 2:
        missing = np.full(len(mean), np.nan)
        return Band(wide.index.to_numpy(dtype=float), mean, missing, missing.copy(), n)
    spread = np.nan_to_num(np.nanstd(values, axis=1, ddof=1)) if len(mean) else mean
    reach = float(stdtrit(n - 1, 0.975)) * spread / np.sqrt(n)
    return Band(wide.index.to_numpy(dtype=float), mean, mean - reach, mean + reach, n)


def _nan_mean(values: Floats) -> Floats:
    counts = (~np.isnan(values)).sum(axis=1)
    return np.where(counts > 0, np.nansum(values, axis=1) / np.maximum(counts, 1), np.nan)


def one_value(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean over replications and the half width of its 95 % interval (0 with one replication)."""
    b = band(pd.DataFrame([list(values)]))
    return float(b.mean[0]), float(b.reach[0])


def bin_days(result: Result) -> int:
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


def by_bin(result: Result, frame: pd.DataFrame, columns: Sequence[str], keys: Sequence[str] = ()) -> pd.DataFrame:
    """Sum daily columns into bins, per replication and keys; columns: replication, day (bin start), keys, sums."""
    if not len(frame):
        return pd.DataFrame(columns=["replication", "day", *keys, *columns])
    binned = frame.assign(day=to_bins(frame["day"], bin_days(result), int(frame["day"].max())))
    return binned.groupby(["replication", "day", *keys], sort=True, observed=True)[list(columns)].sum().reset_index()


def daily_mean(result: Result, frame: pd.DataFrame, columns: Sequence[str], keys: Sequence[str] = ()) -> pd.DataFrame:
    """Return `by_bin` divided by the days of each bin, so that a longer last bin is no peak."""
    binned = by_bin(result, frame, columns, keys)
    if not len(binned):
        return binned
    last = int(frame["day"].max())
    all_days = pd.Series(np.arange(int(frame["day"].min()), last + 1))
    length = to_bins(all_days, bin_days(result), last).value_counts()
    columns = list(columns)
    return binned.assign(**{c: binned[c] / binned["day"].map(length) for c in columns})


def wide(frame: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return a frame of (day × replication) from a long one."""
    return frame.pivot_table(index="day", columns="replication", values=value, aggfunc="sum")


def ratio_band(frame: pd.DataFrame, top: str, bottom: str) -> Band:
    """Return the band of a ratio of two summed columns of a binned frame, NaN where the lower one is 0."""
    above, below = wide(frame, top), wide(frame, bottom)
    return band(above / below.where(below > 0))


def dates(result: Result, days: Floats | Sequence[float]) -> list[Any]:
    """Return calendar dates of days counted from the start of the measured span."""
    start = result.scenario.calendar.start_date
    return [start + timedelta(days=int(d)) for d in days]


def span_text(result: Result) -> str:
    """Return the measured span in words."""
    start = result.scenario.calendar.start_date
    market = table(result, "market", ["day"])
    last = int(market["day"].max()) if len(market) else result.scenario.calendar.duration_days - 1
    return f"{start.isoformat()} to {(start + timedelta(days=max(last, 0))).isoformat()}"


def subtitle(result: Result, what: str) -> str:
    """Return the line under a heading: what is shown, the span, the replications."""
    return f"{what}; {span_text(result)}; {interval_note(n_replications(result))}"
