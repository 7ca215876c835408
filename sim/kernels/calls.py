"""A call at an outlet, by our advisor or by a rival's salesperson: contact, shelf, order, sell-in.

Both sides use the same code; they differ only in skill, time and the outlets they reach.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.displacing import HELD, DisplacementRules, Rivalry, displace, empty_share
from sim.kernels.inventory import reorder_levels
from sim.kernels.ordering import Shelves, demand_sd, place
from sim.sampling import normal_quantile
from sim.streams import draw, stream

Array = NDArray[Any]


class Relations(NamedTuple):
    """The world's columns of the outlets' relations and shelves, and of what pulls a product; who displaces whom."""

    relation: Array
    personal_tie: Array
    shelf_gain: Array
    outlet_facings: Array
    shelf_price_cents: Array
    exclusive_company: Array
    exclusive_until: Array
    rival_products_most: Array
    standing: Array
    neighbour_outlet: Array
    neighbour_cumulative: Array
    outlet_territory: Array
    product_brand: Array
    product_appeal: Array
    weight_is_stale: Array
    rivalry: Rivalry
    efficiency: Array
    calls_made: Array


class ContactRules(NamedTuple):
    """`relations` of the scenario, as far as a call goes by it."""

    gain_per_contact: float
    personal_share: float
    order_acceptance_base: float
    order_acceptance_gain: float
    unskilled_contact: float
    hunter_contact: float
    farmer_contact_gain: float


class SellInRules(NamedTuple):
    """`retail.listing` and `leads` of the scenario, as far as a call goes by them."""

    intercept: float
    relation: float
    margin: float
    pull: float
    skill: float
    free_shelf: float
    rival_relation: float
    facings_per_product: float
    usual_margin: float
    first_rate: float
    follow_neighbours: float


class ShelfRules(NamedTuple):
    """`retail.shelf` of the scenario, as far as a call goes by it."""

    visit_gain: float
    best_weight: float
    unskilled_visit: float


class AdviceRules(NamedTuple):
    """`team.visit` of the scenario, as far as suggested orders go by it."""

    order_safety_factor: float
    hunter_order_lift: float
    estimate_error: float
    estimate_skill_effect: float


class DemandRules(NamedTuple):
    """`retail.ordering` of the scenario, as far as suggested orders go by it."""

    dispersion_index: float


class CallSwitches(NamedTuple):
    """`mechanisms` of the scenario that a call may move."""

    relations: bool
    listing_changes: bool
    shelf: bool
    displacement: bool


class CallRules(NamedTuple):
    """Coefficients of a call: a small bundle from each section of the scenario, under the section's name."""

    relations: ContactRules
    listing: SellInRules
    shelf: ShelfRules
    visit: AdviceRules
    ordering: DemandRules
    displacement: DisplacementRules
    mechanisms: CallSwitches


class Caller(NamedTuple):
    """Who calls: the company, skills and orientation in [0, 1], and whether orders are proposed."""

    company: int
    selling: float
    service: float
    farmer: float
    proposes: bool


class CallDay(NamedTuple):
    """A day's calls.

    Attributes
    ----------
    order, estimate, sell_in, displacement : keys of the draws of an order's acceptance, of the demand estimate, of the
        sell-in and of a displacement.
    focus : shape (n_products,). Relative sell-in effort.
    """

    day: int
    order: np.uint64
    estimate: np.uint64
    sell_in: np.uint64
    displacement: np.uint64
    focus: Array


CROWDED_MOST = 1.5
"""A shelf as full as this frightens no more than a fuller one (assumption)."""


@kernel(inline=True)
def efficiency_of(relations: Relations, i: int, c: int) -> float:
    """Return what company c's work achieves at outlet i, against a mature programme; 1 without the mechanism."""
    return float(relations.efficiency[c, relations.outlet_territory[i]])


@kernel(inline=True)
def make_contact(relations: Relations, rules: CallRules, i: int, caller: Caller) -> None:
    """Raise the relation: ΔR = efficiency · quality · gain · (1 − R)."""
    if not rules.mechanisms.relations:
        return
    r = rules.relations
    skill = r.unskilled_contact + (1.0 - r.unskilled_contact) * caller.service
    quality = skill * (r.hunter_contact + r.farmer_contact_gain * caller.farmer)
    gain = min(1.0, quality * r.gain_per_contact) * (1.0 - relations.relation[i, caller.company])
    gain *= efficiency_of(relations, i, caller.company)
    relations.relation[i, caller.company] += gain
    if caller.company == 0:
        relations.personal_tie[i] += r.personal_share * gain


