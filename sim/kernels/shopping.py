"""A trading day: shoppers come one after another, choose, and react when the shelf is empty.

Where the stock of a product lasts for everybody who may take it, the order of its shoppers makes no difference, and
they are only counted; the others are served in turn. The kernels work on a scratch copy of the stock and return
quantities; the ledger posts them. Every draw is keyed by the shopper (outlet, day, index), so a stock-out changes
nobody else's luck.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.choice import choice_probabilities
from sim.kernels.day import TO_OTHER_STORE, TOMORROW, DayCounts, Movers, Scratch, Shops, Trade, Watch
from sim.kernels.footfall import draw_shoppers
from sim.kernels.stock_out import react, stock_out_cause
from sim.streams import draw_bits, stream

Array = NDArray[Any]

BLOCK: Final = 32
"""Shoppers counted at a time. Loops take it from the length of an array: known to the compiler, it would unroll them
instead of using vector units."""

NOBODY: Final = 1 << 60
"""Stands for the draw of a shopper who did not come: beyond every step."""

TWO_TO_53: Final = 9007199254740992.0


@kernel()
def serve_returners(trade: Trade) -> None:
    """Yesterday's deferred shoppers come first; who fails again is lost."""
    shops, returners, counts = trade.shops, trade.returners, trade.counts
    for r in range(returners.outlet.shape[0]):
        i = returners.outlet[r]
        p = returners.product[r]
        in_stock = shops.outlet_stock_units[i, p] > counts.sold[i, p] or not trade.rules.stock_outs
        if shops.is_open[i] and shops.is_listed[i, p] and in_stock:
            counts.sold[i, p] += 1
        else:
            counts.lost[shops.outlet_territory[i], p, returners.cause[r]] += 1


@kernel(inline=True)
def choice_steps(probabilities: Array, steps: Array) -> None:
    """Write the running sums of the choice probabilities, shape (n_products,), as bounds for `draw_bits`.

    A shopper with uniform u wants the first product whose running sum exceeds u. The uniform of bits k is (k + ½)·2⁻⁵²,
    so it reaches a sum when k reaches the whole number written here; whole numbers compare faster and as exactly.
    """
    running = 0.0
    for p in range(probabilities.shape[0]):
        running += probabilities[p]
        steps[p] = (np.int64(math.ceil(running * TWO_TO_53))) >> 1


@kernel(inline=True)
def draw_block(start: np.uint64, first: int, n: int, bits: Array) -> None:
    """Write the draws of a block of shoppers, from number `first` on, shape (BLOCK,); beyond the n-th, NOBODY.

    All blocks are of one length: loops that end at another shopper for each outlet are mispredicted each time.
    """
    for j in range(bits.shape[0]):
        drawn = draw_bits(start, first + j)
        bits[j] = drawn if first + j < n else NOBODY


@kernel(inline=True)
def count_wishes(start: np.uint64, n: int, scratch: Scratch) -> None:
    """Count the first choices of n shoppers by product in `wishes`; `start` is the outlet's sequence of draws.

    Counting how many reach each step has no branches and works on many shoppers at once.
    """
    steps, bits, wishes = scratch.steps, scratch.bits, scratch.wishes
    n_products = steps.shape[0]
    for p in range(n_products):
        wishes[p] = 0
    for first in range(0, n, BLOCK):
        draw_block(start, first, n, bits)
        before = bits.shape[0]
        for p in range(n_products):
            step = steps[p]
            beyond = 0
            for j in range(bits.shape[0]):
                beyond += bits[j] >= step
            wishes[p] += before - beyond
            before = beyond


@kernel(inline=True)
def find_contested(wishes: Array, left: Array, is_contested: Array) -> bool:
    """Mark the products that may run out today, shape (n_products,); return whether any wish can fail.

    A product is safe when its stock outlasts all who want it and all who want a contested product and might take it
    instead. Nobody who wants a safe product fails, whatever the order of the shoppers.
    """
    n_products = wishes.shape[0]
    contested = 0
    for p in range(n_products):
        is_contested[p] = wishes[p] > left[p] and wishes[p] > 0
        if is_contested[p]:
            contested += wishes[p]
    growing = contested > 0
    while growing:
        growing = False
        for p in range(n_products):
            if not is_contested[p] and wishes[p] > 0 and wishes[p] + contested > left[p]:
                is_contested[p] = True
                contested += wishes[p]
                growing = True
    return contested > 0


@kernel(inline=True)
def sell_safely(counts: DayCounts, scratch: Scratch, i: int, t: int, n: int) -> None:
    """Count the first choices of n shoppers, and sell what nobody can fail to get."""
    wishes, is_contested, left = scratch.wishes, scratch.is_contested, scratch.left
    for p in range(wishes.shape[0]):
        counts.shoppers_first_choice[t, p] += wishes[p]
        n -= wishes[p]
        if not is_contested[p]:
            counts.sold[i, p] += wishes[p]
            left[p] -= wishes[p]
    counts.no_purchase[t] += n


@kernel(inline=True)
def list_shoppers(start: np.uint64, n: int, scratch: Scratch) -> int:
    """Write the shoppers who want a contested product into `queue`, and their products; return their number.

    Product n_products stands for none. Nobody knows beforehand who must wait, so there are no branches on it.
    """
    steps, bits, picks, queue, wanted = scratch.steps, scratch.bits, scratch.picks, scratch.queue, scratch.wanted
    m = 0
    for first in range(0, n, BLOCK):
        draw_block(start, first, n, bits)
        for j in range(picks.shape[0]):
            picks[j] = 0
        for q in range(steps.shape[0]):
            step = steps[q]
            for j in range(picks.shape[0]):
                picks[j] += bits[j] >= step
        for j in range(min(BLOCK, n - first)):
            queue[m] = first + j
            wanted[m] = picks[j]
            m += scratch.is_contested[picks[j]]
    return m


