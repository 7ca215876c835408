"""How many shoppers come to each outlet today: the negative binomial, inverted for many outlets side by side.

A quantile is found by adding up probabilities until they reach the uniform. One outlet's sum is a chain of dependent
steps; a block of outlets is worked on in vector units, as long as its busiest outlet needs. So outlets are taken in an
order in which neighbours are of like size. Every count is exactly that of `negative_binomial_quantile`.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.day import Rules, Shops
from sim.sampling import LARGE_DISPERSION, LARGE_MEAN, chance_of_none, negative_binomial_quantile
from sim.streams import draw, stream

Array = NDArray[Any]

LANES: Final = 32
"""Outlets worked on side by side."""

NEAR = 1024
"""Outlets are sorted among so many neighbouring rows only, which lie close in memory."""


def like_sized(size: Array) -> Array:
    """Return outlet rows, shape (n_outlets,), in an order in which near rows of like size stand together."""
    return np.lexsort((size, np.arange(size.shape[0]) // NEAR))


U, MEAN, RATIO, CHANCE, SUM, COUNT = (row * LANES for row in range(6))
"""Where each quantity begins in the scratch: one array, so that the compiler sees that they do not overlap."""

TAIL_SDS: Final = 5.0
"""A block's search ends so many standard deviations above its largest mean; who is not found by then goes alone."""


@kernel()
def count_side_by_side(lanes: Array, dispersion: float) -> None:
    """Invert a block: from the rows U and MEAN of `lanes`, shape (6 · LANES,), write COUNT and, last, SUM.

    A count is exact where the sum has reached the uniform. Means are at most LARGE_MEAN, `dispersion` is positive.
    """
    largest = 0.0
    for j in range(LANES):
        mean = lanes[MEAN + j]
        largest = max(largest, mean)
        lanes[RATIO + j] = mean / (dispersion + mean)
        lanes[CHANCE + j] = chance_of_none(mean, dispersion)
        lanes[SUM + j] = lanes[CHANCE + j]
        lanes[COUNT + j] = 0.0
    limit = largest + TAIL_SDS * math.sqrt(largest + largest * largest / dispersion) + 10.0
    n = 0.0
    working = True
    while working:
        ratio = (n + dispersion) / (n + 1.0)
        n += 1.0
        below = 0
        for j in range(LANES):
            is_below = lanes[SUM + j] < lanes[U + j]
            below += is_below
            lanes[COUNT + j] += 1.0 if is_below else 0.0
            lanes[CHANCE + j] *= lanes[RATIO + j] * ratio
            lanes[SUM + j] += lanes[CHANCE + j]
        working = below > 0 and n < limit


@kernel(allocates=True)
def draw_shoppers(shops: Shops, rules: Rules, key: np.uint64, shoppers: Array) -> None:
    """Write the day's number of shoppers of every outlet, shape (n_outlets,); none where it is closed."""
    n_outlets = shoppers.shape[0]
    alone = not 0.0 < rules.dispersion <= LARGE_DISPERSION
    lanes = np.zeros(6 * LANES)
    mean = np.zeros(LANES)
    for first in range(0, n_outlets, LANES):
        m = min(LANES, n_outlets - first)
        for j in range(m):
            i = shops.like_sized[first + j]
            t = shops.outlet_territory[i]
            mean[j] = shops.outlet_size[i] * rules.demand_factor[t] if shops.is_open[i] else 0.0
            lanes[U + j] = draw(stream(key, shops.outlet_slot[i]), 0)
            lanes[MEAN + j] = 0.0 if mean[j] > LARGE_MEAN else mean[j]
        if not alone:
            count_side_by_side(lanes, rules.dispersion)
        for j in range(m):
            if alone or mean[j] > LARGE_MEAN or lanes[SUM + j] < lanes[U + j]:
                n = negative_binomial_quantile(lanes[U + j], mean[j], rules.dispersion)
            else:
                n = int(lanes[COUNT + j])
            shoppers[shops.like_sized[first + j]] = n
