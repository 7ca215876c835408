"""Inverse distribution functions against SciPy's, and the laws that every quantile obeys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from sim.sampling import (
    LARGE_MEAN,
    binomial_quantile,
    geometric_quantile,
    lognormal_quantile,
    negative_binomial_quantile,
    normal_quantile,
    normal_quantiles,
    poisson_quantile,
)

# The keyed uniforms are odd multiples of 2**-53.
uniforms = st.integers(0, 2**52 - 1).map(lambda k: (2 * k + 1) * 2.0**-53)
means = st.floats(1e-6, LARGE_MEAN)


def is_quantile(n: int, u: float, cdf: object, slack: float = 1e-9) -> bool:
    """CDF(n − 1) < u ≤ CDF(n), up to rounding of the cumulative sum."""
    return cdf(n) >= u - slack and (n == 0 or cdf(n - 1) < u + slack)  # type: ignore[operator]


@given(uniforms)
def test_normal(u: float) -> None:
    exact = stats.norm.ppf(u) if u < 0.5 else stats.norm.isf(1.0 - u)
    assert normal_quantile(u) == pytest.approx(exact, rel=1e-12, abs=1e-14)


def test_normal_is_odd_and_arrays_agree() -> None:
    u = np.array([2.0**-53, 1e-9, 0.02, 0.3, 0.5])
    z = normal_quantiles(u)
    np.testing.assert_array_equal(z, [normal_quantile(x) for x in u])
    np.testing.assert_allclose(normal_quantiles(1.0 - u)[2:], -z[2:], rtol=1e-12, atol=1e-15)
    assert z[0] == pytest.approx(-8.13, abs=0.1)


@given(uniforms, st.floats(1e-3, 1e6), st.floats(0, 3))
def test_lognormal(u: float, median: float, sigma: float) -> None:
    if sigma > 0:
        exact = stats.lognorm.ppf(u, sigma, scale=median)
        assert lognormal_quantile(u, median, sigma) == pytest.approx(exact, rel=1e-9)
    assert lognormal_quantile(0.5, median, sigma) == pytest.approx(median)


@given(uniforms, means)
def test_poisson(u: float, mean: float) -> None:
    assume(u < 1 - 1e-12)
    assert is_quantile(poisson_quantile(u, mean), u, stats.poisson(mean).cdf)


@given(st.sampled_from(["poisson", "negative binomial", "binomial"]), st.floats(0.05, 60.0), st.floats(0.1, 0.9))
def test_counts_step_exactly_where_the_cumulative_probability_does(law: str, mean: float, part: float) -> None:
    """Just below the probability of at most k the quantile is k, just above it is k + 1."""
    exact, quantile = {
        "poisson": (stats.poisson(mean), lambda u: poisson_quantile(u, mean)),
        "negative binomial": (
            stats.nbinom(3.0, 3.0 / (3.0 + mean)),
            lambda u: negative_binomial_quantile(u, mean, 3.0),
        ),
        "binomial": (stats.binom(70, part), lambda u: binomial_quantile(u, 70, part)),
    }[law]
    for k in range(int(exact.ppf(0.001)), int(exact.ppf(0.999))):
        step = float(exact.cdf(k))
        assert (quantile(step - 1e-10), quantile(step + 1e-10)) == (k, k + 1)


@given(uniforms, means, st.floats(0.05, 500))
def test_negative_binomial(u: float, mean: float, dispersion: float) -> None:
    assume(1e-12 < u < 1 - 1e-12)
    law = stats.nbinom(dispersion, dispersion / (dispersion + mean))
    assert is_quantile(negative_binomial_quantile(u, mean, dispersion), u, law.cdf, 1e-8)


@given(uniforms, st.integers(0, 800), st.floats(0, 1))
def test_binomial(u: float, n: int, probability: float) -> None:
    assume(1e-10 < u < 1 - 1e-10)
    m = binomial_quantile(u, n, probability)
    assert 0 <= m <= n
    if 0 < probability < 1 and n:
        assert is_quantile(m, u, stats.binom(n, probability).cdf)


@given(uniforms, st.floats(1e-3, 1e3))
def test_geometric(u: float, mean: float) -> None:
    assume(u < 1 - 1e-12)
    law = stats.geom(1.0 / (1.0 + mean), loc=-1)
    assert is_quantile(geometric_quantile(u, mean), u, law.cdf)


@given(uniforms, uniforms, means, st.floats(0.1, 100))
def test_quantiles_rise_with_the_uniform_and_with_the_mean(a: float, b: float, mean: float, dispersion: float) -> None:
    # The last uniforms below 1 end the sums by rounding, see `test_the_ends`.
    assume(max(a, b) < 1 - 1e-12)
    low, high = min(a, b), max(a, b)
    assert poisson_quantile(low, mean) <= poisson_quantile(high, mean)
    assert negative_binomial_quantile(low, mean, dispersion) <= negative_binomial_quantile(high, mean, dispersion)
    assert poisson_quantile(a, mean) <= poisson_quantile(a, 1.5 * mean)


@pytest.mark.parametrize("mean", [0.3, 9.0, 400.0, 601.0, 50_000.0])
@pytest.mark.parametrize("dispersion", [0.0, 18.0])
def test_moments_below_and_above_the_large_means(mean: float, dispersion: float) -> None:
    """Averages over a fine grid of uniforms.

    Above LARGE_MEAN the count comes from an expansion that ends with the skewness; what it leaves out adds the square
    of the skewness over 18 to the variance, 1.2 % at a dispersion of 18.
    """
    n = 200_000
    grid = (np.arange(n) + 0.5) / n
    drawn = np.array([negative_binomial_quantile(u, mean, dispersion) for u in grid])
    variance = mean + (mean * mean / dispersion if dispersion else 0.0)
    assert drawn.mean() == pytest.approx(mean, rel=2e-3)
    skewness = (1.0 + 2.0 * mean / dispersion) / np.sqrt(variance) if dispersion else 1.0 / np.sqrt(mean)
    left_out = skewness**2 / 18.0 if mean > LARGE_MEAN else 0.0
    assert drawn.var() == pytest.approx(variance * (1.0 + left_out), rel=4e-3)
    assert left_out < 0.013


@pytest.mark.parametrize("u", [2.0**-53, 0.5, 1 - 2.0**-53])
def test_the_ends(u: float) -> None:
    assert poisson_quantile(u, 0.0) == 0
    assert negative_binomial_quantile(u, 0.0, 3.0) == 0
    assert binomial_quantile(u, 5, 0.0) == 0
    assert binomial_quantile(u, 5, 1.0) == 5
    assert geometric_quantile(u, 0.0) == 0
    # The largest uniform ends a sum that rounding keeps below it.
    assert poisson_quantile(u, 500.0) < 1000
    assert negative_binomial_quantile(u, 500.0, 0.3) < 100_000
