"""A trading day: shoppers come one after another, choose, and react when the shelf is empty.

The kernels work on a scratch copy of the stock and return quantities; the ledger posts them. Every draw is keyed by the
shopper (outlet, day, index), so a stock-out changes nobody else's luck.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.choice import choice_probabilities
from sim.sampling import negative_binomial_quantile
from sim.streams import draw, stream

Array = NDArray[Any]

OTHER_STORE, OTHER_BRAND, SAME_BRAND, LATER, NOTHING = range(5)
CAUSE_ORDERING, CAUSE_DELIVERY, CAUSE_SUPPLY = range(3)
N_CAUSES = 3


class Shops(NamedTuple):
    """Outlets as the shoppers find them; all of shape (n_outlets, …)."""

    slot: Array
    territory: Array
    is_open: Array
    mean_shoppers: Array
    mix: Array
    choice_weight: Array
    promoters: Array
    stock: Array
    is_listed: Array
    open_order: Array
    inbound: Array
    distributor: Array
    neighbour: Array
    neighbour_cumulative: Array


class Rules(NamedTuple):
    """How people shop.

    Attributes
    ----------
    demand_factor : shape (n_territories,). Season, weekday, growth, events.
    dispersion : of the negative binomial; 0 for Poisson.
    territory_weight : shape (n_territories, n_segments, n_products).
    no_purchase, promoter : exp(utility).
    reactions : shape (5,). Cumulative probabilities of the reactions to a stock-out.
    choose_again : shoppers choose afresh among what is in stock.
    limited : shelves can run empty.
    company, brand : shape (n_products,).
    supplier_stock : shape (n_distributors, n_products). Warehouse stock, for the cause of a stock-out.
    """

    demand_factor: Array
    dispersion: float
    territory_weight: Array
    no_purchase: float
    promoter: float
    reactions: Array
    choose_again: bool
    limited: bool
    company: Array
    brand: Array
    supplier_stock: Array


class Keys(NamedTuple):
    """Keys of the day's draws (uint64)."""

    shoppers: int
    choice: int
    reaction: int
    second: int
    store: int


class Movers(NamedTuple):
    """Shoppers who go on: to another store today, or back tomorrow. Shape (capacity,); `n` has two counters."""

    destination: Array
    origin: Array
    index: Array
    product: Array
    cause: Array
    later_outlet: Array
    later_product: Array
    later_cause: Array
    n: Array


class DayCounts(NamedTuple):
    """What happened, to be recorded. Written by the kernels.

    Attributes
    ----------
    sold : shape (n_outlets, n_products). [units]
    shoppers, no_purchase : shape (n_outlets,) and (n_territories,).
    first_choice, substituted_brand, substituted_product, moved, deferred : shape (n_territories, n_products).
    lost : shape (n_territories, n_products, 3), by cause.
    """

    sold: Array
    shoppers: Array
    no_purchase: Array
    first_choice: Array
    substituted_brand: Array
    substituted_product: Array
    moved: Array
    deferred: Array
    lost: Array


class Watch(NamedTuple):
    """What each shopper of the panel's outlets bought.

    Attributes
    ----------
    place : shape (n_outlets,). Number of the watched outlet, −1 not watched.
    start : shape (n_watched + 1,). Where each watched outlet's shoppers begin in `bought`; written.
    bought : shape (capacity,). Product, −1 none; written.
    """

    place: Array
    start: Array
    bought: Array


@njit(cache=True)
def stock_out_cause(shops, supplier_stock, i, p, c):  # type: ignore[no-untyped-def]
    """Why the shelf is empty: the shop has not ordered, the truck has not come, or the distributor has none."""
    if shops.open_order[i, p] > 0:
        k = shops.distributor[i, c]
        if k >= 0 and supplier_stock[k, p] > 0:
            return CAUSE_DELIVERY
        return CAUSE_SUPPLY
    if shops.inbound[i, p] > 0:
        return CAUSE_DELIVERY
    return CAUSE_ORDERING


