"""What a brand stands for in a territory: goodwill, brand capital, and what comes over from adjacent territories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.scenario.schema.leads import LeadsSpec
    from sim.world.world import World

Array = NDArray[Any]


def share_of_brands(world: World, units: Array, otherwise: Array) -> Array:
    """Return each brand's share of purchases, shape (n_territories, n_brands); `otherwise` where nobody bought.

    `units` has shape (n_territories, n_products).
    """
    bought = np.zeros(otherwise.shape)
    for p, b in enumerate(world.product_brand):
        bought[:, b] += units[:, p]
    total = bought.sum(axis=1, keepdims=True)
    share: Array = np.where(total > 0.0, bought / np.where(total > 0.0, total, 1.0), otherwise)
    return share


def follow_purchases(world: World, half_life_days: float) -> None:
    """Let a day pass: brand capital K follows the day's share of purchases s, dK/dt = ln 2 ÷ half-life · (s − K)."""
    share = share_of_brands(world, world.bought_units, world.brand_capital)
    world.brand_capital[:] += (1.0 - 0.5 ** (1.0 / half_life_days)) * (share - world.brand_capital)


def fill_standing(world: World, leads: LeadsSpec) -> None:
    """Write `standing`: goodwill + ω·(K − 1 ÷ brands), and a part of the leads that adjacent territories have of it.

    A lead is what a brand has beyond the mean of all brands of the territory, so that what everybody has spills
    nothing. A territory feels the mean of those that are adjacent to it.
    """
    own = world.goodwill + leads.capital_weight * (world.brand_capital - 1.0 / world.sizes["brand"])
    lead = own - own.mean(axis=1, keepdims=True)
    near = world.adjacent / np.maximum(world.adjacent.sum(axis=1, keepdims=True), 1)
    world.standing[:] = own + leads.spill_over * (near @ lead)
