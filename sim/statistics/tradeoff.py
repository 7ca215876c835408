"""Several goals, bad luck and several futures: the efficient set, the worst replications, regret."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sim.metrics.interval import LEVEL, t_quantile
from sim.metrics.kpi import Better
from sim.statistics.outcomes import as_array, directions, require_columns, sign_of, wrong
from sim.statistics.paired import pairs


class WorstMean(NamedTuple):
    """Mean of the worst replications.

    Attributes
    ----------
    mean, low, high : the mean and its interval; the interval is NaN while fewer than two replications are in the tail.
    n : replications with a value.
    n_tail : n · share, the replications that the mean rests on. Below 1 it is the single worst one, and the true mean
        of the tail is likely to be worse.
    """

    mean: float
    low: float
    high: float
    n: int
    n_tail: float


def efficient_set(table: pd.DataFrame, objectives: Iterable[str] | Mapping[str, Better]) -> pd.DataFrame:
    """Return which strategies no other one beats on all objectives together (Pareto).

    A strategy is dominated when another is at least as good on every objective and better on one. Strategies that are
    equal on all do not dominate each other. One without a value on an objective cannot be judged: it is not efficient
    and dominates none.

    Parameters
    ----------
    table : one row for each strategy (the index), one column for each KPI, such as means.
    objectives : KPIs, with the direction of the catalogue, or KPI → direction ("higher" or "lower").

    Returns
    -------
    Columns strategy, the objectives, efficient, dominated_by (the first efficient strategy that does so, or empty).

    Raises
    ------
    InputError : an objective is not a column, or has no direction.
    """
    given = dict(objectives) if isinstance(objectives, Mapping) else None
    names = list(objectives)
    if not names:
        raise wrong("objectives", "none", "must name at least one KPI")
    require_columns(table, names)
    signs = [sign_of(name, direction) for name, direction in directions(names, given).items()]
    score = table[names].to_numpy(dtype=np.float64) * signs
    beats = _beats(score)
    efficient = ~np.any(beats, axis=0) & ~np.any(np.isnan(score), axis=1)
    strategies = [str(name) for name in table.index]
    found = table[names].reset_index(drop=True)
    found.insert(0, "strategy", strategies)
    found["efficient"] = efficient
    found["dominated_by"] = [
        next((name for i, name in enumerate(strategies) if beats[i, s] and efficient[i]), "")
        for s in range(len(strategies))
    ]
    return found


def worst_mean(values: ArrayLike, share: float = 0.05, *, better: Better = "higher", level: float = LEVEL) -> WorstMean:
    """Return the mean of the worst share of replications (expected shortfall) and its interval.

    The last replication of the tail counts in part where n · share is not whole (Acerbi & Tasche 2002). The interval
    is Student t with n_tail − 1 degrees of freedom and the influence values of the tail mean (Brazauskas, Jones,
    Puri & Zitikis 2008). In a simulation of normal and lognormal values a 95 % interval so made covered in 90 to 99 %
    of studies of 40 to 400 replications, where the percentile bootstrap covered in 50 to 94 %.

    Parameters
    ----------
    values : shape (n,); NaN is left out.
    share : size of the tail, above 0 and at most 1.
    better : whether the lowest values are the worst ("higher" is better) or the highest.

    Raises
    ------
    InputError : the share or the direction cannot be used.
    """
    if not 0.0 < share <= 1.0:
        raise wrong("share", share, "must be above 0 and at most 1")
    sign = sign_of("values", better)
    numbers = np.asarray(values, dtype=np.float64).reshape(-1)
    x = np.sort(sign * numbers[~np.isnan(numbers)])
    n = len(x)
    # 100 · 0.07 is 7.000000000000001 in floating point, but seven replications and no part of an eighth
    tail = round(n * share, 9)
    if n == 0:
        return WorstMean(mean=math.nan, low=math.nan, high=math.nan, n=0, n_tail=0.0)
    weights = np.clip(tail - np.arange(n), 0.0, 1.0)
    mean = float(x @ weights / weights.sum())
    half = _tail_half_width(x, tail, share, level)
    low, high = sorted((sign * (mean - half), sign * (mean + half)))
    return WorstMean(mean=sign * mean, low=low, high=high, n=n, n_tail=tail)


def regret(outcomes: pd.DataFrame, kpi: str, *, better: Better | None = None, level: float = LEVEL) -> pd.DataFrame:
    """Return what each strategy loses in each future against the one that does best there (Savage 1951).

    The best of a future is the one with the best mean; only replications that all strategies have count there. The
    interval is the paired Student t interval against that strategy, cut at 0. Because the best is picked by the same
    replications, small regrets are somewhat too large and the interval does not allow for the pick.

    Parameters
    ----------
    outcomes : columns strategy, replication, kpi, value and future.
    kpi : the KPI, and `better` its direction when the catalogue does not hold it.

    Returns
    -------
    Columns future, strategy, mean, best (the best strategy there), regret (never negative), low, high, n.

    Raises
    ------
    InputError : the KPI is not in the outcomes or is neutral, or there is no column `future`.
    """
    require_columns(outcomes, ["future"])
    sign = sign_of(kpi, better)
    data = as_array(outcomes, [kpi])
    rows = []
    for future, values in zip(data.futures, data.values[:, 0], strict=True):
        complete = sign * values[~np.isnan(values).any(axis=1)]
        if not len(complete):
            rows += [(future, name, *[math.nan] * 2, "", *[math.nan] * 2, 0) for name in data.strategies]
            continue
        best = int(np.argmax(complete.mean(axis=0)))
        found = pairs(complete, best)
        lost = np.maximum(-found.difference, 0.0)
        half = found.half_width(level)
        columns = (lost, np.maximum(lost - half, 0.0), lost + half)
        for s, name in enumerate(data.strategies):
            loss, low, high = (float(column[s]) for column in columns)
            rows.append(
                (future, name, sign * float(found.mean[s]), loss, data.strategies[best], low, high, len(complete))
            )
    names = ["future", "strategy", "mean", "regret", "best", "low", "high", "n"]
    return pd.DataFrame(rows, columns=names)[["future", "strategy", "mean", "best", "regret", "low", "high", "n"]]


def least_worst_regret(regrets: pd.DataFrame) -> pd.DataFrame:
    """Return the worst regret of each strategy over all futures, the least first: the rule of Savage (1951).

    Parameters
    ----------
    regrets : what `regret` returns.

    Returns
    -------
    Columns strategy, worst_regret, low, high, future (where it is worst), mean_regret. A strategy without a regret in
    some future has none here either and stands last.
    """
    rows = []
    for strategy, own in regrets.groupby("strategy", sort=False):
        if own["regret"].isna().any():
            rows.append((strategy, *[math.nan] * 3, None, math.nan))
            continue
        worst = own.iloc[int(np.argmax(own["regret"].to_numpy()))]
        rows.append((strategy, *(worst[c] for c in ("regret", "low", "high", "future")), own["regret"].mean()))
    names = ["strategy", "worst_regret", "low", "high", "future", "mean_regret"]
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values(["worst_regret", "mean_regret"], kind="stable", ignore_index=True)


def _beats(score: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether row i is at least as good as row j everywhere and better somewhere, shape (n, n)."""
    one, other = score[:, None, :], score[None, :, :]
    return np.asarray(np.all(one >= other, axis=2) & np.any(one > other, axis=2), dtype=np.bool_)


def _tail_half_width(x: NDArray[np.float64], tail: float, share: float, level: float) -> float:
    """Return half the width of the interval of the mean of the lowest share; x ascending."""
    if tail < 2:
        return math.nan
    # the first value that is not wholly in the tail
    quantile = x[min(math.floor(tail), len(x) - 1)]
    influence = quantile + np.minimum(x - quantile, 0.0) / share
    factor = float(t_quantile(tail - 1.0, level))
    return factor * float(influence.std(ddof=1)) / math.sqrt(len(x))