@njit(cache=True)
def _pick(probabilities, u):  # type: ignore[no-untyped-def]
    """Product chosen by one cumulative uniform; −1 for no purchase."""
    running = 0.0
    for p in range(probabilities.shape[0]):
        running += probabilities[p]
        if u < running:
            return p
    return -1


@njit(cache=True)
def _second_choice(by_segment, left, p, brand, same_brand, any_product, u):  # type: ignore[no-untyped-def]
    """A product in stock for one who wanted `p`: of the same brand, of another, or any; −1 when there is none.

    Segment s is weighted by its probability given the first choice, so that second choices follow tastes.
    """
    n_segments, n_products = by_segment.shape
    total = 0.0
    for step in range(2):
        running = 0.0
        for q in range(n_products):
            if q == p or left[q] <= 0 or (not any_product and (brand[q] == brand[p]) != same_brand):
                continue
            weight = 0.0
            for s in range(n_segments):
                segment = 0.0
                for r in range(n_products):
                    segment += by_segment[s, r]
                if segment > 0.0:
                    weight += by_segment[s, p] * by_segment[s, q] / segment
            running += weight
            if step == 1 and u * total < running:
                return q
        total = running
        if total <= 0.0:
            return -1
    return -1


@njit(cache=True)
def _choose_again(by_segment, mix, left, u):  # type: ignore[no-untyped-def]
    """Choice by a fresh logit among what is in stock and buying nothing; −1 for no purchase."""
    n_segments, n_products = by_segment.shape
    probabilities = np.zeros(n_products)
    for s in range(n_segments):
        missing = 0.0
        for q in range(n_products):
            if left[q] <= 0:
                missing += by_segment[s, q]
        remaining = mix[s] - missing
        if remaining <= 1e-12 * mix[s]:
            continue
        for q in range(n_products):
            if left[q] > 0:
                probabilities[q] += by_segment[s, q] * mix[s] / remaining
    return _pick(probabilities, u)


@njit(cache=True)
def _send_elsewhere(shops, keys, i, j, p, cause, movers):  # type: ignore[no-untyped-def]
    """Put a shopper on the way to a nearby store; False when there is none or no room in the table."""
    u = draw(stream(keys.store, shops.slot[i]), j)
    for m in range(shops.neighbour.shape[1]):
        if shops.neighbour[i, m] < 0:
            return False
        if u < shops.neighbour_cumulative[i, m]:
            n = movers.n[0]
            if n >= movers.destination.shape[0]:
                return False
            movers.destination[n] = shops.neighbour[i, m]
            movers.origin[n] = i
            movers.index[n] = j
            movers.product[n] = p
            movers.cause[n] = cause
            movers.n[0] = n + 1
            return True
    return False


@njit(cache=True)
def _come_back(i, p, cause, movers):  # type: ignore[no-untyped-def]
    """Put a shopper on tomorrow's list; False when it is full."""
    n = movers.n[1]
    if n >= movers.later_outlet.shape[0]:
        return False
    movers.later_outlet[n] = i
    movers.later_product[n] = p
    movers.later_cause[n] = cause
    movers.n[1] = n + 1
    return True


@njit(cache=True)
def _take_instead(counts, left, i, t, p, q, same_brand):  # type: ignore[no-untyped-def]
    """Sell q to one who wanted p."""
    left[q] -= 1
    counts.sold[i, q] += 1
    if same_brand:
        counts.substituted_product[t, p] += 1
    else:
        counts.substituted_brand[t, p] += 1


