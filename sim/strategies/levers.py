"""Pulling levers: one of them at once, as a session does, or those of several parts of a strategy joined to one value.

What levers there are says `sim.world.levers`. Every pull is checked for name, place and bounds; contradictions between
the parts of a strategy are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem, nearest_name
from sim.strategies.base import Pull
from sim.world.levers import CLASSES, LEVERS, Lever
from sim.world.world import World

Array = NDArray[Any]
Place = str | int
"""One place of an axis: its identifier, or its row."""

ABSENT = -1


def _refused(who: str, name: str, value: object, allowed: str, nearest: str = "") -> InputError:
    return InputError([Problem(who, 0, name, str(value), allowed, nearest)])


def _checked(who: str, name: str, values: Array, axes: Iterable[str], *, change: bool = False) -> Lever:
    """Return a lever by name, after a look at the values and axes of a pull.

    Parameters
    ----------
    who : pulls, for messages.
    change : whether the values of an adding lever are changes.
    """
    if name not in LEVERS:
        raise _refused(who, name, name, "no such lever", nearest_name(name, LEVERS))
    lever = LEVERS[name]
    low, high = (-lever.high, lever.high) if change and lever.combiner == "add" else (lever.low, lever.high)
    if values.size and not (values.min() >= low and values.max() <= high):
        worst = float(values.max() if values.min() >= low else values.min())
        raise _refused(who, name, f"{worst:g}", f"must lie in [{low:g}, {high:g}] ({lever.unit})")
    for axis in axes:
        if axis not in lever.axes:
            allowed = f"the lever has the axes {', '.join(lever.axes) or 'none'}"
            raise _refused(who, f"{name}.{axis}", axis, allowed, nearest_name(axis, lever.axes))
    return lever


def pull(world: World, name: str, value: float, **where: Place | Sequence[Place] | Array) -> None:
    """Set a lever in some places.

    Parameters
    ----------
    world : the market.
    name : a lever of `LEVERS`.
    value : new value, in the lever's unit.
    where : by axis ("territory", "product", "distributor", "outlet", "class"): one identifier or several, or rows; all
        when left out.

    Raises
    ------
    InputError
        For an unknown lever, axis, identifier or row, or a value out of bounds.
    """
    lever = _checked("lever", name, np.asarray(value, dtype=np.float64), where)
    rows = [_rows(world, lever, axis, where.get(axis)) for axis in lever.axes]
    world.columns[lever.column][np.ix_(*rows) if rows else (np.array([0]),)] = value


def _rows(world: World, lever: Lever, axis: str, chosen: Place | Sequence[Place] | Array | None) -> Array:
    """Rows of the places chosen along one axis, shape (n,); every place of ours when none is named."""
    names = CLASSES if axis == "class" else getattr(world.names, {"territory": "territories"}.get(axis, f"{axis}s"))
    ours = np.arange(len(names))
    if axis in {"product", "distributor"}:
        ours = np.flatnonzero(world.columns[f"{axis}_company"] == 0)
    if chosen is None:
        return ours
    wanted: list[Any] = [chosen] if isinstance(chosen, str | int | np.integer) else list(chosen)
    row_of = {name: row for row, name in enumerate(names)} | {row: row for row in range(len(names))}
    for place in wanted:
        if place not in row_of:
            raise _refused("lever", f"{lever.name}.{axis}", place, f"no such {axis}", nearest_name(str(place), names))
    rows = np.array([row_of[place] for place in wanted], dtype=np.int64)
    foreign = np.setdiff1d(rows, ours)
    if foreign.shape[0]:
        raise _refused("lever", f"{lever.name}.{axis}", names[int(foreign[0])], f"not a {axis} of ours")
    return rows


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
        values = np.asarray(pull.value, dtype=np.float64)
        lever = _checked(_part(part), pull.lever, values, pull.where, change=True)
        if lever.name not in joined:
            start = baseline[lever.name].astype(np.float64)
            joined[lever.name] = _Joined(lever, start, np.full(start.shape, ABSENT))
        _apply(joined[lever.name], values, _places(lever, pull, baseline, ours), parts, parts.index(part))
    return {name: _finished(each, baseline[name]) for name, each in joined.items()}


def _part(part: str) -> str:
    return f"strategy part '{part}'"


def _places(lever: Lever, pull: Pull, baseline: Mapping[str, Array], ours: Mapping[str, Array]) -> tuple[Array, ...]:
    if not lever.axes:
        return (np.zeros(1, dtype=np.int64),)
    rows = [
        np.asarray(pull.where[axis], dtype=np.int64).ravel() if axis in pull.where else ours.get(axis, np.arange(n))
        for axis, n in zip(lever.axes, baseline[lever.name].shape, strict=True)
    ]
    return np.ix_(*rows)


def _apply(joined: _Joined, values: Array, places: tuple[Array, ...], parts: list[str], number: int) -> None:
    lever, part = joined.lever, parts[number]
    now, setter = joined.value[places], joined.setter[places]
    values = np.broadcast_to(values, now.shape)
    if part not in joined.parts:
        joined.parts.append(part)
    clash = (setter != ABSENT) & (setter != number) & (now != values)
    if lever.combiner == "set" and clash.any():
        other = parts[int(setter[clash].flat[0])]
        allowed = f"'{other}' sets the same place to {now[clash].flat[0]:g}; only one of them can"
        raise _refused(_part(part), lever.name, f"{values[clash].flat[0]:g}", allowed)
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
        raise _refused(_part(joined.parts[-1]), lever.name, f"{worst:g}", allowed)
    return np.clip(value, lever.low, lever.high).astype(baseline.dtype)
