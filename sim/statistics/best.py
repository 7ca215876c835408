"""The chance that each strategy is the best on a KPI, given the replications."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.kpi import Better
from sim.statistics.outcomes import as_array, sign_of

DRAWS: Final = 65536
"""Draws from the posterior: a chance of one half is then known to 0.002 (one standard error)."""


def chance_best(outcomes: pd.DataFrame, kpi: str, *, better: Better | None = None) -> pd.DataFrame:
    """Return the posterior chance that each strategy has the best true mean; the baseline is one of them.

    The true means have a multivariate Student t posterior with n − 1 degrees of freedom around the means seen, with
    the covariance of the replications ÷ n as its scale, so that common luck counts. Every single difference then has
    exactly the paired Student t interval as its credible interval. It belongs to the prior |Σ|^−k for k strategies, of
    the family of Geisser & Cornfield (1963), and takes values as normal. Means are drawn and the best of each draw
    counted. The draws are keyed by the strategies' names: they are the same in every call, whatever the order.

    Identical strategies share their chance equally. Only replications that all strategies have count.

    Parameters
    ----------
    outcomes : columns strategy, replication, kpi, value and perhaps future; each future is judged by itself.
    kpi : the KPI.
    better : its direction when the catalogue does not hold it.

    Returns
    -------
    Columns (future,) strategy, mean, n (replications that all have), chance (sums to 1; NaN with fewer than two).

    Raises
    ------
    InputError : the KPI is not in the outcomes, or is neutral.
    """
    sign = sign_of(kpi, better)
    data = as_array(outcomes, [kpi])
    rows = []
    for future, values in zip(data.futures, data.values[:, 0], strict=True):
        complete = values[~np.isnan(values).any(axis=1)]
        n = len(complete)
        means = complete.mean(axis=0) if n else np.full(len(data.strategies), np.nan)
        chances = _chances(sign * complete, data.strategies)
        rows += [(future, *row, n) for row in zip(data.strategies, means, chances, strict=True)]
    table = pd.DataFrame(rows, columns=["future", "strategy", "mean", "chance", "n"])
    columns = ["strategy", "mean", "n", "chance"]
    return table[["future", *columns]] if "future" in outcomes.columns else table[columns]


def _chances(values: NDArray[np.float64], names: list[str]) -> NDArray[np.float64]:
    """Return the chance that each column has the highest mean; values of shape (n, n_strategies)."""
    n = len(values)
    if n < 2:
        return np.full(len(names), np.nan)
    groups, members = _distinct(values)
    # of identical strategies the first by name stands for all, whatever their order
    labels = [min(name for name, m in zip(names, members, strict=True) if m == g) for g in range(groups.shape[1])]
    best = np.argmax(_draws(groups, labels), axis=1)
    counts = np.bincount(best, minlength=len(labels)) / DRAWS
    chances: NDArray[np.float64] = counts[members] / np.bincount(members)[members]
    return chances


def _distinct(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the columns that differ, and for each column the place of the one that it equals."""
    columns, members = np.unique(values, axis=1, return_inverse=True)
    return columns, members.reshape(-1).astype(np.int64)


def _draws(values: NDArray[np.float64], names: list[str]) -> NDArray[np.float64]:
    """Return draws of the true means, shape (DRAWS, n_strategies)."""
    from scipy.special import chdtri

    n = len(values)
    root = _root(np.atleast_2d(np.cov(values, rowvar=False)) / n)
    normal = np.column_stack([_normals(name) for name in names])
    spread = chdtri(n - 1, _uniforms("spread of all strategies")) / (n - 1)
    draws: NDArray[np.float64] = values.mean(axis=0) + normal @ root / np.sqrt(spread)[:, None]
    return draws


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the symmetric square root, which does not depend on the order of strategies and may be singular."""
    size, direction = np.linalg.eigh(covariance)
    root: NDArray[np.float64] = (direction * np.sqrt(np.maximum(size, 0.0))) @ direction.T
    return root


def _uniforms(name: str) -> NDArray[np.float64]:
    # numba loads slowly
    from sim.streams import slot_of, uniforms

    drawn: NDArray[np.float64] = uniforms(slot_of(f"chance_best: {name}"), np.arange(DRAWS, dtype=np.uint64), 0)
    return drawn


def _normals(name: str) -> NDArray[np.float64]:
    from sim.sampling import normal_quantiles

    drawn: NDArray[np.float64] = normal_quantiles(_uniforms(f"strategy {name}"))
    return drawn
