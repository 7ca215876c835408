"""Strategies against a baseline, replication by replication.

With common random numbers both strategies of a pair live through the same luck, so their difference varies less than
two independent runs would; the table says how much less (Law 2015, section 11.2). Verdicts hold for the whole table:
p values are adjusted by Holm's step-down method (Holm 1979).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.interval import LEVEL, t_quantile
from sim.metrics.kpi import Better
from sim.statistics.outcomes import as_array, directions, wrong

POWER: Final = 0.8
NO_DIFFERENCE: Final = "no difference seen"
TOO_FEW: Final = "too few replications"
WORDS: Final[dict[Better, tuple[str, str]]] = {
    "higher": ("better", "worse"),
    "lower": ("worse", "better"),
    "neutral": ("higher", "lower"),
}
"""What a KPI that has risen is called, and what one that has fallen is called, by the direction that is better."""


class Pairs(NamedTuple):
    """Statistics of paired values; every array has the shape of the values without the axis of replications.

    Attributes
    ----------
    n : replications that both strategies have.
    baseline_mean, mean, difference : means over these replications; NaN without one.
    deviation : standard deviation of the differences; NaN with fewer than two.
    variance_ratio : variance of the differences ÷ sum of both variances; 1 is what independent random numbers
        give, 0 that nothing but the common ones varies; NaN when nothing does.
    identical : whether all differences are exactly 0.
    """

    n: NDArray[np.int64]
    baseline_mean: NDArray[np.float64]
    mean: NDArray[np.float64]
    difference: NDArray[np.float64]
    deviation: NDArray[np.float64]
    variance_ratio: NDArray[np.float64]
    identical: NDArray[np.bool_]

    def half_width(self, level: float = LEVEL) -> NDArray[np.float64]:
        """Return half the width of the Student t interval of each difference; NaN with fewer than two pairs."""
        n = self.n.astype(np.float64)
        return t_quantile(n - 1.0, level) * self.deviation / np.sqrt(np.maximum(n, 1.0))

    def p_value(self) -> NDArray[np.float64]:
        """Return the two-sided p of the paired t test.

        1 for identical pairs; 0 for a difference without any spread, the limit of the test; NaN with fewer than two.
        """
        # scipy.special loads far faster than scipy.stats
        from scipy.special import stdtr

        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.abs(self.difference) / (self.deviation / np.sqrt(self.n))
            p = 2.0 * stdtr(np.maximum(self.n - 1.0, 1.0), -t)
        return np.where(self.n < 2, np.nan, np.where(self.identical, 1.0, p))

    def detectable(self, alpha: float) -> NDArray[np.float64]:
        """Return the true difference that a two-sided t test at `alpha` sees in 80 % of such experiments.

        Taken from the noncentral t distribution with the deviation seen here (Cohen 1988, chapter 2, paired case).
        """
        from scipy.special import nctdtrinc

        n = self.n.astype(np.float64)
        degrees = np.where(n >= 2, n - 1.0, np.nan)
        shift = np.asarray(nctdtrinc(degrees, 1.0 - POWER, t_quantile(degrees, 1.0 - alpha)), dtype=np.float64)
        return shift * self.deviation / np.sqrt(np.maximum(n, 1.0))

    def against(self, columns: list[int]) -> Pairs:
        """Return the statistics of some strategies only, as flat arrays."""

        def flat(part: NDArray[Any]) -> NDArray[Any]:
            return np.take(part, columns, axis=-1).reshape(-1)

        return Pairs(**{name: flat(part) for name, part in self._asdict().items()})


def pairs(values: NDArray[np.float64], baseline: int) -> Pairs:
    """Return the paired statistics of every strategy against one of them.

    Parameters
    ----------
    values : shape (..., n_replications, n_strategies); NaN where there is no value.
    baseline : place of the baseline on the last axis.
    """
    base = values[..., baseline, None]
    both = ~(np.isnan(values) | np.isnan(base))
    n = both.sum(axis=-2)
    base_mean, base_spread = _moments(np.broadcast_to(base, values.shape), both, n)
    mean, spread = _moments(values, both, n)
    difference, deviation = _moments(values - base, both, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = deviation**2 / (base_spread**2 + spread**2)
    identical = (n > 0) & np.all(~both | (values == base), axis=-2)
    return Pairs(
        n=n,
        baseline_mean=base_mean,
        mean=mean,
        difference=difference,
        deviation=deviation,
        variance_ratio=ratio,
        identical=identical,
    )


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p values adjusted by Holm's step-down method, shape (n,); the family is every p that is not NaN."""
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def paired_table(
    outcomes: pd.DataFrame,
    baseline: str,
    *,
    level: float = LEVEL,
    kpis: Iterable[str] | None = None,
    better: Mapping[str, Better] | None = None,
) -> pd.DataFrame:
    """Return how every other strategy differs from the baseline on every KPI.

    Parameters
    ----------
    outcomes : columns strategy, replication, kpi, value and perhaps future; pairs never cross futures.
    baseline : the strategy that the others are compared with.
    level : of each interval by itself; verdicts of the whole table together are wrong with chance 1 − level at most.
    kpis : KPIs asked for, in this order; all of the outcomes when absent.
    better : direction of KPIs that the catalogue does not hold.

    Returns
    -------
    One row for each (future,) kpi and strategy with the columns
    n : replications that both have;
    baseline_mean, mean, difference : over these replications;
    low, high : Student t interval of the difference, not adjusted for the other rows;
    relative_difference : difference ÷ |baseline_mean|; NaN when that is 0;
    p, p_holm : paired t test, alone and within the family of all rows that have a p;
    verdict : better, worse (neutral KPIs: higher, lower), no difference seen, too few replications; from p_holm;
    detectable : smallest true difference that a study of this size sees in 80 % of cases even if it is the largest
        of the family (Holm's first step), so read "no difference seen" as "none above this";
    variance_ratio : variance of the paired differences ÷ that of independent ones: what common random numbers leave;
    identical : all differences are exactly 0.

    Raises
    ------
    InputError : the outcomes lack the baseline or a KPI, or are not a clean table.
    """
    if not 0.0 < level < 1.0:
        raise wrong("level", level, "must lie between 0 and 1")
    data = as_array(outcomes, kpis)
    toward = directions(data.kpis, better)
    column = data.column(baseline)
    others = [s for s in range(len(data.strategies)) if s != column]
    found = pairs(data.values, column).against(others)
    names = pd.DataFrame(
        product(data.futures, data.kpis, [data.strategies[s] for s in others]), columns=["future", "kpi", "strategy"]
    )
    table = pd.concat([names, _columns(found, level)], axis=1)
    seen = table["p_holm"] <= 1.0 - level
    words = [WORDS[toward[kpi]][0 if d > 0 else 1] for kpi, d in zip(table["kpi"], table["difference"], strict=True)]
    table["verdict"] = np.where(seen, words, np.where(found.n < 2, TOO_FEW, NO_DIFFERENCE))
    return table if "future" in outcomes.columns else table.drop(columns="future")


def _columns(found: Pairs, level: float) -> pd.DataFrame:
    p = found.p_value()
    half = found.half_width(level)
    family = max(int(np.count_nonzero(~np.isnan(p))), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(found.baseline_mean == 0, np.nan, found.difference / np.abs(found.baseline_mean))
    return pd.DataFrame(
        {
            "n": found.n,
            "baseline_mean": found.baseline_mean,
            "mean": found.mean,
            "difference": found.difference,
            "low": found.difference - half,
            "high": found.difference + half,
            "relative_difference": relative,
            "p": p,
            "p_holm": holm(p),
            "verdict": "",
            "detectable": found.detectable((1.0 - level) / family),
            "variance_ratio": found.variance_ratio,
            "identical": found.identical,
        }
    )


def _moments(
    values: NDArray[np.float64], both: NDArray[np.bool_], n: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation over the second last axis, where `both`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(both, values, 0.0).sum(axis=-2) / n
        squares = np.where(both, values - mean[..., None, :], 0.0) ** 2
        deviation = np.sqrt(squares.sum(axis=-2) / np.where(n >= 2, n - 1.0, np.nan))
    return mean, deviation
