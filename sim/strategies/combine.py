"""From the wishes of several parts of a strategy to one value of every lever; contradictions are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem, nearest_name
from sim.strategies.base import Pull
from sim.strategies.levers import LEVERS, Lever

Array = NDArray[Any]
ABSENT = -1


@dataclass
class _Joined:
    """One lever while pulls come in.

    Attributes
    ----------
    value : shape of the lever's column, float64.
    setter : same shape. Number of the part that set a place, −1 for the baseline.
    parts : the parts that pulled, for messages.
    """

    lever: Lever
    value: Array
    setter: Array
    parts: list[str] = field(default_factory=list)


def combine(
    baseline: Mapping[str, Array], pulls: Iterable[tuple[str, Pull]], ours: Mapping[str, Array]
) -> dict[str, Array]:
    """Return every lever that is pulled, with its new value everywhere.

    Parameters
    ----------
    baseline : lever columns by lever name.
    pulls : (name of the part that pulls, pull), in the order of the parts.
    ours : rows that a pull without a place reaches, for the axes "product" and "distributor".

    Returns
    -------
    By lever name, arrays like the baseline's.

    Raises
    ------
    InputError
        When two parts set the same place to different values, or a value leaves its bounds; the parts are named.
    """
    joined: dict[str, _Joined] = {}
    parts: list[str] = []
    for part, pull in pulls:
        if part not in parts:
            parts.append(part)
        lever = _lever(part, pull)
        if lever.name not in joined:
            start = baseline[lever.name].astype(np.float64)
            joined[lever.name] = _Joined(lever, start, np.full(start.shape, ABSENT))
        _apply(joined[lever.name], pull, parts, parts.index(part), _places(part, lever, pull, baseline, ours))
    return {name: _finished(each, baseline[name]) for name, each in joined.items()}


def _lever(part: str, pull: Pull) -> Lever:
    if pull.lever not in LEVERS:
        raise _refused(part, pull.lever, pull.lever, "no such lever", nearest_name(pull.lever, LEVERS))
    lever = LEVERS[pull.lever]
    values = np.asarray(pull.value, dtype=np.float64)
    low, high = (-lever.high, lever.high) if lever.combiner == "add" else (lever.low, lever.high)
    if values.size and (not np.isfinite(values).all() or values.min() < low or values.max() > high):
        worst = float(values.min() if not values.min() >= low else values.max())
        raise _refused(part, lever.name, f"{worst:g}", f"must lie in [{low:g}, {high:g}] ({lever.unit})")
    return lever


def _places(
    part: str, lever: Lever, pull: Pull, baseline: Mapping[str, Array], ours: Mapping[str, Array]
) -> tuple[Array, ...]:
    for axis in pull.where:
        if axis not in lever.axes:
            allowed = f"the lever has the axes {', '.join(lever.axes) or 'none'}"
            raise _refused(part, f"{lever.name}.{axis}", axis, allowed, nearest_name(axis, lever.axes))
    shape = baseline[lever.name].shape
    if not lever.axes:
        return (np.zeros(1, dtype=np.int64),)
    rows = [
        np.asarray(pull.where[axis], dtype=np.int64).ravel() if axis in pull.where else ours.get(axis, np.arange(n))
        for axis, n in zip(lever.axes, shape, strict=True)
    ]
    return np.ix_(*rows)


def _apply(joined: _Joined, pull: Pull, parts: list[str], number: int, places: tuple[Array, ...]) -> None:
    lever, part = joined.lever, parts[number]
    now = joined.value[places]
    values = np.broadcast_to(np.asarray(pull.value, dtype=np.float64), now.shape)
    setter = joined.setter[places]
    if part not in joined.parts:
        joined.parts.append(part)
    if lever.combiner == "set":
        clash = (setter != ABSENT) & (setter != number) & (now != values)
        if clash.any():
            other = parts[int(setter[clash].flat[0])]
            allowed = f"'{other}' sets the same place to {now[clash].flat[0]:g}; only one of them can"
            raise _refused(part, lever.name, f"{values[clash].flat[0]:g}", allowed)
        values = np.array(values)
    joined.value[places] = _JOIN[lever.combiner](now, values, setter)
    joined.setter[places] = number


_JOIN: dict[str, Callable[[Array, Array, Array], Array]] = {
    "set": lambda _now, values, _setter: values,
    "add": lambda now, values, _setter: now + values,
    "multiply": lambda now, values, _setter: now * values,
    # The first pull replaces the baseline, so that a strategy may also visit less often than today.
    "min": lambda now, values, setter: np.where(setter == ABSENT, values, np.minimum(now, values)),
}


def _finished(joined: _Joined, baseline: Array) -> Array:
    lever = joined.lever
    value = np.rint(joined.value) if baseline.dtype.kind in "iub" else joined.value
    slack = 1e-9 * max(1.0, abs(lever.high))
    if (value < lever.low - slack).any() or (value > lever.high + slack).any():
        worst = float(value.min() if (value < lever.low - slack).any() else value.max())
        allowed = f"must stay in [{lever.low:g}, {lever.high:g}] ({lever.unit})"
        if len(joined.parts) > 1:
            allowed = f"{' and '.join(repr(part) for part in joined.parts)} together {allowed}"
        raise _refused(joined.parts[-1], lever.name, f"{worst:g}", allowed)
    return np.clip(value, lever.low, lever.high).astype(baseline.dtype)


def _refused(part: str, name: str, value: str, allowed: str, nearest: str = "") -> InputError:
    return InputError([Problem(f"strategy part '{part}'", 0, name, value, allowed, nearest)])
