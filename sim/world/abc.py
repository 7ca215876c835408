"""ABC classes of outlets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.world.world import World

Array = NDArray[Any]


def abc_class(size: Array, limits: tuple[float, float]) -> Array:
    """Return the class of each outlet by its place in the cumulative size, largest first.

    Parameters
    ----------
    size : shape (n,).
    limits : cumulative shares where class A ends and where B ends.

    Returns
    -------
    Shape (n,), int8: 0 A, 1 B, 2 C.
    """
    order = np.argsort(-size, kind="stable")
    before = np.cumsum(size[order]) - size[order]
    classes = np.empty(size.shape[0], dtype=np.int8)
    classes[order] = np.searchsorted(np.asarray(limits) * float(size.sum()), before, side="right")
    return classes


def classify_known(world: World) -> None:
    """Class the outlets by what the database believes of their size; unknown ones stay C until somebody finds them."""
    known = world.is_known
    world.known_class[:] = 2
    world.known_class[known] = abc_class(world.known_size[known], world.scenario.outlets.abc_limits)
