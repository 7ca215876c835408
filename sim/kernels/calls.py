"""A call at an outlet, by our advisor or by a rival's salesperson: contact, shelf, order, sell-in.

Both sides use the same code; they differ only in skill, time and the outlets they reach.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.ordering import Shelves, place, suggested_order
from sim.streams import draw, stream

Array = NDArray[Any]


class Ties(NamedTuple):
    """Relations and shelf of the outlets.

    Attributes
    ----------
    relation : shape (n_outlets, n_companies).
    personal : shape (n_outlets,). Part of our relation that hangs on the person.
    shelf_gain : shape (n_outlets, n_products).
    facings : shape (n_outlets,). [facings]
    shelf_price_cents : shape (n_outlets, n_products).
    exclusive_company, exclusive_until : shape (n_outlets,).
    goodwill : shape (n_territories, n_brands).
    territory : shape (n_outlets,).
    brand, appeal : shape (n_products,).
    stale : shape (n_outlets,). Choice weights to be computed again.
    """

    relation: Array
    personal: Array
    shelf_gain: Array
    facings: Array
    shelf_price_cents: Array
    exclusive_company: Array
    exclusive_until: Array
    goodwill: Array
    territory: Array
    brand: Array
    appeal: Array
    stale: Array


class CallRules(NamedTuple):
    """Coefficients of a call, from the scenario (relations, listing, shelf, visit); whether orders are proposed."""

    contact_gain: float
    personal_share: float
    shelf_gain: float
    best_shelf: float
    acceptance_base: float
    acceptance_gain: float
    intercept: float
    relation: float
    margin: float
    pull: float
    skill: float
    free_shelf: float
    rival_relation: float
    facings_per_product: float
    safety_factor: float
    dispersion_index: float
    lead_days: float
    hunter_lift: float
    estimate_error: float
    relations_move: bool
    listings_move: bool
    shelf_moves: bool
    proposes: bool


class CallKeys(NamedTuple):
    """Keys of a day's calls (uint64): acceptance of the order, demand estimate, sell-in."""

    order: np.uint64
    estimate: np.uint64
    sell_in: np.uint64


@kernel(inline=True)
def make_contact(ties: Ties, rules: CallRules, i: int, c: int, quality: float, ours: bool) -> None:
    """Raise the relation: ΔR = quality · gain · (1 − R)."""
    if not rules.relations_move:
        return
    gain = min(1.0, quality * rules.contact_gain) * (1.0 - ties.relation[i, c])
    ties.relation[i, c] += gain
    if ours:
        ties.personal[i] += rules.personal_share * gain


@kernel(inline=True)
def tidy_shelf(shelves: Shelves, ties: Ties, rules: CallRules, i: int, c: int, service: float) -> None:
    """Move the company's facings toward its best place."""
    if not rules.shelf_moves:
        return
    step = rules.shelf_gain * (0.5 + 0.5 * service)
    for p in range(shelves.company.shape[0]):
        if shelves.company[p] == c and shelves.is_listed[i, p]:
            ties.shelf_gain[i, p] += step * (rules.best_shelf - 1.0 - ties.shelf_gain[i, p])
    ties.stale[i] = True


@kernel(inline=True)
def sell_in_probability(
    shelves: Shelves, ties: Ties, rules: CallRules, i: int, p: int, selling: float, day: int
) -> float:
    """Probability that the shop lists the product, logistic in relation, margin, pull, shelf, skill, rivals."""
    c = shelves.company[p]
    if ties.exclusive_company[i] >= 0 and ties.exclusive_company[i] != c and ties.exclusive_until[i] > day:
        return 0.0
    listed = 0
    rival = 0.0
    for q in range(shelves.company.shape[0]):
        if shelves.is_listed[i, q]:
            listed += 1
            if shelves.company[q] != c:
                rival = max(rival, ties.relation[i, shelves.company[q]])
    price = ties.shelf_price_cents[i, p]
    margin = 1.0 - shelves.trade_price_cents[p] / price if price > 0 else 0.0
    crowding = min(1.5, (listed + 1) * rules.facings_per_product / ties.facings[i])
    pull = ties.goodwill[ties.territory[i], ties.brand[p]] + ties.appeal[p]
    log_odds = (
        rules.intercept
        + rules.relation * ties.relation[i, c]
        + rules.margin * (margin - 0.25)
        + rules.pull * pull
        + rules.skill * selling
        + rules.free_shelf * (1.0 - crowding)
        - rules.rival_relation * rival
    )
    return 1.0 / (1.0 + math.exp(-log_odds))


