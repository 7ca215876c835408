"""What targets and pay move: effort, orientation, and how far a team keeps to the plan. Pure functions of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.people import IncentiveSpec
from sim.world.shares import whole_shares

Array = NDArray[Any]

LEAST_DOUBT = 0.02
"""Nobody is surer than this of what a period will bring, even on its last day (assumption). [share of the target]"""


def split(units: int, weights: tuple[float, ...], parts: list[Array]) -> Array:
    """Split a target over places by a weighted mean of criteria, in whole units that sum to it exactly.

    Parameters
    ----------
    weights : one for each criterion.
    parts : by criterion, shape (n,), not negative. A criterion that is 0 everywhere counts all places alike.
    """
    share: Array = np.zeros(parts[0].shape)
    for weight, part in zip(weights, parts, strict=True):
        share += weight * (part / part.sum() if part.sum() > 0 else np.full(part.shape, 1.0 / part.shape[0]))
    return whole_shares(units, share if share.sum() > 0 else np.ones(share.shape))


def effort(spec: IncentiveSpec, attained: Array, left: float, commission: Array, bonus: Array) -> Array:
    """Work in the same time against that for a fixed wage: 1 + gain · (commission + bonus · φ(z)/s).

    It is the effort at which another bit of pay is worth its pains, when these grow with the square of effort: φ(z)/s,
    with z = (1 − a)/s, is by how much a little more makes the bonus likelier, when attainment will be a ± s; both the
    gain and the pains last for what is left of the period. So it rises where the target is within reach and the more
    the nearer the end, and falls to that for a fixed wage where the target is out of reach or reached (as salespeople
    time their work, Oyer 1998).

    Parameters
    ----------
    attained : shape (n,). Part of the target that is reached; NaN without a target.
    left : part of the period that is left, r.
    commission, bonus : shape (n,). Of a usual period, against its wage.
    """
    doubt = max(spec.outlook_error * float(np.sqrt(left)), LEAST_DOUBT)
    outlook = (1.0 - (attained + left)) / doubt
    likelier = np.nan_to_num(np.exp(-0.5 * outlook * outlook) / (np.sqrt(2.0 * np.pi) * doubt))
    worked: Array = np.minimum(1.0 + spec.effort_gain * (commission + bonus * likelier), spec.effort_most)
    return worked


def led(supervisors: Array, advisors: Array, span: float) -> Array:
    """Return the part of each territory's advisors whom its supervisors can lead."""
    part: Array = np.minimum(1.0, supervisors * span / np.maximum(advisors, 1.0))
    return part
