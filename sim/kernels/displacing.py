"""A call against a rival: a chosen company's product loses facings or its listing, and empty shelves are taken over."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.ordering import Shelves
from sim.streams import draw, stream

if TYPE_CHECKING:
    from sim.kernels.calls import CallDay, Caller, CallRules, Relations

Array = NDArray[Any]

NOT_TRIED, HELD, DISPLACED = range(3)
"""What came of it at a call."""

LEAST_GAIN: Final = -0.8
"""A product that would keep less than a fifth of its place leaves the shelf (assumption)."""


class DisplacementRules(NamedTuple):
    """`retail.displacement` of the scenario."""

    intercept: float
    relation: float
    skill: float
    sales: float
    facings_taken: float
    empty_shelf: float
    empty_facings: float


class Rivalry(NamedTuple):
    """Who is to be displaced where: the world's columns, and the day's scratch.

    Attributes
    ----------
    displaced : shape (n_territories, n_products). Added to: how often a product was displaced.
    """

    target_company: Array
    slow_weeks: Array
    displaced: Array


@kernel(inline=True)
def empty_share(shelves: Shelves, i: int, c: int) -> float:
    """Share of the other companies' products on the list of outlet i that have no stock there; 0 without any."""
    listed = 0
    empty = 0
    for q in range(shelves.product_company.shape[0]):
        if shelves.is_listed[i, q] and shelves.product_company[q] != c:
            listed += 1
            empty += shelves.outlet_stock_units[i, q] <= 0
    return empty / listed if listed else 0.0


@kernel(inline=True)
def displacement_probability(
    rules: DisplacementRules, own_relation: float, their_relation: float, relative_sales: float, selling: float
) -> float:
    """Chance that a product is displaced: logistic in the relations against each other, its sales, and skill.

    Parameters
    ----------
    own_relation, their_relation : of the caller's company and of the product's, in [0, 1].
    relative_sales : the shop's estimate of the product's sales against its mean product.
    selling : skill of the caller, in [0, 1].
    """
    log_odds = (
        rules.intercept
        + rules.relation * (own_relation - their_relation)
        + rules.skill * selling
        - rules.sales * (relative_sales - 1.0)
    )
    return 1.0 / (1.0 + math.exp(-log_odds))


@kernel(inline=True)
def weakest_of(shelves: Shelves, i: int, company: int) -> tuple[int, float]:
    """Return the company's listed product that sells least at outlet i, −1 for none, and its sales against the mean."""
    weakest = -1
    total = 0.0
    listed = 0
    for q in range(shelves.product_company.shape[0]):
        if shelves.is_listed[i, q]:
            total += shelves.sales_rate[i, q]
            listed += 1
            if shelves.product_company[q] == company and (
                weakest < 0 or shelves.sales_rate[i, q] < shelves.sales_rate[i, weakest]
            ):
                weakest = q
    if weakest < 0 or total <= 0.0:
        return weakest, 1.0
    return weakest, float(shelves.sales_rate[i, weakest] * listed / total)


@kernel(inline=True)
def displace(shelves: Shelves, relations: Relations, rules: CallRules, today: CallDay, caller: Caller, i: int) -> int:
    """Try to displace the weakest product of the company that is the target here; return what came of it.

    It loses a part of its facings, or, when too little of them would be left, its listing. A shop that is bound to
    the target does not listen.
    """
    rivalry = relations.rivalry
    c = caller.company
    target = rivalry.target_company[c, shelves.outlet_territory[i]]
    if not rules.mechanisms.displacement or target < 0 or target == c or shelves.outlet_distributor[i, c] < 0:
        return NOT_TRIED
    p, relative_sales = weakest_of(shelves, i, target)
    bound = relations.exclusive_company[i] == target and relations.exclusive_until[i] > today.day
    if p < 0 or bound:
        return NOT_TRIED
    chance = displacement_probability(
        rules.displacement, relations.relation[i, c], relations.relation[i, target], relative_sales, caller.selling
    )
    chance *= relations.efficiency[c, shelves.outlet_territory[i]]
    if draw(stream(today.displacement, shelves.outlet_slot[i]), p) >= chance:
        return HELD
    left = relations.shelf_gain[i, p] - rules.displacement.facings_taken
    if left > LEAST_GAIN:
        relations.shelf_gain[i, p] = left
    else:
        shelves.is_listed[i, p] = False
        shelves.open_order_units[i, p] = 0
        rivalry.slow_weeks[i, p] = 0
    relations.weight_is_stale[i] = True
    rivalry.displaced[shelves.outlet_territory[i], p] += 1
    return DISPLACED
