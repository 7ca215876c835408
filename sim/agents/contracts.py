"""Agreements that bind: exclusive outlets, and distributors who change sides."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.world.accounts import Account
from sim.world.build.geography import nearest_distributor
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


def poach_distributor(world: World, k: int) -> None:
    """Distributor k stops working for its company; its outlets go to the nearest colleague that covers them.

    Its open orders at the factory are dropped; its stock stays with it and is sold off or scrapped.
    """
    c = int(world.distributor_company[k])
    world.is_contracted[k] = False
    world.factory_backlog_units[k] = 0
    colleagues = np.flatnonzero((world.distributor_company == c) & world.is_contracted)
    lost = world.outlet_distributor[:, c] == k
    world.outlet_distributor[lost, c] = nearest_distributor(world, colleagues)[lost]
    stranded = lost & (world.outlet_distributor[:, c] < 0)
    for p in np.flatnonzero(world.product_company == c):
        world.open_order_units[stranded, p] = 0
    world.order_day[stranded, c] = -1
