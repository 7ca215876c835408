"""When a comparison has had enough replications: a rule that looks at widths only, never at who is ahead.

Stopping at the first look at which the intervals happen to be narrow stops where the variance happens to be
underestimated, so such intervals cover too rarely: the fault vanishes for ever narrower intervals only (Chow & Robbins
1965; Glynn & Whitt 1992 for simulation output). Three things make up for it here:

- no look before `MIN_REPLICATIONS`;
- the widths must hold at two looks a batch apart, so that the batch that confirms is not the one that stopped;
- widths, and the table made afterwards, use `NOMINAL_LEVEL` instead of 95 % (adjusted nominal coverage: see Singham &
  Schruben 2012 on the loss). Raising only the width asked for would not help: it moves the stop, not the fault.

A simulation of whole comparisons (`tests/unit/experiment/test_stopping.py`) holds false alarms to 5 %. It covers
normal and lognormal values whose differences are symmetric. Differences that are skewed themselves (a lognormal with σ
of 0.5 against a constant) gave 7 % at 17 to 26 replications; at the same level a fixed number of 17 to 24 gives 6 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.interval import LEVEL, t_quantile
from sim.statistics.outcomes import as_array, wrong
from sim.statistics.paired import pairs

MIN_REPLICATIONS: Final = 8
NOMINAL_LEVEL: Final = 1.0 - 0.8 * (1.0 - LEVEL)
"""0.96: what intervals must claim after optional stopping, so that they cover in 95 % of studies."""


@dataclass(frozen=True)
class Stopping:
    """A sequential rule for paired comparisons.

    Attributes
    ----------
    halfwidth_relative : largest half-width wanted of each difference's interval, as a share of the baseline's mean.
    kpis : KPIs that must be this precise.
    min_replications : before the first look; at least 8.
    max_replications : never more.
    batch : replications are added in multiples of this, and the confirming look needs this many more.

    Raises
    ------
    InputError : a number is out of bounds.
    """

    halfwidth_relative: float
    kpis: tuple[str, ...]
    min_replications: int = MIN_REPLICATIONS
    max_replications: int = 200
    batch: int = 4

    def __post_init__(self) -> None:
        least = f"must be at least {MIN_REPLICATIONS}: the widths of fewer say too little"
        bounds = (
            ("halfwidth_relative", self.halfwidth_relative > 0, "must be above 0"),
            ("kpis", len(self.kpis) > 0 and not isinstance(self.kpis, str), "must be a list of KPIs"),
            ("min_replications", self.min_replications >= MIN_REPLICATIONS, least),
            ("max_replications", self.max_replications >= self.min_replications, "must not be below min_replications"),
            ("batch", self.batch >= 2, "must be at least 2"),
        )
        for field, holds, allowed in bounds:
            if not holds:
                raise wrong(f"stopping.{field}", getattr(self, field), allowed)

    def next_size(self, outcomes: pd.DataFrame, baseline: str) -> int:
        """Return how many more replications to run now; 0 means stop.

        Parameters
        ----------
        outcomes : columns strategy, replication, kpi, value and perhaps future, of all replications run so far.
        baseline : the strategy that the others are compared with.
        """
        if outcomes.empty:
            return self.min_replications
        data = as_array(outcomes, self.kpis)
        return self.further(data.values, data.column(baseline))

    def further(self, values: NDArray[np.float64], baseline: int) -> int:
        """Return `next_size` of an array of shape (..., n_replications, n_strategies), ascending by replication.

        A pair without any common value does not hold up the stop: more of the same would not give it one.
        """
        done = int(values.shape[-2])
        if done < self.min_replications:
            return self.min_replications - done
        if done >= self.max_replications or self.settled(values, baseline):
            return 0
        missing = math.ceil(min(self._needed(values, baseline), self.max_replications)) - done
        # the variance of a few replications may ask for thousands, so one batch at most doubles what there is
        size = min(max(missing, self.batch), max(done, self.batch))
        return min(math.ceil(size / self.batch) * self.batch, self.max_replications - done)

    def settled(self, values: NDArray[np.float64], baseline: int) -> bool:
        """Return whether all widths hold now and held one batch ago; false where that was before the first look."""
        before = int(values.shape[-2]) - self.batch
        return (
            before >= self.min_replications
            and self._narrow(values, baseline)
            and self._narrow(values[..., :before, :], baseline)
        )

    def _narrow(self, values: NDArray[np.float64], baseline: int) -> bool:
        found = pairs(values, baseline)
        narrow = found.half_width(NOMINAL_LEVEL) <= self.halfwidth_relative * np.abs(found.baseline_mean)
        return bool(np.all(narrow | (found.n == 0)))

    def _needed(self, values: NDArray[np.float64], baseline: int) -> float:
        found = pairs(values, baseline)
        sizes = needed(found.deviation, self.halfwidth_relative * np.abs(found.baseline_mean))
        # a pair that too few replications have says nothing about how many it needs
        return float(np.max(np.where(np.isnan(sizes), 0.0, sizes)))


def needed(deviation: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the smallest n with t(n − 1) · deviation ÷ √n ≤ wanted, not rounded; at least 2, NaN without a deviation.

    Infinite where nothing but 0 is wanted.

    The t quantile depends on n itself; a few rounds from a large n settle it.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(deviation == 0, 0.0, deviation / wanted)
    n = np.full(deviation.shape, 50.0)
    for _ in range(20):
        degrees = np.maximum(np.minimum(n, 1e6) - 1.0, 1.0)
        n = np.maximum((t_quantile(degrees, NOMINAL_LEVEL) * ratio) ** 2, 2.0)
    return n
