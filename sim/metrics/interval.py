"""Means across replications and their 95 % Student t intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LEVEL = 0.95


def t_quantile(degrees: NDArray[np.float64], level: float = LEVEL) -> NDArray[np.float64]:
    """Return the two-sided Student t quantile; NaN without a degree of freedom."""
    # scipy.special loads far faster than scipy.stats
    from scipy.special import stdtrit

    quantile: NDArray[np.float64] = np.where(degrees >= 1, stdtrit(np.maximum(degrees, 1), 0.5 + level / 2), np.nan)
    return quantile


def summarise(long: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return mean, low, high and n_replications of `value` for each combination of `keys`, in order of appearance.

    Replications without a value (NaN) are left out of the mean and of n_replications. With one replication the mean
    stands alone: low and high are NaN.
    """
    grouped = long.groupby(keys, sort=False, observed=True)["value"]
    table = grouped.agg(["mean", "std", "count"]).reset_index()
    n = table["count"].to_numpy(dtype=np.float64)
    half = t_quantile(n - 1) * table["std"].to_numpy(dtype=np.float64) / np.sqrt(np.maximum(n, 1))
    mean = table["mean"].to_numpy(dtype=np.float64)
    return table[keys].assign(mean=mean, low=mean - half, high=mean + half, n_replications=n.astype(np.int64))
