"""Who is whose neighbour today: the nearest outlets that are open."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from sim.compiled import kernel
from sim.world.world import World

Array = NDArray[Any]


def renew_neighbours(world: World, changed: Array) -> None:
    """Choose neighbours again where an outlet has opened or closed; `changed`, shape (n_outlets,), says which have."""
    _choose(
        changed, world.near_outlet, world.near_weight, world.is_open, world.neighbour_outlet,
        world.neighbour_cumulative,
    )  # fmt: skip


@kernel()
def _choose(
    changed: Array, near: Array, weight: Array, is_open: Array, neighbour: Array, cumulative: Array
) -> None:
    """Choose again the neighbours of every outlet near which one has opened or closed: the nearest that are open.

    Parameters
    ----------
    changed : shape (n_outlets,). Which have opened or closed.
    near, weight : shape (n_outlets, n_candidates). Outlets, nearest first, −1 for none, and their Huff weights.
    is_open : shape (n_outlets,).
    neighbour, cumulative : shape (n_outlets, n_neighbours), written: outlets, −1 for none, and the running sum of their
        probabilities.
    """
    for i in range(near.shape[0]):
        concerned = False
        for m in range(near.shape[1]):
            if near[i, m] < 0:
                break
            concerned |= changed[near[i, m]]
        if not concerned:
            continue
        n = 0
        total = 0.0
        for m in range(near.shape[1]):
            if near[i, m] < 0 or n == neighbour.shape[1]:
                break
            if is_open[near[i, m]]:
                total += weight[i, m]
                neighbour[i, n] = near[i, m]
                cumulative[i, n] = total
                n += 1
        for k in range(n):
            cumulative[i, k] = cumulative[i, k] / total if total > 0.0 and k < n - 1 else 1.0
        for k in range(n, neighbour.shape[1]):
            neighbour[i, k] = -1
            cumulative[i, k] = 0.0
