"""Means across replications and their 95 % Student t intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.95


def t_quantile(degrees: ArrayLike, level: float = LEVEL) -> NDArray[np.float64]:
    """Return the two-sided Student t quantile, in the shape of the degrees of freedom; NaN without one."""
    # scipy.special loads far faster than scipy.stats
    from scipy.special import stdtrit

    n = np.asarray(degrees, dtype=np.float64)
    quantile: NDArray[np.float64] = np.where(n >= 1, stdtrit(np.maximum(n, 1), 0.5 + level / 2), np.nan)
    return quantile


def half_width(values: NDArray[np.float64], level: float = LEVEL) -> NDArray[np.float64]:
    """Return half the width of the Student t interval of the mean along the first axis; no value may be missing."""
    n = len(values)
    half: NDArray[np.float64] = t_quantile(n - 1.0, level) * values.std(axis=0, ddof=1) / np.sqrt(n)
    return half


def share_interval(hits: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a share (Wilson 1927); NaN of nothing."""
    if n == 0:
        return np.nan, np.nan
    from scipy.stats import binomtest

    found = binomtest(hits, n).proportion_ci(level, method="wilson")
    return float(found.low), float(found.high)


def _half(std: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return half the width of the 95 % interval of a mean; NaN with fewer than two values."""
    half: NDArray[np.float64] = t_quantile(n - 1) * std / np.sqrt(np.maximum(n, 1))
    return half


def across(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return mean, low and high of each row, NaN left out.

    Parameters
    ----------
    values : shape (n_points, n_replications).
    """
    n = np.isfinite(values).sum(axis=1).astype(np.float64)
    mean = np.where(n > 0, np.nansum(values, axis=1) / np.maximum(n, 1), np.nan)
    squares = np.nansum((values - mean[:, None]) ** 2, axis=1)
    half = _half(np.sqrt(squares / np.maximum(n - 1, 1)), n)
    return mean, mean - half, mean + half


def summarise(long: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return mean, low, high and n_replications of `value` for each combination of `keys`, in order of appearance.

    Replications without a value (NaN) are left out of the mean and of n_replications. With one replication the mean
    stands alone: low and high are NaN.
    """
    grouped = long.groupby(keys, sort=False, observed=True)["value"]
    table = grouped.agg(["mean", "std", "count"]).reset_index()
    n = table["count"].to_numpy(dtype=np.float64)
    half = _half(table["std"].to_numpy(dtype=np.float64), n)
    mean = table["mean"].to_numpy(dtype=np.float64)
    return table[keys].assign(mean=mean, low=mean - half, high=mean + half, n_replications=n.astype(np.int64))