@njit(cache=True)
def _react(shops, rules, keys, i, j, p, left, by_segment, counts, movers):  # type: ignore[no-untyped-def]
    """One shopper of outlet i finds product p missing; returns the product bought here instead, −1 for none."""
    t = shops.territory[i]
    cause = stock_out_cause(shops, rules.supplier_stock, i, p, rules.company[p])
    u = draw(stream(keys.reaction, shops.slot[i]), j)
    second = draw(stream(keys.second, shops.slot[i]), j)
    if rules.choose_again:
        q = _choose_again(by_segment, shops.mix[i], left, second)
        if q >= 0:
            _take_instead(counts, left, i, t, p, q, rules.brand[q] == rules.brand[p])
            return q
    elif u < rules.reactions[OTHER_STORE]:
        if _send_elsewhere(shops, keys, i, j, p, cause, movers):
            counts.moved[t, p] += 1
            return -1
    elif u < rules.reactions[SAME_BRAND]:
        same = u >= rules.reactions[OTHER_BRAND]
        q = _second_choice(by_segment, left, p, rules.brand, same, False, second)
        if q >= 0:
            _take_instead(counts, left, i, t, p, q, same)
            return q
    elif u < rules.reactions[LATER]:
        if _come_back(i, p, cause, movers):
            counts.deferred[t, p] += 1
            return -1
    counts.lost[t, p, cause] += 1
    return -1


@njit(cache=True)
def serve_returners(shops, rules, outlets, products, causes, n, counts):  # type: ignore[no-untyped-def]
    """Yesterday's deferred shoppers come first; who fails again is lost."""
    for r in range(n):
        i = outlets[r]
        p = products[r]
        if shops.is_open[i] and shops.is_listed[i, p] and (shops.stock[i, p] > counts.sold[i, p] or not rules.limited):
            counts.sold[i, p] += 1
        else:
            counts.lost[shops.territory[i], p, causes[r]] += 1


@njit(cache=True)
def shop_day(shops, rules, keys, counts, movers, watch):  # type: ignore[no-untyped-def]
    """Serve all shoppers of the day in their own store; fill `counts`, `movers` and `watch`."""
    filled = 0
    n_outlets, n_products = shops.stock.shape
    n_segments = shops.mix.shape[1]
    by_segment = np.empty((n_segments, n_products))
    probabilities = np.empty(n_products)
    left = np.empty(n_products, dtype=np.int64)
    for i in range(n_outlets):
        watched = watch.place[i]
        if watched >= 0:
            watch.start[watched] = filled
            watch.start[watched + 1] = filled
        if not shops.is_open[i]:
            continue
        t = shops.territory[i]
        mean = shops.mean_shoppers[i] * rules.demand_factor[t]
        n = negative_binomial_quantile(draw(stream(keys.shoppers, shops.slot[i]), 0), mean, rules.dispersion)
        counts.shoppers[i] = n
        if n == 0:
            continue
        choice_probabilities(
            shops.choice_weight[i], rules.territory_weight[t], shops.mix[i], rules.promoter, shops.promoters[i],
            rules.company, rules.no_purchase, by_segment, probabilities,
        )  # fmt: skip
        for p in range(n_products):
            left[p] = shops.stock[i, p] - counts.sold[i, p]
        start = stream(keys.choice, shops.slot[i])
        for j in range(n):
            p = _pick(probabilities, draw(start, j))
            if p < 0:
                counts.no_purchase[t] += 1
            else:
                counts.first_choice[t, p] += 1
                if left[p] > 0 or not rules.limited:
                    left[p] -= 1
                    counts.sold[i, p] += 1
                else:
                    p = _react(shops, rules, keys, i, j, p, left, by_segment, counts, movers)
            if watched >= 0 and filled < watch.bought.shape[0]:
                watch.bought[filled] = p
                filled += 1
                watch.start[watched + 1] = filled


@njit(cache=True)
def serve_movers(shops, rules, counts, movers):  # type: ignore[no-untyped-def]
    """Second pass: shoppers who changed store, in the order (destination, origin, index); who fails is lost."""
    n = movers.n[0]
    order = np.argsort(movers.destination[:n], kind="mergesort")
    for k in range(n):
        m = order[k]
        i = movers.destination[m]
        p = movers.product[m]
        if shops.is_open[i] and shops.is_listed[i, p] and shops.stock[i, p] > counts.sold[i, p]:
            counts.sold[i, p] += 1
        else:
            counts.lost[shops.territory[movers.origin[m]], p, movers.cause[m]] += 1
