"""Label shoppers already drawn as members of the tracked panel: totals and goods are untouched.

A shopper who bought product p is member h with probability rate_h / mean shoppers × P(segment_h | p) / mix(segment_h),
so a member buys at its own rate and with the tastes of its segment.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.choice import choice_probabilities
from sim.kernels.day import Trade
from sim.streams import draw, stream
from sim.world.setup.market import Households

Array = NDArray[Any]


class Labels(NamedTuple):
    """Purchases of members, shape (capacity,): who, where, what."""

    household: Array
    outlet: Array
    product: Array


@kernel(allocates=True)
def label_purchases(trade: Trade, households: Households, key: np.uint64, labels: Labels) -> int:
    """Write the labelled purchases of a day that has been traded; return their number."""
    shops, rules, watch = trade.shops, trade.rules, trade.watch
    n_segments, n_products = rules.territory_weight.shape[1], rules.territory_weight.shape[2]
    by_segment = np.empty((n_segments, n_products))
    probabilities = np.empty(n_products)
    n = 0
    for w in range(households.outlet.shape[0]):
        i = households.outlet[w]
        if watch.start[w] == watch.start[w + 1]:
            continue
        mean = shops.outlet_size[i] * rules.demand_factor[shops.outlet_territory[i]]
        choice_probabilities(shops, rules, i, by_segment, probabilities)
        start = stream(key, shops.outlet_slot[i])
        for j in range(watch.start[w + 1] - watch.start[w]):
            p = watch.bought[watch.start[w] + j]
            if p < 0 or probabilities[p] <= 0.0:
                continue
            u = draw(start, j)
            running = 0.0
            for e in range(households.first[w], households.first[w + 1]):
                s = households.segment[e]
                if shops.outlet_mix[i, s] <= 0.0:
                    continue
                running += households.rate[e] / mean * by_segment[s, p] / probabilities[p] / shops.outlet_mix[i, s]
                if u < running:
                    if n < labels.household.shape[0]:
                        labels.household[n] = households.household[e]
                        labels.outlet[n] = i
                        labels.product[n] = p
                        n += 1
                    break
    return n
