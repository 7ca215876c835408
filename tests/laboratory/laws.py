"""Closed forms that the market does not need: what its laws are held against."""

from __future__ import annotations

import math

from sim.compiled import kernel
from sim.sampling import normal_quantile, poisson_quantile


@kernel()
def bass_fraction(t: float, p: float, q: float) -> float:
    """Return the share of buyers who have tried by time t (Bass 1969).

    Parameters
    ----------
    t : time since launch. [periods]
    p, q : innovation and imitation. [1/period]
    """
    if t <= 0.0 or p <= 0.0:
        return 0.0
    fading = math.exp(-(p + q) * t)
    return float((1.0 - fading) / (1.0 + q / p * fading))


@kernel()
def bass_density(t: float, p: float, q: float) -> float:
    """Return the rate of first trials at time t: (p + q·F)·(1 − F) [1/period]."""
    if t < 0.0:
        return 0.0
    fraction = bass_fraction(t, p, q)
    return float((p + q * fraction) * (1.0 - fraction))


@kernel()
def bass_peak_time(p: float, q: float) -> float:
    """Return the time of the most first trials, ln(q/p)/(p + q); 0 when imitation is the weaker force [periods]."""
    if q <= p or p <= 0.0:
        return 0.0
    return math.log(q / p) / (p + q)


@kernel()
def newsvendor_normal(mean: float, sd: float, ratio: float) -> float:
    """Return the quantity for normal demand, `ratio` in (0, 1) [units]."""
    return float(mean + sd * normal_quantile(ratio))


@kernel()
def newsvendor_poisson(mean: float, ratio: float) -> int:
    """Return the least quantity that covers Poisson demand with probability `ratio` or more [units]."""
    return int(poisson_quantile(ratio, mean))
