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
    """Why the shelf is empty: the shop has not ordered, the truck has not come, or nobody has any for the shop."""
    k = shops.distributor[i, c]
    if shops.open_order[i, p] > 0:
        if k >= 0 and supplier_stock[k, p] > 0:
            return CAUSE_DELIVERY
        return CAUSE_SUPPLY
    if shops.inbound[i, p] > 0:
        return CAUSE_DELIVERY
    return CAUSE_ORDERING if k >= 0 else CAUSE_SUPPLY


@kernel(inline=True)
def switch_chances(
    by_segment: Array, mix: Array, is_candidate: Array, p: int, may_refuse: bool, chances: Array
) -> None:
    """Write how likely a shopper is to want `p` first and then each candidate, shape (n_products,).

    Shopper by shopper: tastes are those of a segment, with its probability given the first choice, and a segment's
    chances are shared among the candidates alone. Segments taken together first would send too many to what only the
    others like.

    Parameters
    ----------
    by_segment : shape (n_segments, n_products). Probability of segment and product together.
    mix : shape (n_segments,). Segment shares of the outlet's shoppers.
    is_candidate : shape (n_products,). What may be taken instead of `p`.
    may_refuse : whether buying nothing is among the choices.
    """
    n_segments, n_products = by_segment.shape
    for q in range(n_products):
        chances[q] = 0.0
    for s in range(n_segments):
        bought = 0.0
        total = 0.0
        for q in range(n_products):
            bought += by_segment[s, q]
            total += by_segment[s, q] if is_candidate[q] else 0.0
        if may_refuse:
            total += max(0.0, mix[s] - bought)
        share = by_segment[s, p] / total if total > 0.0 else 0.0
        for q in range(n_products):
            chances[q] += share * by_segment[s, q] if is_candidate[q] else 0.0


@kernel(inline=True)
def pick(chances: Array, reach: float) -> int:
    """Return the first product at which the running sum of `chances` exceeds `reach`; −1 when it never does."""
    running = 0.0
    for q in range(chances.shape[0]):
        running += chances[q]
        if reach < running:
            return q
    return -1


@kernel()
def second_choice(
    by_segment: Array,
    mix: Array,
    left: Array,
    p: int,
    brand: Array,
    same_brand: bool,
    u: float,
    is_candidate: Array,
    chances: Array,
) -> int:
    """A product in stock for one who wanted `p`, of the same brand or of another; −1 when there is none.

    The arrays after `u`, shape (n_products,), are scratch.
    """
    found = False
    for q in range(left.shape[0]):
        is_candidate[q] = q != p and left[q] > 0 and (brand[q] == brand[p]) == same_brand
        found |= is_candidate[q]
    if not found:
        return -1
    switch_chances(by_segment, mix, is_candidate, p, False, chances)
    total = 0.0
    for q in range(left.shape[0]):
        total += chances[q]
    return int(pick(chances, u * total))


@kernel()
def choose_again(
    by_segment: Array, mix: Array, left: Array, p: int, u: float, is_candidate: Array, chances: Array
) -> int:
    """Choice of one who wanted `p` by a fresh logit among what is in stock and buying nothing; −1 for no purchase.

    The arrays after `u`, shape (n_products,), are scratch.
    """
    for q in range(left.shape[0]):
        is_candidate[q] = left[q] > 0
    switch_chances(by_segment, mix, is_candidate, p, True, chances)
    wanted = 0.0
    for s in range(by_segment.shape[0]):
        wanted += by_segment[s, p]
    return int(pick(chances, u * wanted))


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
    is_candidate: Array,
    chances: Array,
    counts: DayCounts,
    movers: Movers,
) -> int:
    """One shopper of outlet i finds product p missing; returns the product bought here instead, −1 for none.

    `cause` comes from `stock_out_cause`; `is_candidate` and `chances`, shape (n_products,), are scratch.
    """
    t = shops.territory[i]
    bought = -1
    settled = False
    u = draw(stream(keys.reaction, shops.slot[i]), j)
    if rules.choose_again:
        second = draw(stream(keys.second, shops.slot[i]), j)
        bought = choose_again(by_segment, shops.mix[i], left, p, second, is_candidate, chances)
    elif u < rules.reactions[OTHER_STORE]:
        settled = send_elsewhere(shops, keys, i, j, p, cause, movers)
        if settled:
            counts.moved[t, p] += 1
    elif u < rules.reactions[SAME_BRAND]:
        same = u >= rules.reactions[OTHER_BRAND]
        second = draw(stream(keys.second, shops.slot[i]), j)
        bought = second_choice(by_segment, shops.mix[i], left, p, rules.brand, same, second, is_candidate, chances)
    elif u < rules.reactions[LATER]:
        settled = come_back(i, p, cause, movers)
        if settled:
            counts.deferred[t, p] += 1
    if bought >= 0:
        take_instead(counts, left, i, t, p, bought, rules.brand[bought] == rules.brand[p])
    elif not settled:
        counts.lost[t, p, cause] += 1
    return bought