@kernel(inline=True)
def tidy_shelf(shelves: Shelves, relations: Relations, rules: CallRules, i: int, caller: Caller) -> None:
    """Move the company's facings toward its best place."""
    if not rules.mechanisms.shelf:
        return
    r = rules.shelf
    best = r.best_weight
    if rules.mechanisms.displacement:
        best += rules.displacement.empty_facings * empty_share(shelves, i, caller.company)
    step = r.visit_gain * (r.unskilled_visit + (1.0 - r.unskilled_visit) * caller.service)
    step *= efficiency_of(relations, i, caller.company)
    for p in range(shelves.product_company.shape[0]):
        if shelves.product_company[p] == caller.company and shelves.is_listed[i, p]:
            relations.shelf_gain[i, p] += step * (best - 1.0 - relations.shelf_gain[i, p])
    relations.weight_is_stale[i] = True


@kernel(inline=True)
def following(shelves: Shelves, relations: Relations, weight: float, i: int, c: int) -> float:
    """Return weight · (share of the shop's neighbours that list the company − ½); 0 where it has no neighbour.

    The larger and the nearer a neighbour, the more it counts: as much as for shoppers who change store.
    """
    near, cumulative = relations.neighbour_outlet[i], relations.neighbour_cumulative[i]
    if weight == 0.0 or near.shape[0] == 0 or near[0] < 0:
        return 0.0
    share = 0.0
    before = 0.0
    for m in range(near.shape[0]):
        if near[m] < 0:
            break
        listing = False
        for q in range(shelves.product_company.shape[0]):
            listing |= shelves.product_company[q] == c and shelves.is_listed[near[m], q]
        share += cumulative[m] - before if listing else 0.0
        before = cumulative[m]
    return weight * (share - 0.5)


@kernel(inline=True)
def may_list_more(shelves: Shelves, relations: Relations, i: int, c: int) -> bool:
    """Whether the agreement that binds a shop to another company leaves room for one more product of company c."""
    listed = 0
    for q in range(shelves.product_company.shape[0]):
        listed += shelves.product_company[q] == c and shelves.is_listed[i, q]
    return bool(listed < relations.rival_products_most[i])


@kernel(inline=True)
def sell_in_probability(
    shelves: Shelves, relations: Relations, rules: SellInRules, i: int, p: int, selling: float, day: int, more: float
) -> float:
    """Probability that the shop lists the product, logistic in relation, margin, pull, shelf, skill, rivals.

    `more` are the log-odds that other mechanisms add.
    """
    c = shelves.product_company[p]
    bound_to = relations.exclusive_company[i]
    bound = bound_to >= 0 and bound_to != c and relations.exclusive_until[i] > day
    if bound and not may_list_more(shelves, relations, i, c):
        return 0.0
    listed = 0
    rival = 0.0
    for q in range(shelves.product_company.shape[0]):
        if shelves.is_listed[i, q]:
            listed += 1
            if shelves.product_company[q] != c:
                rival = max(rival, relations.relation[i, shelves.product_company[q]])
    price = relations.shelf_price_cents[i, p]
    margin = 1.0 - shelves.trade_price_cents[p] / price if price > 0 else 0.0
    crowding = min(CROWDED_MOST, (listed + 1) * rules.facings_per_product / relations.outlet_facings[i])
    pull = relations.standing[relations.outlet_territory[i], relations.product_brand[p]] + relations.product_appeal[p]
    log_odds = (
        rules.intercept
        + rules.relation * relations.relation[i, c]
        + rules.margin * (margin - rules.usual_margin)
        + rules.pull * pull
        + rules.skill * selling
        + rules.free_shelf * (1.0 - crowding)
        - rules.rival_relation * rival
        + more
    )
    return 1.0 / (1.0 + math.exp(-log_odds))


@kernel(inline=True)
def list_product(shelves: Shelves, relations: Relations, i: int, p: int, first_rate: float) -> None:
    """Put a product on the list, and expect of it the mean sales of what the shop lists already.

    `first_rate` is expected by a shop that lists nothing yet. [units/day]
    """
    total = 0.0
    listed = 0
    for q in range(shelves.product_company.shape[0]):
        if shelves.is_listed[i, q]:
            total += shelves.sales_rate[i, q]
            listed += 1
    shelves.is_listed[i, p] = True
    shelves.sales_rate[i, p] = total / listed if listed else first_rate
    relations.shelf_gain[i, p] = 0.0
    relations.weight_is_stale[i] = True
    shelves.won[i, p] = True


@kernel(inline=True)
def agree_on_fee(shelves: Shelves, relations: Relations, facings_per_product: float, i: int, c: int) -> bool:
    """Let the company promise what a shop asks that has no room for one more; false if that is too much for it."""
    listed = 0
    for q in range(shelves.product_company.shape[0]):
        listed += shelves.is_listed[i, q]
    if (listed + 1) * facings_per_product <= relations.outlet_facings[i]:
        return True
    fee = shelves.listing_fee_cents[i]
    if fee > shelves.listing_fee_most_cents[c]:
        return False
    shelves.fee_due_cents[i, c] += fee
    return True


