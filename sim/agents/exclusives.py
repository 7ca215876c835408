"""Exclusive agreements: who is bound to whom, what it keeps from the others, and what the shop asks for it.

With `mechanisms.exclusive_degrees` an agreement is for the cooler, the shelf or the shop, and costs what the shop loses
by it; otherwise it only keeps new products of others away, and costs a fixed fee.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.calendar import Phase
from sim.ledger.recorder import Event
from sim.policies import ExclusiveDegree
from sim.streams import DecisionPoint, uniforms
from sim.world.accounts import Account
from sim.world.ground import open_ground
from sim.world.setup.companies import companies_of
from sim.world.world import World

Array = NDArray[Any]
MONTH: Final = 30


def sign_exclusives(context: Context, day: Day, company: int, n: int, territory: int = -1) -> Array:
    """Bind up to n free outlets that carry the company; the fee of the whole term is paid now.

    We take the largest outlets by our database, a rival those with which it stands best. With degrees, a shop agrees
    with a chance equal to its relation with the company, if its price is not above the most that the company pays.

    Returns
    -------
    Rows of the outlets signed.
    """
    world, spec = context.world, context.scenario.relations
    carries = world.is_listed[:, world.product_company == company].any(axis=1)
    free = world.is_open & carries & (world.exclusive_company < 0)
    free &= open_ground(world, company)[world.outlet_territory]
    if territory >= 0:
        free &= world.outlet_territory == territory
    if company == 0:
        free &= world.is_known
    rows = np.flatnonzero(free)
    worth = world.known_size if company == 0 else world.relation[:, company]
    rows = rows[np.argsort(-worth[rows], kind="stable")]
    if context.scenario.mechanisms.exclusive_degrees:
        rows, monthly = _agree(context, day, company, rows, n)
    else:
        rows = rows[:n]
        monthly = np.full(rows.shape, spec.exclusive_fee_cents)
    world.exclusive_company[rows] = company
    world.exclusive_until[rows] = day.index + spec.exclusive_days
    fee = monthly * spec.exclusive_days // MONTH
    context.journal.company_pays_outlets(company, Account.EXCLUSIVE_COST, Account.EXCLUSIVE_INCOME, rows, fee)
    return rows


def _agree(context: Context, day: Day, company: int, rows: Array, n: int) -> tuple[Array, Array]:
    """Ask one shop after the other until n have agreed; return them, and their prices [cents/month]."""
    world = context.world
    budget = companies_of(context.scenario)[company].budget
    if company == 0:
        degree, most = (
            world.lever_exclusive_degree[world.outlet_territory[rows]],
            int(world.lever_exclusive_most_cents[0]),
        )
    else:
        degree = np.full(rows.shape, ExclusiveDegree[budget.exclusive_degree])
        most = budget.exclusive_most_cents
    leaving, price = asked(world, rows, company, degree)
    u = uniforms(
        context.key(DecisionPoint.EXCLUSIVE, day.index), world.outlet_slot[rows] ^ world.company_slot[company], 0
    )
    agreed = np.flatnonzero((price <= most) & (u < world.relation[rows, company]))[:n]
    rows, leaving, degree = rows[agreed], leaving[agreed], degree[agreed]
    world.exclusive_degree[rows] = degree
    world.rival_products_most[rows] = products_most(world, degree)
    world.rival_facings_most[rows] = context.scenario.relations.exclusive.cooler_facings
    world.set_aside[rows] = leaving
    world.is_listed[rows] &= ~leaving
    world.open_order_units[rows] *= ~leaving
    world.slow_weeks[rows] *= ~leaving
    world.weight_is_stale[rows] = True
    _record(context, day, Phase.DECIDE, Event.DELISTED, rows, leaving)
    return rows, price[agreed]


def products_most(world: World, degree: Array) -> Array:
    """Return how many products of each other company an agreement leaves on the list: all, some, or none."""
    shelf = world.scenario.relations.exclusive.shelf_products
    return np.array([world.sizes["product"], shelf, 0], dtype=np.int32)[degree]


def asked(world: World, rows: Array, company: int, degree: Array) -> tuple[Array, Array]:
    """Return what leaves the list of each shop in an agreement with the company, and the shop's price.

    price = premium · Σ margin a month of what leaves, and of what the others keep the part 1 − f ÷ r: their share of
    the list, r, is brought down to f, `cooler_facings`. A shop reckons as if nobody bought something else instead.

    Returns
    -------
    Products that leave, shape (n, n_products), the worst sellers of each company; and prices [cents/month].
    """
    spec = world.scenario.relations.exclusive
    listed, rate = world.is_listed[rows], world.sales_rate[rows]
    theirs = listed & (world.product_company != company)
    leaving = np.zeros_like(theirs)
    for c in np.unique(world.product_company[world.product_company != company]):
        columns = np.flatnonzero(world.product_company == c)
        order = np.argsort(np.where(listed[:, columns], -rate[:, columns], np.inf), axis=1, kind="stable")
        place = np.argsort(order, axis=1, kind="stable")
        leaving[:, columns] = listed[:, columns] & (place >= products_most(world, degree)[:, None])
    kept = theirs & ~leaving
    of_list = kept.sum(axis=1) / np.maximum((listed & ~leaving).sum(axis=1), 1)
    lost = np.where(of_list > spec.cooler_facings, 1.0 - spec.cooler_facings / np.maximum(of_list, 1e-12), 0.0)
    margin = MONTH * rate * np.maximum(world.shelf_price_cents[rows] - world.trade_price_cents, 0)
    given_up = (margin * leaving).sum(axis=1) + lost * (margin * kept).sum(axis=1)
    return leaving, np.rint(spec.premium * given_up).astype(np.int64)


def end_exclusives(context: Context, day: Day, minute: int, ended: Array) -> None:
    """End agreements, a mask of shape (n_outlets,); what had to leave comes back where somebody still brings it."""
    world = context.world
    world.exclusive_company[ended] = -1
    rows = np.flatnonzero(ended & (world.exclusive_degree >= 0))
    if rows.shape[0] == 0:
        return
    supplied = world.outlet_distributor[rows][:, world.product_company] >= 0
    back = world.set_aside[rows] & ~world.is_listed[rows] & world.launched & supplied & world.is_open[rows, None]
    world.is_listed[rows] |= back
    world.shelf_gain[rows] *= ~back
    world.set_aside[rows] = False
    world.exclusive_degree[rows] = -1
    world.rival_products_most[rows] = 0
    world.rival_facings_most[rows] = 1.0
    world.weight_is_stale[rows] = True
    _record(context, day, minute, Event.LISTING_WON, rows, back)


def _record(context: Context, day: Day, minute: int, kind: Event, rows: Array, changed: Array) -> None:
    """Record the listings that changed, marked in shape (n, n_products)."""
    at, product = np.nonzero(changed)
    outlet = rows[at].astype(np.int32)
    place = context.world.outlet_territory[outlet]
    context.recorder.event(kind, day=day.index, minute=minute, place=place, outlet=outlet, product=product)
