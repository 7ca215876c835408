"""Which strategy does well in many futures: regret, satisficing, the worst futures.

Tables here have a row for each point (future) and a column for each strategy; a value is a mean over replications. The
points stand for the futures with equal weight, so shares are only as good as the distributions that they were drawn of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sim.metrics.interval import LEVEL
from sim.metrics.kpi import Better
from sim.statistics.outcomes import sign_of
from sim.statistics.space import wrong
from sim.statistics.tradeoff import least_worst_regret, regret, worst_mean

WORST: Final = 0.05
"""Share of futures that count as the worst."""


def by_strategy(results: Mapping[str, pd.DataFrame], kpi: str) -> pd.DataFrame:
    """Return point × strategy of one outcome.

    Parameters
    ----------
    results : strategy → what its `Evaluate` returned for the same points.

    Raises
    ------
    InputError : the strategies have not run the same points, or a value is not finite.
    """
    table = pd.DataFrame({name: own[kpi] for name, own in results.items()})
    if not np.isfinite(table.to_numpy(dtype=np.float64)).all():
        raise wrong(kpi, f"{int(table.isna().any(axis=1).sum())} points", "lack a value of some strategy")
    return table


def regrets(values: pd.DataFrame, kpi: str, *, better: Better | None = None) -> pd.DataFrame:
    """Return what each strategy loses at each point against the best there, in the shape of `values` (Savage 1951)."""
    return regret(_tidy(values, kpi), kpi, better=better).pivot(index="future", columns="strategy", values="regret")[
        list(values.columns)
    ]


def satisficing(
    values: Mapping[str, pd.DataFrame],
    thresholds: Mapping[str, float],
    *,
    better: Mapping[str, Better] | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Return the share of points at which a strategy meets all thresholds (Starr 1962's domain criterion).

    Parameters
    ----------
    values : KPI → point × strategy.
    thresholds : KPI → the least that is good enough; the most, where lower is better.
    better : direction of KPIs that the catalogue does not hold.

    Returns
    -------
    Columns strategy, share, low, high (Wilson's interval: other points of the same distributions), n; the largest
    share first.

    Raises
    ------
    InputError : there is no threshold, or a KPI has no values or no direction.
    """
    if not thresholds or not set(thresholds) <= set(values):
        raise wrong("thresholds", ", ".join(thresholds) or "none", "must name KPIs that have values, one at least")
    met: pd.DataFrame | None = None
    for kpi, bound in thresholds.items():
        sign = sign_of(kpi, (better or {}).get(kpi))
        good = sign * values[kpi] >= sign * bound
        met = good if met is None else met & good
    assert met is not None
    n = len(met)
    rows = [(str(name), met[name].mean(), *wilson(int(met[name].sum()), n, level), n) for name in met.columns]
    table = pd.DataFrame(rows, columns=["strategy", "share", "low", "high", "n"])
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def robustness(
    values: pd.DataFrame, kpi: str, threshold: float | None = None, *, better: Better | None = None
) -> pd.DataFrame:
    """Return several views of robustness side by side; they need not agree (McPhail et al. 2018).

    Parameters
    ----------
    values : point × strategy.
    threshold : what is good enough, for the share that meets it.

    Returns
    -------
    Columns strategy, mean, worst (point), worst_mean (of the worst 5 % of points) with low and high, best_share (of
    points at which it is the best; ties count for all), worst_regret, mean_regret, met (share of points that meet the
    threshold; NaN without one); the least worst regret first.

    Raises
    ------
    InputError : the KPI is neutral.
    """
    sign = sign_of(kpi, better)
    direction: Better = "higher" if sign > 0 else "lower"
    lost = regrets(values, kpi, better=direction)
    rows = []
    for name in values.columns:
        own = values[name].to_numpy(dtype=np.float64)
        tail = worst_mean(own, WORST, better=direction)
        met = float("nan") if threshold is None else float(np.mean(sign * own >= sign * threshold))
        best = float((lost[name] == 0).mean())
        rows.append((str(name), own.mean(), sign * (sign * own).min(), tail.mean, tail.low, tail.high, best, met))
    names = ["strategy", "mean", "worst", "worst_mean", "low", "high", "best_share", "met"]
    least = least_worst_regret(regret(_tidy(values, kpi), kpi, better=direction))
    table = least[["strategy", "worst_regret", "mean_regret"]].merge(pd.DataFrame(rows, columns=names), on="strategy")
    return table[[*names[:-1], "worst_regret", "mean_regret", "met"]]


def wilson(hits: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a share (Wilson 1927)."""
    from scipy.special import ndtri

    z = float(ndtri(0.5 + level / 2))
    middle = (hits + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(hits * (n - hits) / n + z**2 / 4)
    return max(float(middle - half), 0.0), min(float(middle + half), 1.0)


def share_of_wins(difference: ArrayLike, level: float = LEVEL) -> tuple[float, float, float]:
    """Return the share of points at which A − B is above 0, and its interval; ties count half.

    Parameters
    ----------
    difference : shape (n_points,), positive where A is better.
    """
    gap: NDArray[np.float64] = np.asarray(difference, dtype=np.float64)
    share = float(np.mean(0.5 + 0.5 * np.sign(gap)))
    low, high = wilson(round(share * len(gap)), len(gap), level)
    return share, low, high


def _tidy(values: pd.DataFrame, kpi: str) -> pd.DataFrame:
    """Return outcomes as `tradeoff` reads them: each point is a future of one replication, its mean."""
    wide = values.rename_axis(index="future", columns=None).reset_index()
    long = wide.melt("future", var_name="strategy", value_name="value")
    return long.assign(kpi=kpi, replication=0)
