"""Inverse distribution functions: from a keyed uniform to a value.

Every draw of the simulator goes through these, so that a change of one entity's mean moves that entity's draw
monotonically and leaves all others bit-identical.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]

LARGE_MEAN = 600.0

LARGE_DISPERSION = 1e8
"""Above it a negative binomial is a Poisson to eight digits."""

WHOLE_POWERS = 64.0
"""Whole dispersions up to here are powers by multiplication: faster than a logarithm, and as exact."""


# Coefficients of Wichura's rational approximations, highest power first: above and below the bar.
CENTRE = (
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.3871328727963666080e0,
)
CENTRE_BELOW = (
    5.2264952788528545610e3,
    2.8729085735721942674e4,
    3.9307895800092710610e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.8718700749205790830e2,
    4.2313330701600911252e1,
    1.0,
)
MIDDLE = (
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258e0,
    3.64784832476320460504e0,
    5.76949722146069140550e0,
    4.63033784615654529590e0,
    1.42343711074968357734e0,
)
MIDDLE_BELOW = (
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940e0,
    2.05319162663775882187e0,
    1.0,
)
TAIL = (
    2.01033439929228813265e-7,
    2.71155556874348757815e-5,
    1.24266094738807843860e-3,
    2.65321895265761230930e-2,
    2.96560571828504891230e-1,
    1.78482653991729133580e0,
    5.46378491116411436990e0,
    6.65790464350110377720e0,
)
TAIL_BELOW = (
    2.04426310338993978564e-15,
    1.42151175831644588870e-7,
    1.84631831751005468180e-5,
    7.86869131145613259100e-4,
    1.48753612908506148525e-2,
    1.36929880922735805310e-1,
    5.99832206555887937690e-1,
    1.0,
)


@njit(cache=True)
def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    """Horner's scheme, highest power first."""
    total = coefficients[0]
    for k in range(1, len(coefficients)):
        total = total * x + coefficients[k]
    return total


@njit(cache=True)
def normal_quantile(u: float) -> float:
    """Standard normal quantile of u in (0, 1); relative error below 1e-15 (Wichura 1988, AS 241)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _polynomial(CENTRE, r) / _polynomial(CENTRE_BELOW, r)
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        r -= 1.6
        num, den = _polynomial(MIDDLE, r), _polynomial(MIDDLE_BELOW, r)
    else:
        r -= 5.0
        num, den = _polynomial(TAIL, r), _polynomial(TAIL_BELOW, r)
    return -num / den if q < 0.0 else num / den


@njit(cache=True)
def lognormal_quantile(u: float, median: float, sigma: float) -> float:
    """Quantile of a lognormal with the given median and standard deviation of the logarithm."""
    return median * math.exp(sigma * normal_quantile(u))


@njit(cache=True)
def _large_count_quantile(u: float, mean: float, variance: float, skewness: float) -> int:
    """Cornish–Fisher count for means above LARGE_MEAN, where the error is far below one standard deviation."""
    z = normal_quantile(u)
    value = mean + math.sqrt(variance) * (z + skewness * (z * z - 1.0) / 6.0)
    return max(0, int(math.floor(value + 0.5)))


@njit(cache=True)
def poisson_quantile(u: float, mean: float) -> int:
    """Smallest n with Poisson CDF(n) ≥ u."""
    if mean <= 0.0:
        return 0
    if mean > LARGE_MEAN:
        return _large_count_quantile(u, mean, mean, 1.0 / math.sqrt(mean))
    n = 0
    p = math.exp(-mean)
    total = p
    while total < u and p > 1e-300:
        n += 1
        p *= mean / n
        if n > mean and p < 1e-18:
            break
        total += p
    return n


@njit(cache=True, inline="always", error_model="numpy")
def chance_of_none(mean: float, dispersion: float) -> float:
    """Return the probability of 0 of a negative binomial: (k/(k + mean))^k for dispersion k."""
    if dispersion > WHOLE_POWERS or dispersion != math.floor(dispersion):
        return math.exp(-dispersion * math.log1p(mean / dispersion))
    square = dispersion / (dispersion + mean)
    power = 1.0
    left = int(dispersion)
    while left > 0:
        if left & 1:
            power *= square
        square *= square
        left >>= 1
    return power


@njit(cache=True, error_model="numpy")
def negative_binomial_quantile(u: float, mean: float, dispersion: float) -> int:
    """Smallest n with CDF(n) ≥ u of a negative binomial with variance mean + mean²/dispersion.

    `dispersion` 0 means Poisson.
    """
    if dispersion <= 0.0 or dispersion > LARGE_DISPERSION:
        return poisson_quantile(u, mean)
    if mean <= 0.0:
        return 0
    if mean > LARGE_MEAN:
        variance = mean + mean * mean / dispersion
        skewness = (1.0 + 2.0 * mean / dispersion) / math.sqrt(variance)
        return _large_count_quantile(u, mean, variance, skewness)
    q = mean / (dispersion + mean)
    p = chance_of_none(mean, dispersion)
    n = 0.0
    total = p
    while total < u:
        p *= q * ((n + dispersion) / (n + 1.0))
        n += 1.0
        if p < 1e-18 and n > mean:
            break
        total += p
    return int(n)


@njit(cache=True)
def binomial_quantile(u: float, n: int, probability: float) -> int:
    """Smallest m with Binomial(n, probability) CDF(m) ≥ u, for n up to a few thousand."""
    if probability <= 0.0 or n <= 0:
        return 0
    if probability >= 1.0:
        return n
    if probability > 0.5:
        return n - binomial_quantile(1.0 - u, n, 1.0 - probability)
    odds = probability / (1.0 - probability)
    p = math.exp(n * math.log1p(-probability))
    m = 0
    total = p
    while total < u and m < n:
        p *= odds * (n - m) / (m + 1.0)
        m += 1
        total += p
    return m


@njit(cache=True)
def geometric_quantile(u: float, mean: float) -> int:
    """Failures before the first success, with the given mean."""
    if mean <= 0.0:
        return 0
    return int(math.floor(math.log(1.0 - u) / math.log(mean / (1.0 + mean))))


@njit(cache=True)
def normal_quantiles(u: Array) -> Array:
    """Standard normal quantiles of an array of uniforms, shape (n,)."""
    out = np.empty(u.shape[0])
    for i in range(u.shape[0]):
        out[i] = normal_quantile(u[i])
    return out
