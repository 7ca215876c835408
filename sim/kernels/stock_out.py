"""What a shopper does before an empty shelf: another store, another product, tomorrow, or nothing."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.day import DayCounts, Keys, Movers, Rules, Shops
from sim.streams import draw, stream

Array = NDArray[Any]

OTHER_STORE, OTHER_BRAND, SAME_BRAND, LATER, NOTHING = range(5)
CAUSE_ORDERING, CAUSE_DELIVERY, CAUSE_SUPPLY = range(3)
N_CAUSES = 3


@kernel(inline=True)
def stock_out_cause(shops: Shops, supplier_stock: Array, i: int, p: int, c: int) -> int:
    """Why the shelf is empty: the shop has not ordered, the truck has not come, or the distributor has none."""
    if shops.open_order[i, p] > 0:
        k = shops.distributor[i, c]
        if k >= 0 and supplier_stock[k, p] > 0:
            return CAUSE_DELIVERY
        return CAUSE_SUPPLY
    if shops.inbound[i, p] > 0:
        return CAUSE_DELIVERY
    return CAUSE_ORDERING


@kernel()
def likely_switch(by_segment: Array, p: int, switch: Array) -> None:
    """Write how likely one who wanted `p` is to want each other product, shape (n_products,), up to a factor.

    Segment s is weighted by its probability given the first choice, so that second choices follow tastes.

    Parameters
    ----------
    by_segment : shape (n_segments, n_products). Probability of segment and product together.
    """
    n_segments, n_products = by_segment.shape
    for q in range(n_products):
        switch[q] = 0.0
    for s in range(n_segments):
        total = 0.0
        for q in range(n_products):
            total += by_segment[s, q]
        if total > 0.0:
            for q in range(n_products):
                switch[q] += by_segment[s, p] * by_segment[s, q] / total


@kernel()
def second_choice(switch: Array, left: Array, p: int, brand: Array, same_brand: bool, u: float) -> int:
    """A product in stock for one who wanted `p`, of the same brand or of another; −1 when there is none."""
    total = 0.0
    for q in range(left.shape[0]):
        if q != p and left[q] > 0 and (brand[q] == brand[p]) == same_brand:
            total += switch[q]
    if total <= 0.0:
        return -1
    running = 0.0
    for q in range(left.shape[0]):
        if q != p and left[q] > 0 and (brand[q] == brand[p]) == same_brand:
            running += switch[q]
            if u * total < running:
                return q
    return -1


@kernel()
def choose_again(by_segment: Array, mix: Array, left: Array, u: float) -> int:
    """Choice by a fresh logit among what is in stock and buying nothing; −1 for no purchase."""
    n_segments, n_products = by_segment.shape
    running = 0.0
    for q in range(n_products):
        if left[q] <= 0:
            continue
        probability = 0.0
        for s in range(n_segments):
            missing = 0.0
            for r in range(n_products):
                if left[r] <= 0:
                    missing += by_segment[s, r]
            remaining = mix[s] - missing
            if remaining > 1e-12 * mix[s]:
                probability += by_segment[s, q] * mix[s] / remaining
        running += probability
        if u < running:
            return q
    return -1


@kernel(inline=True)
def send_elsewhere(shops: Shops, keys: Keys, i: int, j: int, p: int, cause: int, movers: Movers) -> bool:
    """Put a shopper on the way to a nearby store; False when there is none.

    Shoppers beyond the room in the table are counted only, so that the caller can serve the day again with more room.
    """
    u = draw(stream(keys.store, shops.slot[i]), j)
    for m in range(shops.neighbour.shape[1]):
        if shops.neighbour[i, m] < 0:
            return False
        if u < shops.neighbour_cumulative[i, m]:
            n = movers.n[0]
            movers.n[0] = n + 1
            if n < movers.destination.shape[0]:
                movers.destination[n] = shops.neighbour[i, m]
                movers.origin[n] = i
                movers.number[n] = j
                movers.product[n] = p
                movers.cause[n] = cause
            return True
    return False


@kernel(inline=True)
def come_back(i: int, p: int, cause: int, movers: Movers) -> bool:
    """Put a shopper on tomorrow's list; beyond its room they are counted only, as by `send_elsewhere`."""
    n = movers.n[1]
    movers.n[1] = n + 1
    if n < movers.later_outlet.shape[0]:
        movers.later_outlet[n] = i
        movers.later_product[n] = p
        movers.later_cause[n] = cause
    return True


@kernel(inline=True)
def take_instead(counts: DayCounts, left: Array, i: int, t: int, p: int, q: int, same_brand: bool) -> None:
    """Sell q to one who wanted p."""
    left[q] -= 1
    counts.sold[i, q] += 1
    if same_brand:
        counts.substituted_product[t, p] += 1
    else:
        counts.substituted_brand[t, p] += 1


@kernel(inline=True)
def react(
    shops: Shops,
    rules: Rules,
    keys: Keys,
    i: int,
    j: int,
    p: int,
    cause: int,
    left: Array,
    by_segment: Array,
    switches: Array,
    is_known: Array,
    counts: DayCounts,
    movers: Movers,
) -> int:
    """One shopper of outlet i finds product p missing; returns the product bought here instead, −1 for none.

    `cause` comes from `stock_out_cause`; `switches`, shape (n_products, n_products), holds what `likely_switch` says of
    a missing product, once that is needed, as `is_known`, shape (n_products,), tells.
    """
    t = shops.territory[i]
    bought = -1
    settled = False
    u = draw(stream(keys.reaction, shops.slot[i]), j)
    if rules.choose_again:
        second = draw(stream(keys.second, shops.slot[i]), j)
        bought = choose_again(by_segment, shops.mix[i], left, second)
    elif u < rules.reactions[OTHER_STORE]:
        settled = send_elsewhere(shops, keys, i, j, p, cause, movers)
        if settled:
            counts.moved[t, p] += 1
    elif u < rules.reactions[SAME_BRAND]:
        same = u >= rules.reactions[OTHER_BRAND]
        second = draw(stream(keys.second, shops.slot[i]), j)
        if not is_known[p]:
            likely_switch(by_segment, p, switches[p])
            is_known[p] = True
        bought = second_choice(switches[p], left, p, rules.brand, same, second)
    elif u < rules.reactions[LATER]:
        settled = come_back(i, p, cause, movers)
        if settled:
            counts.deferred[t, p] += 1
    if bought >= 0:
        take_instead(counts, left, i, t, p, bought, rules.brand[bought] == rules.brand[p])
    elif not settled:
        counts.lost[t, p, cause] += 1
    return bought