@kernel(inline=True)
def note_purchase(watch: Watch, watched: int, filled: int, p: int) -> int:
    """Write down what a watched outlet's shopper bought; returns the number of purchases noted so far."""
    if watched < 0 or filled >= watch.bought.shape[0]:
        return filled
    watch.bought[filled] = p
    watch.start[watched + 1] = filled + 1
    return filled + 1


@kernel()
def _serve_queue(trade: Trade, scratch: Scratch, i: int, n_waiting: int, filled: int) -> int:
    """Serve the shoppers in the queue of outlet i one after another; return the number of purchases noted so far."""
    rules, left, causes = trade.rules, scratch.left, scratch.causes
    n_products = left.shape[0]
    watched = trade.watch.place[i]
    for p in range(n_products):
        causes[p] = -1
    for m in range(n_waiting):
        p = scratch.wanted[m]
        if p == n_products:
            p = -1
        elif left[p] > 0 or not rules.stock_outs:
            left[p] -= 1
            trade.counts.sold[i, p] += 1
        else:
            if causes[p] < 0:
                causes[p] = stock_out_cause(trade.shops, rules, i, p)
            p = react(trade, scratch, i, scratch.queue[m], p)
        filled = note_purchase(trade.watch, watched, filled, p)
    return filled


@kernel()
def _serve_outlets(trade: Trade, scratch: Scratch) -> None:
    """Serve every outlet's shoppers."""
    shops, rules, counts, watch = trade.shops, trade.rules, trade.counts, trade.watch
    left, is_contested = scratch.left, scratch.is_contested
    n_products = left.shape[0]
    filled = 0
    for i in range(shops.outlet_slot.shape[0]):
        n = counts.shoppers[i]
        watched = watch.place[i]
        if watched >= 0:
            watch.start[watched] = filled
            watch.start[watched + 1] = filled
        if n == 0:
            continue
        t = shops.outlet_territory[i]
        choice_probabilities(shops, rules, i, scratch.by_segment, scratch.probabilities)
        choice_steps(scratch.probabilities, scratch.steps)
        start = stream(trade.keys.choice, shops.outlet_slot[i])
        count_wishes(start, n, scratch)
        for p in range(n_products):
            left[p] = shops.outlet_stock_units[i, p] - counts.sold[i, p]
            # The watched are served in turn, so that each shopper's purchase is known.
            is_contested[p] = watched >= 0
        is_contested[n_products] = watched >= 0
        in_turn = watched >= 0 or (rules.stock_outs and find_contested(scratch.wishes, left, is_contested))
        sell_safely(counts, scratch, i, t, n)
        if in_turn:
            n_waiting = list_shoppers(start, n, scratch)
            filled = _serve_queue(trade, scratch, i, n_waiting, filled)


@kernel(allocates=True)
def shop_day(trade: Trade) -> None:
    """Serve all shoppers of the day in their own store; fill `counts`, `movers` and `watch`."""
    shops, counts = trade.shops, trade.counts
    n_segments, n_products = shops.outlet_mix.shape[1], shops.outlet_stock_units.shape[1]
    draw_shoppers(shops, trade.rules, trade.keys.shoppers, counts.shoppers)
    longest = counts.shoppers.max() + 1 if counts.shoppers.shape[0] else 1
    scratch = Scratch(
        by_segment=np.empty((n_segments, n_products)),
        probabilities=np.empty(n_products),
        steps=np.empty(n_products, dtype=np.int64),
        bits=np.empty(BLOCK, dtype=np.int64),
        picks=np.empty(BLOCK, dtype=np.int64),
        queue=np.empty(longest, dtype=np.int64),
        wanted=np.empty(longest, dtype=np.int64),
        wishes=np.empty(n_products, dtype=np.int64),
        left=np.empty(n_products, dtype=np.int64),
        is_contested=np.empty(n_products + 1, dtype=np.bool_),
        is_candidate=np.empty(n_products, dtype=np.bool_),
        chances=np.empty(n_products),
        causes=np.empty(n_products, dtype=np.int64),
    )
    _serve_outlets(trade, scratch)


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
        if shops.is_open[i] and shops.is_listed[i, p] and shops.outlet_stock_units[i, p] > counts.sold[i, p]:
            counts.sold[i, p] += 1
        else:
            counts.lost[shops.outlet_territory[movers.origin[m]], p, movers.cause[m]] += 1


@kernel(allocates=True)
def serve_movers(shops: Shops, counts: DayCounts, movers: Movers) -> None:
    """Second pass: shoppers who changed store, in the order (destination, origin, index); who fails is lost."""
    n = movers.n[TO_OTHER_STORE]
    if n == 0:
        return
    order = np.empty(n, dtype=np.int64)
    _by_destination(movers.destination, n, np.zeros(shops.is_open.shape[0] + 1, dtype=np.int64), order)
    _serve_arrivals(shops, counts, movers, order)


@kernel()
def trade_day(trade: Trade) -> bool:
    """Serve the whole day: yesterday's deferred shoppers, then everybody, then those who changed store.

    Returns False, before the movers are served, where more go on than the table of movers holds.
    """
    serve_returners(trade)
    shop_day(trade)
    movers = trade.movers
    if max(movers.n[TO_OTHER_STORE], movers.n[TOMORROW]) > movers.destination.shape[0]:
        return False
    serve_movers(trade.shops, trade.counts, movers)
    return True
