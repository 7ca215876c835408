"""The day's order book: what outlets order, by themselves or at a call of an advisor or a rival, and on what terms."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.kernels.calls import CallRules, Relations, SellInRules
from sim.kernels.displacing import Rivalry
from sim.kernels.ordering import ReorderRule, Shelves
from sim.policies import ShopPolicy
from sim.scenario.leads import acting_leads
from sim.world.accounts import Account
from sim.world.bundles import bundle
from sim.world.setup.companies import companies_of

Array = NDArray[Any]


class OrderBook:
    """What shops, advisors and rivals write their orders into, with the bundles that the kernels take for it.

    Attributes
    ----------
    ordered : shape (n_outlets, n_products). Ordered today. [units]
    won : shape (n_outlets, n_products). Products just taken on the list; whoever records them clears it.
    shelves, relations, call_rules, reorder_rule : for the kernels of calls, orders and ageing.
    """

    def __init__(self, context: Context) -> None:
        self._c = context
        world, scenario = context.world, context.scenario
        payment, ordering = scenario.retail.payment, scenario.retail.ordering
        daily = world.outlet_working_capital_cents / payment.opening_cash_days
        self._credit_cents = np.floor(daily * payment.credit_limit_days).astype(np.int64)
        self.ordered = np.zeros(world.is_listed.shape, dtype=np.int32)
        self.won = np.zeros(world.is_listed.shape, dtype=np.bool_)
        purse = np.zeros(world.n_outlets, dtype=np.int64)
        displaced = np.zeros((world.sizes["territory"], world.sizes["product"]), dtype=np.int64)
        self.relations = bundle(Relations, world, rivalry=bundle(Rivalry, world, displaced=displaced))
        sell_in = bundle(SellInRules, scenario.retail.listing, acting_leads(scenario))
        self.call_rules = bundle(CallRules, scenario, scenario.retail, scenario.team, listing=sell_in)
        fees = np.array([c.budget.listing_fee_most_cents for c in companies_of(scenario)], dtype=np.int64)
        self.shelves = bundle(
            Shelves, world, listing_fee_most_cents=fees, purse_cents=purse, ordered_units=self.ordered, won=self.won
        )
        cover = 0.0 if ordering.policy == "order_up_to" else ordering.s_S_cover_days
        rule, push = int(ShopPolicy[ordering.policy]), scenario.distributors.push
        ahead = scenario.money.forward_buying
        self.reorder_rule = bundle(
            ReorderRule, world, ordering, push, ahead, scenario.mechanisms, rule=rule, cover_days=cover
        )

    def open_day(self) -> None:
        """Clear the day's orders and count what each shop can still spend or owe."""
        world = self._c.world
        self.ordered[:] = 0
        books = world.outlet_books
        purse = books[:, Account.CASH] + books[:, Account.PAYABLE] + self._credit_cents
        if self._c.scenario.mechanisms.interest:
            purse += self._extra_credit_cents()
        self.shelves.purse_cents[:] = np.maximum(purse, 0)
        self.shelves.listing_fee_most_cents[0] = world.lever_listing_fee_most_cents[0]

    def record_displaced(self, day: Day) -> None:
        """Write down, and forget, what was displaced at the calls since the last time."""
        displaced = self.relations.rivalry.displaced
        self._c.recorder.add("market", day.index, displaced=displaced)
        displaced[:] = 0

    def owes_too_much(self) -> Array:
        """Whether each outlet's unpaid invoices exceed its credit limit, shape (n_outlets,).

        Who is given more days to pay for our products is given as many days more of them.
        """
        world = self._c.world
        return -world.outlet_books[:, Account.PAYABLE] > self._credit_cents + self._extra_credit_cents()

    def _extra_credit_cents(self) -> Array | int:
        """What the days that shops are given beyond their terms lend them, shape (n_outlets,); 0 without any."""
        world = self._c.world
        if not world.lever_shop_terms_days.any():
            return 0
        bought = (world.sales_rate * world.is_listed) @ (world.trade_price_cents * (world.product_company == 0))
        extra: Array = np.floor(self.extra_terms_days() * bought).astype(np.int64)
        return extra

    def extra_terms_days(self) -> Array:
        """Days that each outlet is given to pay for our products beyond its usual terms, shape (n_outlets,)."""
        world = self._c.world
        return world.lever_shop_terms_days[world.outlet_territory]
