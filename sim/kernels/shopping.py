"""A trading day: shoppers come one after another, choose, and react when the shelf is empty.

Where the stock lasts for every first choice, the order of the shoppers makes no difference, and they are only counted;
elsewhere they are served in turn. The kernels work on a scratch copy of the stock and return quantities; the ledger
posts them. Every draw is keyed by the shopper (outlet, day, index), so a stock-out changes nobody else's luck.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.choice import choice_probabilities
from sim.kernels.day import DayCounts, Keys, Movers, Rules, Shops, Watch
from sim.kernels.stock_out import likely_switch, react, stock_out_cause
from sim.sampling import negative_binomial_quantile
from sim.streams import draw, stream

Array = NDArray[Any]

BLOCK = 64
"""Shoppers counted at a time."""


@kernel()
def serve_returners(
    shops: Shops, rules: Rules, outlets: Array, products: Array, causes: Array, n: int, counts: DayCounts
) -> None:
    """Yesterday's deferred shoppers come first; who fails again is lost."""
    for r in range(n):
        i = outlets[r]
        p = products[r]
        if shops.is_open[i] and shops.is_listed[i, p] and (shops.stock[i, p] > counts.sold[i, p] or not rules.limited):
            counts.sold[i, p] += 1
        else:
            counts.lost[shops.territory[i], p, causes[r]] += 1


@kernel(inline=True)
def count_wishes(start: np.uint64, n: int, cumulative: Array, u: Array, wishes: Array) -> None:
    """Count the first choices of n shoppers by product.

    A shopper with uniform u wants the first product whose cumulative probability exceeds u. Counting how many reach
    each step has no branches and works on many shoppers at once.

    Parameters
    ----------
    start : the outlet's sequence of draws.
    cumulative : shape (n_products,). Cumulative choice probabilities.
    u : shape (BLOCK,), scratch.
    wishes : shape (n_products,), written.
    """
    n_products = cumulative.shape[0]
    for p in range(n_products):
        wishes[p] = 0
    first = 0
    while first < n:
        m = min(BLOCK, n - first)
        for j in range(m):
            u[j] = draw(start, first + j)
        before = m
        for p in range(n_products):
            step = cumulative[p]
            beyond = 0
            for j in range(m):
                beyond += u[j] >= step
            wishes[p] += before - beyond
            before = beyond
        first += m


@kernel(inline=True)
def accumulate(probabilities: Array, cumulative: Array) -> None:
    """Write the running sums of the choice probabilities, shape (n_products,)."""
    running = 0.0
    for p in range(probabilities.shape[0]):
        running += probabilities[p]
        cumulative[p] = running


@kernel()
def _serve_freely(
    shops: Shops,
    rules: Rules,
    keys: Keys,
    counts: DayCounts,
    place: Array,
    by_segment: Array,
    probabilities: Array,
    cumulative: Array,
    u: Array,
    wishes: Array,
    in_turn: Array,
) -> int:
    """Draw every outlet's shoppers, and sell where the stock suffices for all of them.

    Returns
    -------
    Number of outlets left to be served in turn; their rows are written to `in_turn`, in ascending order.
    """
    n_products = shops.stock.shape[1]
    waiting = 0
    for i in range(shops.stock.shape[0]):
        n = 0
        if shops.is_open[i]:
            t = shops.territory[i]
            mean = shops.mean_shoppers[i] * rules.demand_factor[t]
            n = negative_binomial_quantile(draw(stream(keys.shoppers, shops.slot[i]), 0), mean, rules.dispersion)
            counts.shoppers[i] = n
        if place[i] >= 0:
            in_turn[waiting] = i
            waiting += 1
            continue
        if n == 0:
            continue
        choice_probabilities(
            shops.choice_weight[i], rules.territory_weight[t], shops.mix[i], rules.promoter, shops.promoters[i],
            rules.company, rules.no_purchase, by_segment, probabilities,
        )  # fmt: skip
        accumulate(probabilities, cumulative)
        count_wishes(stream(keys.choice, shops.slot[i]), n, cumulative, u, wishes)
        suffices = True
        for p in range(n_products):
            if rules.limited and wishes[p] > shops.stock[i, p] - counts.sold[i, p] and wishes[p] > 0:
                suffices = False
        if not suffices:
            in_turn[waiting] = i
            waiting += 1
            continue
        for p in range(n_products):
            counts.first_choice[t, p] += wishes[p]
            counts.sold[i, p] += wishes[p]
            n -= wishes[p]
        counts.no_purchase[t] += n
    return waiting


@kernel(inline=True)
def pick_products(start: np.uint64, first: int, m: int, cumulative: Array, u: Array, picks: Array) -> None:
    """Write the products wanted by m ≤ BLOCK shoppers from number `first` on; n_products for none.

    `u` and `picks` have shape (BLOCK,); the first is scratch.
    """
    for j in range(m):
        u[j] = draw(start, first + j)
        picks[j] = 0
    for p in range(cumulative.shape[0]):
        step = cumulative[p]
        for j in range(m):
            picks[j] += u[j] >= step


@kernel(inline=True)
def sum_segments(by_segment: Array, segment_total: Array) -> None:
    """Write each segment's probability of buying anything, shape (n_segments,)."""
    for s in range(by_segment.shape[0]):
        segment_total[s] = 0.0
        for p in range(by_segment.shape[1]):
            segment_total[s] += by_segment[s, p]


