"""Who works for whom: a firm has a row of distributors for every company, at most one of them under contract.

Without `mechanisms.distributor_pool` every row is a firm of its own. A firm is known by the row that it began with.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.world.world import World

Array = NDArray[Any]
NOBODY = -1

_STATE = ("distributor_capability", "distributor_reach", "drops_per_day")
"""What belongs to the house and moves while a contract lasts."""


def holder(world: World) -> Array:
    """Return the company that each distributor's firm works for, whichever row is asked, −1 nobody; (n,)."""
    held = np.full(world.sizes["distributor"], NOBODY, dtype=np.int64)
    held[world.distributor_firm[world.is_contracted]] = world.distributor_company[world.is_contracted]
    by_row: Array = held[world.distributor_firm]
    return by_row


def is_free(world: World) -> Array:
    """Return whose firms work for nobody, shape (n_distributors,)."""
    free: Array = holder(world) == NOBODY
    return free


def first_rows(world: World) -> Array:
    """Return which rows are those that a firm began with, one a firm, shape (n_distributors,)."""
    first: Array = world.distributor_firm == np.arange(world.sizes["distributor"])
    return first


def row_for(world: World, k: int, company: int) -> int:
    """Return the row in which the firm of distributor k works for a company, −1 where it has none."""
    rows = np.flatnonzero(
        (world.distributor_firm == world.distributor_firm[k]) & (world.distributor_company == company)
    )
    return int(rows[0]) if rows.shape[0] else NOBODY


def share_state(world: World, k: int) -> None:
    """What the house of distributor k has become stands in all rows of its firm, whoever has it next."""
    rows = world.distributor_firm == world.distributor_firm[k]
    for name in _STATE:
        column = getattr(world, name)
        column[rows] = column[k]


def one_house(world: World, *names: str) -> None:
    """At the beginning: all rows of a firm have what its contract asks for; if there is none, the mean of its rows."""
    if not world.scenario.mechanisms.distributor_pool:
        return
    bound = world.is_contracted | world.waits_for_ground
    for firm in np.unique(world.distributor_firm):
        rows = np.flatnonzero(world.distributor_firm == firm)
        model = rows[bound[rows]] if bound[rows].any() else rows
        for name in names:
            column = getattr(world, name)
            column[rows] = column[model].mean()
