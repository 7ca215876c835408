"""Label shoppers already drawn as members of the tracked panel: totals and goods are untouched.

A shopper who bought product p is member h with probability rate_h / mean shoppers × P(segment_h | p) / mix(segment_h),
so a member buys at its own rate and with the tastes of its segment.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.choice import choice_probabilities
from sim.kernels.day import Rules, Shops
from sim.streams import draw, stream
from sim.world.setup.market import Households

Array = NDArray[Any]


@kernel(allocates=True)
def label_purchases(
    key: np.uint64,
    households: Households,
    shops: Shops,
    rules: Rules,
    bought: Array,
    start_of: Array,
    out_household: Array,
    out_outlet: Array,
    out_product: Array,
) -> int:
    """Write (household, outlet, product) of the day's labelled purchases; return their number.

    Parameters
    ----------
    bought : shape (capacity,). Product of each watched shopper, −1 none; from `shop_day`.
    start_of : shape (n_watched + 1,). Where each watched outlet's shoppers begin in `bought`.
    """
    n_segments, n_products = rules.territory_weight.shape[1], rules.territory_weight.shape[2]
    by_segment = np.empty((n_segments, n_products))
    probabilities = np.empty(n_products)
    n = 0
    for w in range(households.outlet.shape[0]):
        i = households.outlet[w]
        if start_of[w] == start_of[w + 1]:
            continue
        t = shops.territory[i]
        mean = shops.mean_shoppers[i] * rules.demand_factor[t]
        choice_probabilities(
            shops.choice_weight[i], rules.territory_weight[t], shops.mix[i], rules.promoter, shops.promoters[i],
            rules.company, rules.no_purchase, by_segment, probabilities,
        )  # fmt: skip
        start = stream(key, shops.slot[i])
        for j in range(start_of[w + 1] - start_of[w]):
            p = bought[start_of[w] + j]
            if p < 0 or probabilities[p] <= 0.0:
                continue
            u = draw(start, j)
            running = 0.0
            for e in range(households.first[w], households.first[w + 1]):
                s = households.segment[e]
                if shops.mix[i, s] <= 0.0:
                    continue
                running += households.rate[e] / mean * by_segment[s, p] / probabilities[p] / shops.mix[i, s]
                if u < running:
                    if n < out_household.shape[0]:
                        out_household[n] = households.household[e]
                        out_outlet[n] = i
                        out_product[n] = p
                        n += 1
                    break
    return n
