"""Where a company works: open ground, and what is spread over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.world.shares import whole_shares

if TYPE_CHECKING:
    from sim.world.world import World

Array = NDArray[Any]


def open_ground(world: World, company: int) -> Array:
    """Return where a company may have distributors, promoters and money, shape (n_territories,), bool.

    Without `mechanisms.ground` that is everywhere: closed ground then only has no field force.
    """
    if world.scenario.mechanisms.ground:
        open_: Array = world.ground_open[company]
        return open_
    return np.ones(world.sizes["territory"], dtype=np.bool_)


def shares_of_ground(world: World, company: int) -> Array:
    """Return each territory's part of a company's budget: by population over its open ground, shape (n_territories,).

    Zeros where it has none.
    """
    people = world.territory_population * open_ground(world, company)
    return people / people.sum() if people.any() else people


def whole_shares_of_ground(world: World, company: int, n: int) -> Array:
    """Return whole persons of a company by territory, as `shares_of_ground` has it, shape (n_territories,)."""
    people = world.territory_population * open_ground(world, company)
    return whole_shares(n, people) if people.any() else people.astype(np.int64)


def serves(world: World, k: int) -> Array:
    """Return in which territories distributor k may deliver: those it covers that are open for its company."""
    served: Array = world.covers[k] & open_ground(world, int(world.distributor_company[k]))
    return served
