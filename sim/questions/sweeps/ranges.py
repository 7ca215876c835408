"""From what a file says of a dimension to values: listed ones, or quantiles of a distribution."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    # the schema asks which studies there are, and these ask here
    from sim.questions.sweeps.schema import RangeSpec

DIGITS: Final = 6
"""Significant digits of a drawn value: short in tables, and the same whatever the last bit of a library's result is."""


def levels(spec: RangeSpec, whole: bool) -> list[Any]:
    """Return the listed values of a dimension.

    Parameters
    ----------
    whole : whether the field is a whole number.
    """
    if spec.list is not None:
        return list(spec.list)
    assert spec.grid is not None
    return [plain(v, whole) for v in np.linspace(spec.grid.low, spec.grid.high, spec.grid.n)]


def quantiles(spec: RangeSpec, unit: NDArray[np.float64], whole: bool) -> list[Any]:
    """Return the values at places in [0, 1]; listed values are equally likely.

    Whole numbers between two bounds of a uniform distribution are equally likely, both bounds included; from any other
    distribution the nearest whole number is taken.
    """
    if spec.is_listed:
        listed = levels(spec, whole)
        return [listed[min(int(u * len(listed)), len(listed) - 1)] for u in unit]
    if whole and spec.distribution == "uniform" and spec.low is not None and spec.high is not None:
        first, n = math.ceil(spec.low), math.floor(spec.high) - math.ceil(spec.low) + 1
        return [first + min(int(u * n), n - 1) for u in unit]
    drawn = _quantiles(spec, unit)
    return [int(round(v)) for v in drawn] if whole else [plain(v, whole) for v in drawn]


def _quantiles(spec: RangeSpec, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    if spec.distribution == "normal":
        return _normal(spec, unit)
    assert spec.low is not None
    assert spec.high is not None
    span = spec.high - spec.low
    if spec.distribution == "loguniform":
        return np.asarray(spec.low * np.exp(unit * math.log(spec.high / spec.low)))
    if spec.distribution == "triangular":
        assert spec.mode is not None
        turn = (spec.mode - spec.low) / span
        left = spec.low + span * np.sqrt(unit * turn)
        return np.where(unit < turn, left, spec.high - span * np.sqrt((1.0 - unit) * (1.0 - turn)))
    return spec.low + unit * span


def _normal(spec: RangeSpec, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import ndtr, ndtri

    assert spec.mean is not None
    assert spec.sd is not None
    below = 0.0 if spec.low is None else float(ndtr((spec.low - spec.mean) / spec.sd))
    above = 1.0 if spec.high is None else float(ndtr((spec.high - spec.mean) / spec.sd))
    return np.asarray(spec.mean + spec.sd * ndtri(below + unit * (above - below)), dtype=np.float64)


def plain(value: float, whole: bool) -> Any:
    """Return a drawn number as Python's own, rounded; whole where the field is and the number allows it."""
    number = float(f"{value:.{DIGITS}g}")
    return int(number) if whole and number.is_integer() else number
