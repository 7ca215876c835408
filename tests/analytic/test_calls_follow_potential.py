"""Calls follow potential: what an analyst gets wrong, what gets it right, and what the market really does.

The measuring functions are those of the validation page. Truth is a pair of runs on the same luck, one of which moves
the lever `visit_every_days` at half time. The naive line compares shops with each other; the honest one compares each
shop with itself across that change, which owes nothing to sales.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from studies.validation import confounding, runs

MARKETS = 6


@pytest.fixture(scope="module")
def found() -> dict[str, np.ndarray]:
    """Units per call by method, one value for each market."""
    small = runs.Size(replications=MARKETS, days=196, outlets=200, wide_outlets=200, households=0)
    each = [confounding.calls_follow_potential(small, seed) for seed in range(1, MARKETS + 1)]
    return {name: np.array([r["units"][name] for r in each]) for name in ("naive", "fixed", "truth")}


def interval(values: np.ndarray) -> tuple[float, float]:
    reach = stats.t.ppf(0.975, values.size - 1) * values.std(ddof=1) / np.sqrt(values.size)
    return float(values.mean() - reach), float(values.mean() + reach)


@pytest.mark.slow
def test_the_naive_line_credits_calls_with_several_times_their_effect(found: dict[str, np.ndarray]) -> None:
    assert interval(found["truth"])[0] > 0
    assert (found["naive"] > 5.0 * found["truth"]).all()


def test_shops_before_and_after_a_planned_change_give_the_truth(found: dict[str, np.ndarray]) -> None:
    low, high = interval(found["fixed"] - found["truth"])
    assert low <= 0.0 <= high
    # An interval that holds everything proves nothing: the naive answer must lie far outside.
    assert high < 0.2 * (found["naive"] - found["truth"]).mean()
