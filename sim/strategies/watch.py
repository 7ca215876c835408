"""Remembering what was believed, to see when a share falls or a rival comes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.strategies.base import Memory
from sim.strategies.view import View

Array = NDArray[Any]
Sight = dict[str, Any]
"""What was believed on one day, as JSON: "day", "share" of ours by territory, "coverage" by territory and rival."""


def sight_of(view: View) -> Sight:
    """Return what is believed today; null where nothing is known."""
    there = view.territories
    return {"day": view.day, "share": _plain(there.share[:, 0]), "coverage": _plain(there.coverage[:, 1:])}


def remembered(view: View, memory: Memory, days: int) -> list[Sight]:
    """Return the sights of the last days, the oldest first, without today's."""
    return [sight for sight in memory.get("sights", []) if view.day - sight["day"] <= days]


def share_fall(view: View, past: list[Sight]) -> Array:
    """Return how far our believed share lies below its highest remembered, shape (n,); 0 where one is unknown."""
    now = view.territories.share[:, 0]
    falls = [_array(sight["share"], now.shape) - now for sight in past]
    return _most(falls, now.shape)


def coverage_jump(view: View, past: list[Sight]) -> Array:
    """Return by how much any rival's believed coverage exceeds its lowest remembered, shape (n,); 0 where unknown."""
    now = view.territories.coverage[:, 1:]
    rises = [now - _array(sight["coverage"], now.shape) for sight in past]
    most: Array = _most(rises, now.shape).max(axis=1, initial=0.0)
    return most


def _most(changes: list[Array], shape: tuple[int, ...]) -> Array:
    most = np.zeros(shape)
    for change in changes:
        most = np.fmax(most, change)
    return most


def _plain(values: Array) -> Any:
    plain = values.astype(object)
    plain[~np.isfinite(values)] = None
    return plain.tolist()


def _array(values: Any, shape: tuple[int, ...]) -> Array:
    return np.array(values, dtype=float).reshape(shape)
