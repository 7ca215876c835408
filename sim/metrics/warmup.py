"""Whether the burn-in is long enough: Welch's moving average and the MSER-5 truncation point.

Meant for runs of the baseline: with a strategy the market moves on purpose after day 0, and a late truncation point
says no more than that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.cut import Reader, ResultLike, cuts
from sim.metrics.interval import t_quantile
from sim.metrics.kpi import Parts
from sim.metrics.series import daily_values, parts_of

BATCH_DAYS: Final = 5
MIN_BATCHES: Final = 10
"""Batches below which a truncation point is chance."""
WATCHED: Final = ("market_share_units", "on_shelf_availability", "days_of_stock_outlet", "days_of_stock_distributor")
"""Ratios that show stocks, shelves and habits, and that season and growth hardly move."""


@dataclass(frozen=True)
class Warmup:
    """The burn-in as one KPI shows it.

    Attributes
    ----------
    kpi : name.
    days : shape (n_days,). Recorded days, negative in the burn-in. [days]
    mean : shape (n_days,). Daily value, mean over replications; NaN on days without one.
    welch : shape (n_days,). Moving average of `mean` over `window` days to either side.
    window : half-width of the moving average. [days]
    truncation_day : first day that MSER-5 keeps; NaN when it cannot tell. [days]
    settled_day : first day from which `welch` stays inside the 95 % interval of daily values in the second half; NaN
        when it leaves it to the end. [days]
    burn_in_days : length of the burn-in. [days]
    suffices : whether the truncation point lies in the burn-in; None when it cannot be told.
    verdict : one sentence for a figure.
    """

    kpi: str
    days: NDArray[np.int64]
    mean: NDArray[np.float64]
    welch: NDArray[np.float64]
    window: int
    truncation_day: float
    settled_day: float
    burn_in_days: int
    suffices: bool | None
    verdict: str


def warmup(result: ResultLike, name: str = WATCHED[0], window: int = 14) -> Warmup:
    """Return whether the burn-in suffices for one KPI, from all recorded days of all replications.

    Parameters
    ----------
    name : a KPI with a daily series.
    window : half-width of Welch's moving average; whole weeks leave no weekday pattern. [days]

    Raises
    ------
    InputError : the name is not in the catalogue, or the KPI has no daily parts.
    """
    reader = Reader(result)
    days = np.arange(reader.first_day, reader.last_day + 1)
    mean = _mean_series(reader, parts_of(name), len(days))
    smooth = welch_average(mean, window)
    point = mser(mean)
    truncation = float(days[point]) if point is not None else math.nan
    burn_in = max(0, -reader.first_day)
    suffices = None if math.isnan(truncation) else truncation <= 0
    return Warmup(
        name,
        days,
        mean,
        smooth,
        window,
        truncation,
        _settled(days, mean, smooth),
        burn_in,
        suffices,
        _verdict(name, truncation, burn_in),
    )


def warmup_table(result: ResultLike, names: Iterable[str] = WATCHED) -> pd.DataFrame:
    """Return columns kpi, truncation_day, settled_day, burn_in_days, suffices, verdict for several KPIs."""
    checks = [warmup(result, name) for name in names]
    columns = ("kpi", "truncation_day", "settled_day", "burn_in_days", "suffices", "verdict")
    return pd.DataFrame([[getattr(check, column) for column in columns] for check in checks], columns=list(columns))


def welch_average(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Return Welch's moving average: `window` values to either side, fewer (but as many on both sides) at the ends.

    Source: Welch 1983, in the form of Law, Simulation Modeling and Analysis, section 9.5.1. Values that are NaN are
    left out.
    """
    n = len(values)
    reach = np.minimum(window, np.minimum(np.arange(n), np.arange(n)[::-1]))
    known = ~np.isnan(values)
    running = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    low, high = np.arange(n) - reach, np.arange(n) + reach + 1
    n_known = counts[high] - counts[low]
    sums = running[high] - running[low]
    return np.where(n_known > 0, sums / np.maximum(n_known, 1), np.nan)


def mser(values: NDArray[np.float64], batch: int = BATCH_DAYS) -> int | None:
    """Return the first value to keep by the marginal standard error rule on batch means, None when it cannot tell.

    The point minimises the squared standard error of the mean of what is kept. A minimum in the second half of the
    batches means that the series has not settled within the record: then nothing is trimmed and None is returned.
    Source: White, Cobb & Spratt 2000 (MSER-5).
    """
    n_batches = len(values) // batch
    if n_batches < MIN_BATCHES:
        return None
    means = values[: n_batches * batch].reshape(n_batches, batch).mean(axis=1)
    if np.isnan(means).any():
        return None
    # centred, because the difference of two large sums of squares would lose the digits that count
    means = means - means.mean()
    kept = np.arange(n_batches, 0, -1)
    tail, squares = means[::-1].cumsum()[::-1], (means**2)[::-1].cumsum()[::-1]
    error = np.maximum(squares - tail**2 / kept, 0.0) / kept**2
    # the last few batches are left out: their variance is that of hardly any values
    best = int(np.argmin(error[:-5]))
    return None if best > n_batches // 2 else best * batch


def _mean_series(reader: Reader, parts: Parts, n_days: int) -> NDArray[np.float64]:
    record = (reader.first_day, reader.last_day)
    series = [daily_values(cut, parts) for cut in cuts(reader, record)]
    values = np.array(series).reshape(len(series), n_days)
    n_known = (~np.isnan(values)).sum(axis=0)
    return np.where(n_known > 0, np.nansum(values, axis=0) / np.maximum(n_known, 1), np.nan)


def _settled(days: NDArray[np.int64], mean: NDArray[np.float64], smooth: NDArray[np.float64]) -> float:
    late = mean[len(mean) // 2 :]
    late = late[~np.isnan(late)]
    if len(late) < 2:
        return math.nan
    half = float(t_quantile(np.array([len(late) - 1.0]))[0]) * float(late.std(ddof=1))
    outside = np.flatnonzero(~(np.abs(smooth - late.mean()) <= half + 1e-12))
    begin = 0 if not outside.size else int(outside[-1]) + 1
    return float(days[begin]) if begin < len(days) else math.nan


def _verdict(name: str, truncation: float, burn_in: int) -> str:
    if math.isnan(truncation):
        return f"{name} does not settle within the record, or the record is too short to tell"
    if truncation <= 0:
        return f"{name} is settled after {truncation + burn_in:.0f} of {burn_in} days of burn-in"
    return f"{name} needs a burn-in of {truncation + burn_in:.0f} days, not {burn_in}"
