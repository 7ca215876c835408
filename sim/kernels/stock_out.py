"""What a shopper does before an empty shelf: another store, another product, tomorrow, or nothing."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.day import TO_OTHER_STORE, TOMORROW, Movers, Rules, Scratch, Shops, Trade
from sim.streams import draw, stream

Array = NDArray[Any]

REACTIONS = ("other_store", "other_brand", "same_brand", "later", "nothing")
"""What shoppers do before an empty shelf, as the scenario calls it, in the order of `Rules.reaction_steps`."""
OTHER_STORE, OTHER_BRAND, SAME_BRAND, LATER, _NOTHING = range(len(REACTIONS))

CAUSES = ("ordering", "delivery", "supply")
"""Why a shelf is empty, in the order of `DayCounts.lost`."""
CAUSE_ORDERING, CAUSE_DELIVERY, CAUSE_SUPPLY = range(len(CAUSES))


@kernel(inline=True)
def stock_out_cause(shops: Shops, rules: Rules, i: int, p: int) -> int:
    """Why the shelf is empty: the shop has not ordered, the truck has not come, or nobody has any for the shop."""
    k = shops.outlet_distributor[i, rules.product_company[p]]
    if shops.open_order_units[i, p] > 0:
        if k >= 0 and rules.distributor_stock_units[k, p] > 0:
            return CAUSE_DELIVERY
        return CAUSE_SUPPLY
    if shops.outlet_inbound_units[i, p] > 0:
        return CAUSE_DELIVERY
    return CAUSE_ORDERING if k >= 0 else CAUSE_SUPPLY


@kernel(inline=True)
def switch_chances(scratch: Scratch, mix: Array, p: int, may_refuse: bool) -> None:
    """Write `chances`: how likely a shopper is to want `p` first and then each candidate.

    Shopper by shopper: tastes are those of a segment, with its probability given the first choice, and a segment's
    chances are shared among the candidates alone. Segments taken together first would send too many to what only the
    others like.

    Parameters
    ----------
    scratch : `by_segment` and `is_candidate`, what may be taken instead of `p`, are read.
    mix : shape (n_segments,). Segment shares of the outlet's shoppers.
    may_refuse : whether buying nothing is among the choices.
    """
    by_segment, is_candidate, chances = scratch.by_segment, scratch.is_candidate, scratch.chances
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
def second_choice(scratch: Scratch, mix: Array, p: int, brand: Array, same_brand: bool, u: float) -> int:
    """A product in stock for one who wanted `p`, of the same brand or of another; −1 when there is none.

    `brand`, shape (n_products,), is each product's; `u` is the shopper's uniform.
    """
    left, is_candidate = scratch.left, scratch.is_candidate
    found = False
    for q in range(left.shape[0]):
        is_candidate[q] = q != p and left[q] > 0 and (brand[q] == brand[p]) == same_brand
        found |= is_candidate[q]
    if not found:
        return -1
    switch_chances(scratch, mix, p, False)
    total = 0.0
    for q in range(left.shape[0]):
        total += scratch.chances[q]
    return int(pick(scratch.chances, u * total))


@kernel()
def choose_again(scratch: Scratch, mix: Array, p: int, u: float) -> int:
    """Choice of one who wanted `p` by a fresh logit among what is in stock and buying nothing; −1 for no purchase."""
    for q in range(scratch.left.shape[0]):
        scratch.is_candidate[q] = scratch.left[q] > 0
    switch_chances(scratch, mix, p, True)
    wanted = 0.0
    for s in range(scratch.by_segment.shape[0]):
        wanted += scratch.by_segment[s, p]
    return int(pick(scratch.chances, u * wanted))


@kernel(inline=True)
def send_elsewhere(trade: Trade, i: int, j: int, p: int, cause: int) -> bool:
    """Put a shopper on the way to a nearby store; False when there is none.

    Shoppers beyond the room in the table are counted only, so that the caller can serve the day again with more room.
    """
    shops, movers = trade.shops, trade.movers
    u = draw(stream(trade.keys.store, shops.outlet_slot[i]), j)
    for m in range(shops.neighbour_outlet.shape[1]):
        if shops.neighbour_outlet[i, m] < 0:
            return False
        if u < shops.neighbour_cumulative[i, m]:
            n = movers.n[TO_OTHER_STORE]
            movers.n[TO_OTHER_STORE] = n + 1
            if n < movers.destination.shape[0]:
                movers.destination[n] = shops.neighbour_outlet[i, m]
                movers.origin[n] = i
                movers.number[n] = j
                movers.product[n] = p
                movers.cause[n] = cause
            return True
    return False


@kernel(inline=True)
def come_back(movers: Movers, i: int, p: int, cause: int) -> bool:
    """Put a shopper on tomorrow's list; beyond its room they are counted only, as by `send_elsewhere`."""
    n = movers.n[TOMORROW]
    movers.n[TOMORROW] = n + 1
    if n < movers.later_outlet.shape[0]:
        movers.later_outlet[n] = i
        movers.later_product[n] = p
        movers.later_cause[n] = cause
    return True


@kernel(inline=True)
def take_instead(trade: Trade, scratch: Scratch, i: int, p: int, q: int) -> None:
    """Sell q to one who wanted p."""
    counts, brand, t = trade.counts, trade.rules.product_brand, trade.shops.outlet_territory[i]
    scratch.left[q] -= 1
    counts.sold[i, q] += 1
    if brand[q] == brand[p]:
        counts.substituted_product[t, p] += 1
    else:
        counts.substituted_brand[t, p] += 1


@kernel(inline=True)
def react(trade: Trade, scratch: Scratch, i: int, j: int, p: int) -> int:
    """Shopper j of outlet i finds product p missing; returns the product bought here instead, −1 for none.

    Why it is missing stands in the scratch's `causes`.
    """
    shops, rules, counts = trade.shops, trade.rules, trade.counts
    slot, t, mix, cause = shops.outlet_slot[i], shops.outlet_territory[i], shops.outlet_mix[i], scratch.causes[p]
    bought = -1
    settled = False
    u = draw(stream(trade.keys.reaction, slot), j)
    if rules.choose_again:
        bought = choose_again(scratch, mix, p, draw(stream(trade.keys.second, slot), j))
    elif u < rules.reaction_steps[OTHER_STORE]:
        settled = send_elsewhere(trade, i, j, p, cause)
        if settled:
            counts.moved_store[t, p] += 1
    elif u < rules.reaction_steps[SAME_BRAND]:
        same_brand = u >= rules.reaction_steps[OTHER_BRAND]
        second = draw(stream(trade.keys.second, slot), j)
        bought = second_choice(scratch, mix, p, rules.product_brand, same_brand, second)
    elif u < rules.reaction_steps[LATER]:
        settled = come_back(trade.movers, i, p, cause)
        if settled:
            counts.deferred[t, p] += 1
    if bought >= 0:
        take_instead(trade, scratch, i, p, bought)
    elif not settled:
        counts.lost[t, p, cause] += 1
    return bought
