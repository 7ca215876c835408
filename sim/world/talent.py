"""Talent: what people differ by for good, and what selection and pay bring of it when somebody is hired."""

from __future__ import annotations

import math

from sim.sampling import normal_quantile

BELOW_ONE = 1.0 - 2.0**-53
"""The largest uniform: the best of very many is not better than any."""


def talent_of(z: float, spread: float) -> float:
    """Work in the same time against the mean person: lognormal with mean 1 and a standard deviation of `spread`.

    Parameters
    ----------
    z : standard normal.
    """
    variance = math.log1p(spread * spread)
    return math.exp(math.sqrt(variance) * z - variance / 2.0)


def applicants(at_usual_pay: float, pay: float, elasticity: float) -> float:
    """Return how many apply and are looked at: more of them for more pay [persons]."""
    return max(1.0, at_usual_pay * math.pow(pay, elasticity))


def best_of(u: float, rest: float, n: float, validity: float) -> float:
    """Return the standardised talent of who looks best among n applicants.

    The largest of n uniforms is u^(1/n) of one. What selection sees correlates with talent by `validity`; the rest is
    luck. With one applicant, or none of its validity, it is a standard normal draw.

    Parameters
    ----------
    u, rest : uniforms in (0, 1).
    """
    seen = float(normal_quantile(min(u ** (1.0 / n), BELOW_ONE)))
    luck = float(normal_quantile(rest))
    return validity * seen + math.sqrt(1.0 - validity * validity) * luck
