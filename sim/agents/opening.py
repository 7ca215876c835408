"""The ledger of the first morning: stock in every tier and working capital for every party."""

from __future__ import annotations

import numpy as np

from sim.agents.base import Context
from sim.world.setup.companies import companies_of

RIVAL_CAPITAL_CENTS = 5_000_000_000


def open_books(context: Context) -> None:
    """Post opening stock and capital; the burn-in then brings stocks near their steady state."""
    world, scenario, journal = context.world, context.scenario, context.journal
    case = world.case_units
    risk = world.outlet_review_days[:, None] + scenario.retail.ordering.expected_lead_days
    wanted = world.sales_rate * risk * 1.2
    shelf = np.ceil(wanted / case).astype(np.int32) * case * (world.is_listed & world.is_open[:, None])
    warehouse = np.ceil(world.distributor_forecast * scenario.distributors.opening_stock_days).astype(np.int64)
    days = np.array([c.factory.stock_days for c in companies_of(scenario)])[world.product_company]
    factory = np.ceil(world.factory_order_rate * days).astype(np.int64)
    journal.open_stock(factory, warehouse, shelf.astype(np.int32))
    company = np.full(world.sizes["company"], RIVAL_CAPITAL_CENTS, dtype=np.int64)
    company[0] = scenario.ours.opening_cash_cents
    journal.pay_in_capital(company, world.distributor_working_capital_cents, world.outlet_working_capital_cents)
    period = scenario.distributors.push.period_days
    world.period_target_units[:] = np.floor(world.lever_target_growth * world.past_purchase_rate * period)