@kernel(inline=True)
def note_purchase(watch: Watch, watched: int, filled: int, p: int) -> int:
    """Write down what a watched outlet's shopper bought; returns the number of purchases noted so far."""
    if watched < 0 or filled >= watch.bought.shape[0]:
        return filled
    watch.bought[filled] = p
    watch.start[watched + 1] = filled + 1
    return filled + 1


@kernel()
def _serve_in_turn(
    shops: Shops,
    rules: Rules,
    keys: Keys,
    counts: DayCounts,
    movers: Movers,
    watch: Watch,
    rows: Array,
    by_segment: Array,
    segment_total: Array,
    probabilities: Array,
    cumulative: Array,
    u: Array,
    picks: Array,
    left: Array,
    switches: Array,
    causes: Array,
    is_known: Array,
) -> None:
    """Serve the outlets in `rows` shopper by shopper.

    The arrays after `rows` are scratch; `switches` (n_products, n_products) and `causes` (n_products,) hold what
    `likely_switch` and `stock_out_cause` say of a missing product, once that is needed, as `is_known` says.
    """
    n_products = by_segment.shape[1]
    filled = 0
    for i in rows:
        n = counts.shoppers[i]
        watched = watch.place[i]
        if watched >= 0:
            watch.start[watched] = filled
            watch.start[watched + 1] = filled
        if n == 0:
            continue
        t = shops.territory[i]
        choice_probabilities(
            shops.choice_weight[i], rules.territory_weight[t], shops.mix[i], rules.promoter, shops.promoters[i],
            rules.company, rules.no_purchase, by_segment, probabilities,
        )  # fmt: skip
        accumulate(probabilities, cumulative)
        sum_segments(by_segment, segment_total)
        for p in range(n_products):
            left[p] = shops.stock[i, p] - counts.sold[i, p]
            is_known[p] = False
        start = stream(keys.choice, shops.slot[i])
        for j in range(n):
            if j % BLOCK == 0:
                pick_products(start, j, min(BLOCK, n - j), cumulative, u, picks)
            p = picks[j % BLOCK]
            if p == n_products:
                p = -1
                counts.no_purchase[t] += 1
            else:
                counts.first_choice[t, p] += 1
                if left[p] > 0 or not rules.limited:
                    left[p] -= 1
                    counts.sold[i, p] += 1
                else:
                    if not is_known[p]:
                        likely_switch(by_segment, segment_total, p, switches[p])
                        causes[p] = stock_out_cause(shops, rules.supplier_stock, i, p, rules.company[p])
                        is_known[p] = True
                    p = react(shops, rules, keys, i, j, p, causes[p], left, by_segment, switches[p], counts, movers)
            filled = note_purchase(watch, watched, filled, p)


@kernel(allocates=True)
def shop_day(shops: Shops, rules: Rules, keys: Keys, counts: DayCounts, movers: Movers, watch: Watch) -> None:
    """Serve all shoppers of the day in their own store; fill `counts`, `movers` and `watch`."""
    n_outlets, n_products = shops.stock.shape
    n_segments = shops.mix.shape[1]
    by_segment = np.empty((n_segments, n_products))
    segment_total = np.empty(n_segments)
    probabilities = np.empty(n_products)
    cumulative = np.empty(n_products)
    u = np.empty(BLOCK)
    wishes = np.empty(n_products, dtype=np.int64)
    rows = np.empty(n_outlets, dtype=np.int64)
    n = _serve_freely(shops, rules, keys, counts, watch.place, by_segment, probabilities, cumulative, u, wishes, rows)
    _serve_in_turn(
        shops, rules, keys, counts, movers, watch, rows[:n], by_segment, segment_total, probabilities, cumulative, u,
        np.empty(BLOCK, dtype=np.int64), wishes, np.empty((n_products, n_products)),
        np.empty(n_products, dtype=np.int64), np.empty(n_products, dtype=np.bool_),
    )  # fmt: skip


@kernel()
def _by_destination(destination: Array, n: int, place: Array, order: Array) -> None:
    """Write the movers' numbers ordered by destination, then by number; `place` (n_outlets + 1,) is scratch."""
    for m in range(n):
        place[destination[m] + 1] += 1
    for i in range(1, place.shape[0]):
        place[i] += place[i - 1]
    for m in range(n):
        i = destination[m]
        order[place[i]] = m
        place[i] += 1


@kernel()
def _serve_arrivals(shops: Shops, counts: DayCounts, movers: Movers, order: Array) -> None:
    """Serve the movers in `order`."""
    for m in order:
        i = movers.destination[m]
        p = movers.product[m]
        if shops.is_open[i] and shops.is_listed[i, p] and shops.stock[i, p] > counts.sold[i, p]:
            counts.sold[i, p] += 1
        else:
            counts.lost[shops.territory[movers.origin[m]], p, movers.cause[m]] += 1


@kernel(allocates=True)
def serve_movers(shops: Shops, counts: DayCounts, movers: Movers) -> None:
    """Second pass: shoppers who changed store, in the order (destination, origin, index); who fails is lost."""
    n = movers.n[0]
    if n == 0:
        return
    order = np.empty(n, dtype=np.int64)
    _by_destination(movers.destination, n, np.zeros(shops.stock.shape[0] + 1, dtype=np.int64), order)
    _serve_arrivals(shops, counts, movers, order)
