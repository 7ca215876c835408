"""Case 7: how concentrated outlet sizes are, by the inverse distribution function and through the generator."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm

from sim.sampling import lognormal_quantile
from sim.scenario.schema import Scenario
from sim.streams import uniforms
from sim.world.setup.places import outlets_of, territories_of

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


def generated_sizes(sigma: float, seed: int, n: int, channels: dict[str, float]) -> np.ndarray:
    """Sizes of the outlets that the generator makes for a scenario."""
    scenario = Scenario.model_validate(
        {
            "seed": seed,
            "outlets": {"generate": {"n": n, "size_sigma": sigma, "channel_mix": channels}},
            "mechanisms": {"outlet_turnover": False},
        }
    )
    outlets, _ = outlets_of(scenario, territories_of(scenario))
    return np.array([outlet.size for outlet in outlets])


@pytest.mark.parametrize(("sigma", "table"), [(1.683, 0.80), (1.0, 0.56)])
def test_case07_through_the_generator(sigma: float, table: float) -> None:
    """Twenty generated markets of 1,500 outlets of one channel; few outlets, so the mean share is a little low."""
    shares = [top_share(generated_sizes(sigma, seed, 1500, {"traditional": 1.0}), 0.2) for seed in range(20)]
    print(f"generated: {np.mean(shares):.4f} ± {np.std(shares, ddof=1) / np.sqrt(20):.4f}; table {table}")
    assert np.mean(shares) == pytest.approx(table, abs=0.02)
