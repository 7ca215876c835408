"""Parts of a whole: persons and things shared out in whole numbers, outlets classed by their part of all sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.world.world import World

Array = NDArray[Any]


def whole_shares(n: int, weight: Array) -> Array:
    """Split n whole things in proportion to weights, largest remainders first, the earlier row first among equals.

    Parameters
    ----------
    n : how many.
    weight : shape (k,), not negative.

    Returns
    -------
    Shape (k,), int64; sums to n.
    """
    exact = n * weight / weight.sum()
    count: Array = np.floor(exact).astype(np.int64)
    count[np.argsort(-(exact - count), kind="stable")[: n - int(count.sum())]] += 1
    return count


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
