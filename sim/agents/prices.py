"""What a product costs in the street."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kernels.prices import paid_cuts, street_prices
from sim.world.world import World

Array = NDArray[Any]


def street_price_factor(world: World) -> Array:
    """Return street price against shelf price: less promotions, lasting cuts and price disorder.

    Returns
    -------
    Shape (n_territories, n_products).
    """
    factor = np.empty((world.sizes["territory"], world.sizes["product"]))
    street_prices(
        world.price_cut, world.lever_price_cut, world.rival_price_cut, world.price_disorder, world.product_company,
        world.scenario.diversion.disorder_price_effect, factor,
    )  # fmt: skip
    return factor


def paid_cut(world: World) -> Array:
    """Return the part of the shelf price that the products' companies pay, shape (n_territories, n_products)."""
    cut = np.empty((world.sizes["territory"], world.sizes["product"]))
    paid_cuts(world.price_cut, world.lever_price_cut, world.rival_price_cut, world.product_company, cut)
    return cut
