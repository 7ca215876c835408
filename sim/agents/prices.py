"""What a product costs in the street."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.world.world import World

Array = NDArray[Any]


def street_price_factor(world: World) -> Array:
    """Return street price against shelf price: less promotions, lasting cuts and price disorder.

    Returns
    -------
    Shape (n_territories, n_products).
    """
    cut = np.minimum(world.price_cut + world.rival_price_cut[world.product_company].T + world.lever_price_cut, 0.9)
    disorder = world.price_disorder[:, world.product_company] * world.scenario.diversion.disorder_price_effect
    factor: Array = (1.0 - cut) * (1.0 - np.minimum(disorder, 0.9))
    return factor
