"""Case 7: how concentrated outlet sizes are, through the inverse distribution function that builds them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm

from sim.sampling import lognormal_quantile
from sim.streams import uniforms

OUTLETS = 40_000


def top_share(sizes: np.ndarray, share: float) -> float:
    """Share of all sales made by the largest `share` of outlets."""
    ordered = np.sort(sizes)[::-1]
    return float(ordered[: round(share * sizes.size)].sum() / ordered.sum())


@pytest.mark.parametrize(("sigma", "table"), [(1.683, 0.80), (1.0, 0.56)])
def test_case07_top_fifth_of_outlets(
    sigma: float, table: float, replicate: Callable[..., np.ndarray], assert_reproduced: Callable[..., None]
) -> None:
    """The top 20 % sell 80 % at σ 1.683 and 56 % at σ 1 (cap 2 points); exactly Φ(σ − z₀.₈)."""

    def measure(key: np.uint64) -> float:
        draws = uniforms(key, np.arange(OUTLETS, dtype=np.uint64), 0)
        return top_share(np.array([lognormal_quantile(u, 5.0, sigma) for u in draws]), 0.2)

    exact = float(norm.cdf(sigma - norm.ppf(0.8)))
    assert round(exact, 2) == table
    assert_reproduced(replicate(measure), exact, table, 0.02)
