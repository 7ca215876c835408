"""Agreements that bind: exclusive outlets, distributors who sign, leave or change sides, and what they live on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.world.accounts import Account
from sim.world.setup.geography import nearest_distributor, reach
from sim.world.world import World

Array = NDArray[Any]
MONTH = 30


def sign_exclusives(context: Context, day: Day, company: int, n: int, territory: int = -1) -> Array:
    """Bind up to n free outlets that carry the company; the fee of the whole term is paid now.

    We take the largest outlets by our database, a rival those with which it stands best.

    Returns
    -------
    Rows of the outlets signed.
    """
    world, spec = context.world, context.scenario.relations
    carries = world.is_listed[:, world.product_company == company].any(axis=1)
    free = world.is_open & carries & (world.exclusive_company < 0)
    if territory >= 0:
        free &= world.outlet_territory == territory
    if company == 0:
        free &= world.is_known
    rows = np.flatnonzero(free)
    worth = world.known_size if company == 0 else world.relation[:, company]
    rows = rows[np.argsort(-worth[rows], kind="stable")[:n]]
    world.exclusive_company[rows] = company
    world.exclusive_until[rows] = day.index + spec.exclusive_days
    fee = np.zeros(world.n_outlets, dtype=np.int64)
    fee[rows] = spec.exclusive_fee_cents * spec.exclusive_days // MONTH
    context.journal.company_pays_outlets(company, Account.EXCLUSIVE_COST, Account.EXCLUSIVE_INCOME, fee)
    return rows


def retainers(world: World) -> Array:
    """Return the retainers that we pay, shape (n_distributors,): what was agreed, or more where the lever says so.

    [cents/month]
    """
    ours = (world.distributor_company == 0) & world.is_contracted
    paid: Array = np.where(ours, np.maximum(world.retainer_cents, world.lever_offer_cents), 0)
    return paid


def monthly_margin(world: World, k: int, rate: Array) -> float:
    """Return what distributor k earns on goods sold at the trade price, `rate` (n_products,) a day [cents/month]."""
    cost = world.list_price_cents * (1.0 - world.lever_discount[k])
    return MONTH * float(rate @ (world.trade_price_cents - cost))


def sign_distributor(world: World, k: int) -> None:
    """Distributor k begins to work for its company and takes over the outlets that have it nearest.

    It is told what they buy, so its first orders do not wait for a history of its own.
    """
    c = int(world.distributor_company[k])
    rows = reach(world, k)
    world.is_contracted[k] = True
    world.outlet_distributor[rows, c] = k
    mine = (world.product_company == c) & world.launched
    rate = np.where(mine, (world.sales_rate * world.is_listed)[rows & world.is_open].sum(axis=0), 0.0)
    world.distributor_forecast[k] = rate
    world.past_purchase_rate[k] = rate.sum()
    told = np.floor(rate + 0.5).astype(np.int32)[:, None]
    world.demand_history[k] = told
    world.sell_out_history[k] = told


def poach_distributor(world: World, k: int) -> None:
    """Distributor k stops working for its company; its outlets go to the nearest colleague that covers them.

    Its open orders at the factory are dropped; its stock stays with it and is sold off or scrapped.
    """
    c = int(world.distributor_company[k])
    world.is_contracted[k] = False
    world.retainer_cents[k] = 0
    world.factory_backlog_units[k] = 0
    colleagues = np.flatnonzero((world.distributor_company == c) & world.is_contracted)
    lost = world.outlet_distributor[:, c] == k
    world.outlet_distributor[lost, c] = nearest_distributor(world, colleagues)[lost]
    stranded = lost & (world.outlet_distributor[:, c] < 0)
    for p in np.flatnonzero(world.product_company == c):
        world.open_order_units[stranded, p] = 0
    world.order_day[stranded, c] = -1