@kernel(inline=True)
def suggested_order(
    shelves: Shelves, rules: CallRules, i: int, p: int, error: float, cover_days: float, lift: float
) -> float:
    """What a caller proposes: base stock for the days to the next call, from an estimate with error [units].

    Parameters
    ----------
    error : ln(error) of the estimate of the product's sales.
    cover_days : days to the next chance to order plus lead time. [days]
    lift : larger orders written by a hunter, as a share.
    """
    estimate = shelves.sales_rate[i, p] * math.exp(error)
    sd = demand_sd(estimate, rules.ordering.dispersion_index)
    levels = reorder_levels(0, estimate, sd, cover_days, 0.0, rules.visit.order_safety_factor)
    position = shelves.outlet_stock_units[i, p] + shelves.outlet_inbound_units[i, p] + shelves.open_order_units[i, p]
    wanted = max(levels[1], 1.0) - position
    if wanted > 0.0:
        wanted *= 1.0 + lift
    if position <= 0:
        wanted = max(wanted, float(shelves.case_units[p]))
    return float(wanted)


@kernel(inline=True)
def write_orders(
    shelves: Shelves,
    relations: Relations,
    rules: CallRules,
    today: CallDay,
    caller: Caller,
    i: int,
    visits: int,
    cover_days: float,
) -> tuple[int, int]:
    """Propose orders of the company's listed products; the shop accepts or declines the whole proposal.

    Returns
    -------
    Units and lines ordered.
    """
    c = caller.company
    acceptance = (
        rules.relations.order_acceptance_base + rules.relations.order_acceptance_gain * relations.relation[i, c]
    ) * efficiency_of(relations, i, c)
    if not caller.proposes or draw(stream(today.order, shelves.outlet_slot[i]), 0) >= acceptance:
        return 0, 0
    visit = rules.visit
    start = stream(today.estimate, shelves.outlet_slot[i])
    error_sd = visit.estimate_error * (1.0 - visit.estimate_skill_effect * caller.service) / math.sqrt(1.0 + visits)
    lift = visit.hunter_order_lift * (1.0 - caller.farmer)
    units = 0
    lines = 0
    for p in range(shelves.product_company.shape[0]):
        if shelves.product_company[p] == c and shelves.is_listed[i, p] and shelves.launched[p]:
            error = error_sd * normal_quantile(draw(start, p))
            wanted = suggested_order(shelves, rules, i, p, error, cover_days, lift)
            more = place(shelves, i, p, wanted, 1, today.day)
            units += more
            lines += more > 0
    return units, lines


@kernel(inline=True)
def try_sell_in(
    shelves: Shelves, relations: Relations, rules: CallRules, today: CallDay, caller: Caller, i: int
) -> tuple[int, int]:
    """One attempt for the missing product with the best focus × pull; returns attempts, and products won."""
    best = -1
    best_value = 0.0
    focus = today.focus
    for p in range(shelves.product_company.shape[0]):
        is_ours = shelves.product_company[p] == caller.company
        if is_ours and shelves.launched[p] and not shelves.is_listed[i, p] and focus[p] > 0.0:
            value = focus[p] * math.exp(relations.product_appeal[p])
            if best < 0 or value > best_value:
                best = p
                best_value = value
    if best < 0 or shelves.outlet_distributor[i, caller.company] < 0 or not rules.mechanisms.listing_changes:
        return 0, 0
    more = following(shelves, relations, rules.listing.follow_neighbours, i, caller.company)
    if rules.mechanisms.displacement:
        more += rules.displacement.empty_shelf * empty_share(shelves, i, caller.company)
    chance = sell_in_probability(shelves, relations, rules.listing, i, best, caller.selling, today.day, more)
    chance *= efficiency_of(relations, i, caller.company)
    is_taken = draw(stream(today.sell_in, shelves.outlet_slot[i]), best) < chance
    if is_taken and agree_on_fee(shelves, relations, rules.listing.facings_per_product, i, caller.company):
        list_product(shelves, relations, i, best, rules.listing.first_rate)
        return 1, 1
    return 1, 0


@kernel(inline=True)
def call(
    shelves: Shelves,
    relations: Relations,
    rules: CallRules,
    today: CallDay,
    caller: Caller,
    i: int,
    visits: int,
    cover_days: float,
) -> tuple[int, int, int, int]:
    """Make one call at outlet i; return units ordered, order lines, listing attempts, listings won.

    Parameters
    ----------
    visits : calls made here before; estimates sharpen with them.
    cover_days : what an order should last. [days]
    """
    relations.calls_made[caller.company, relations.outlet_territory[i]] += 1
    make_contact(relations, rules, i, caller)
    tidy_shelf(shelves, relations, rules, i, caller)
    attempts, won = 0, 0
    # A call has time for one proposal: who tries in vain to push out a rival offers nothing of his own.
    if displace(shelves, relations, rules, today, caller, i) != HELD:
        attempts, won = try_sell_in(shelves, relations, rules, today, caller, i)
    units, lines = write_orders(shelves, relations, rules, today, caller, i, visits, cover_days)
    return units, lines, attempts, won