@kernel(inline=True)
def list_product(shelves: Shelves, ties: Ties, i: int, p: int, expected_rate: float) -> None:
    """Put a product on the list with a first estimate of its sales."""
    shelves.is_listed[i, p] = True
    shelves.sales_rate[i, p] = expected_rate
    ties.shelf_gain[i, p] = 0.0
    ties.stale[i] = True


@kernel(inline=True)
def expected_listing_rate(shelves: Shelves, i: int) -> float:
    """A new product's sales as a shop expects them: the mean of what it lists [units/day]."""
    total = 0.0
    listed = 0
    for q in range(shelves.company.shape[0]):
        if shelves.is_listed[i, q]:
            total += shelves.sales_rate[i, q]
            listed += 1
    return total / listed if listed else 0.3


@kernel(inline=True)
def write_orders(
    shelves: Shelves,
    ties: Ties,
    rules: CallRules,
    start: np.uint64,
    i: int,
    c: int,
    estimate_start: np.uint64,
    error_sd: float,
    lift: float,
    cover: float,
    day: int,
    ordered: Array,
) -> tuple[int, int]:
    """Propose orders of the company's listed products; the shop accepts or declines the whole proposal.

    Returns
    -------
    Units and lines ordered.
    """
    acceptance = rules.acceptance_base + rules.acceptance_gain * ties.relation[i, c]
    if not rules.proposes or draw(start, 0) >= acceptance:
        return 0, 0
    units = 0
    lines = 0
    for p in range(shelves.company.shape[0]):
        if shelves.company[p] == c and shelves.is_listed[i, p] and shelves.launched[p]:
            wanted = suggested_order(
                shelves, i, p, shelves.sales_rate[i, p], error_sd, draw(estimate_start, p), cover,
                rules.safety_factor, rules.dispersion_index, lift,
            )  # fmt: skip
            more = place(shelves, i, p, wanted, 1, day, ordered)
            units += more
            lines += more > 0
    return units, lines


@kernel(inline=True)
def try_sell_in(
    shelves: Shelves,
    ties: Ties,
    rules: CallRules,
    start: np.uint64,
    i: int,
    c: int,
    selling: float,
    focus: Array,
    day: int,
    won: Array,
) -> tuple[int, int]:
    """One attempt for the missing product with the best focus × pull; returns (attempts, product won or −1)."""
    best = -1
    best_value = 0.0
    for p in range(shelves.company.shape[0]):
        if shelves.company[p] == c and shelves.launched[p] and not shelves.is_listed[i, p] and focus[p] > 0.0:
            value = focus[p] * math.exp(ties.appeal[p])
            if best < 0 or value > best_value:
                best = p
                best_value = value
    if best < 0 or shelves.distributor[i, c] < 0 or not rules.listings_move:
        return 0, -1
    if draw(start, best) < sell_in_probability(shelves, ties, rules, i, best, selling, day):
        list_product(shelves, ties, i, best, expected_listing_rate(shelves, i))
        won[i, best] = True
        return 1, best
    return 1, -1


@kernel(inline=True)
def call(
    shelves: Shelves,
    ties: Ties,
    rules: CallRules,
    keys: CallKeys,
    i: int,
    c: int,
    selling: float,
    service: float,
    farmer: float,
    visits: int,
    focus: Array,
    cover_days: float,
    ours: bool,
    day: int,
    ordered: Array,
    won: Array,
) -> tuple[int, int, int, int]:
    """Make one call; return (units ordered, order lines, listing attempts, product newly listed or −1).

    Parameters
    ----------
    i, c : outlet and company.
    selling, service, farmer : skills and orientation of the caller, each in [0, 1].
    visits : calls made here before; estimates sharpen with them.
    focus : shape (n_products,). Relative sell-in effort.
    ordered : shape (n_outlets, n_products), added to. [units]
    won : shape (n_outlets, n_products), set where a listing is won.
    """
    quality = (0.5 + 0.5 * service) * (0.6 + 0.8 * farmer)
    make_contact(ties, rules, i, c, quality, ours)
    tidy_shelf(shelves, ties, rules, i, c, service)
    attempts, new_product = try_sell_in(
        shelves, ties, rules, stream(keys.sell_in, shelves.slot[i]), i, c, selling, focus, day, won
    )
    error_sd = rules.estimate_error * (1.0 - 0.6 * service) / math.sqrt(1.0 + visits)
    lift = rules.hunter_lift * (1.0 - farmer)
    units, lines = write_orders(
        shelves, ties, rules, stream(keys.order, shelves.slot[i]), i, c, stream(keys.estimate, shelves.slot[i]),
        error_sd, lift, cover_days, day, ordered,
    )  # fmt: skip
    return units, lines, attempts, new_product
