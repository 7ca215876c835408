"""Money between parties: what they begin with, what is paid every evening, what owners take out of the business."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank, next_every
from sim.kernels.invoices import Invoices, Paid, Payers, PaymentRules, choose_payments
from sim.ledger.postings import Payments
from sim.streams import DecisionPoint
from sim.world.accounts import Account
from sim.world.bundles import bundle, zeros
from sim.world.firms import first_rows
from sim.world.setup.companies import companies_of
from sim.world.world import RING_DAYS

Array = NDArray[Any]
MONTH = 30

OUTLETS_PAY = Moment(Phase.SETTLE, Rank.SETTLEMENT, 0, "shops", "pay the invoices that are due, or pay late")
DISTRIBUTORS_PAY = Moment(Phase.SETTLE, Rank.SETTLEMENT, 1, "distributors", "pay the companies' invoices that are due")
PAY_INTEREST = Moment(Phase.SETTLE, Rank.SETTLEMENT, 2, "everybody", "pays interest on the capital tied up")
DRAW_PROFITS = Moment(Phase.SETTLE, Rank.SETTLEMENT, 3, "owners", "draw the month's profits")

RIVAL_CAPITAL_CENTS: Final = 5_000_000_000
"""What each rival begins with: as much as we by default (assumption); their cash limits nothing that they do."""


def open_books(context: Context) -> None:
    """Post opening stock and capital on the first morning; the burn-in then brings stocks near their steady state."""
    world, scenario, journal = context.world, context.scenario, context.journal
    case, ordering = world.case_units, scenario.retail.ordering
    risk = world.outlet_review_days[:, None] + ordering.expected_lead_days
    wanted = world.sales_rate * risk * ordering.opening_stock
    shelf = np.ceil(wanted / case).astype(np.int32) * case * (world.is_listed & world.is_open[:, None])
    warehouse = np.ceil(world.distributor_forecast * scenario.distributors.opening_stock_days).astype(np.int64)
    days = np.array([c.factory.stock_days for c in companies_of(scenario)])[world.product_company]
    factory = np.ceil(world.factory_order_rate * days).astype(np.int64)
    journal.open_stock(factory=factory, distributor=warehouse, outlet=shelf.astype(np.int32))
    company = np.full(world.sizes["company"], RIVAL_CAPITAL_CENTS, dtype=np.int64)
    company[0] = scenario.ours.opening_cash_cents
    tills = np.where(first_rows(world), world.distributor_working_capital_cents, 0)
    journal.pay_in_capital(company=company, distributor=tills, outlet=world.outlet_working_capital_cents)
    period = scenario.distributors.push.period_days
    world.period_target_units[:] = np.floor(world.lever_target_growth * world.past_purchase_rate * period)


class Settlement:
    """Payments between outlets, distributors, companies and owners."""

    writes = frozenset({"journal"})

    def __init__(self, context: Context) -> None:
        self._c = context
        payment, delayed = context.scenario.retail.payment, context.scenario.mechanisms.payment_delay
        late = payment.late_probability if delayed else 0.0
        self._rules = bundle(PaymentRules, payment, late_probability=late)
        cash = np.zeros(context.world.n_outlets, dtype=np.int64)
        self._payers = bundle(Payers, context.world, cash_cents=cash)
        self._paid = zeros(Paid, 0, np.int64)

    def process(self, env: Clock) -> Life:
        """Live as the banks of all parties, one process: the evening's payments, and once a month the owners' draw."""
        if self._c.scenario.mechanisms.interest:
            env.routine(self, PAY_INTEREST, self._pay_interest)
        env.routine(self, DRAW_PROFITS, self._draw_profits, partial(next_every, days=MONTH, offset=MONTH - 1))
        while True:
            yield env.at(OUTLETS_PAY)
            self._outlets_pay(env.today)
            yield env.at(DISTRIBUTORS_PAY)
            self._distributors_pay(env.today)

    def _outlets_pay(self, day: Day) -> None:
        table = self._c.world.tables["invoices"]
        if table.n == 0:
            return
        self._payers.cash_cents[:] = self._c.world.outlet_books[:, Account.CASH]
        invoices = Invoices(**{name: table[name] for name in Invoices._fields})
        paid = self._room_for(table.n)
        key = self._c.key(DecisionPoint.LATE_PAYMENT, day.index)
        kept, n = choose_payments(invoices, self._payers, self._rules, key, day.index, paid)
        table.truncate(kept)
        self._c.journal.outlets_pay(Payments(**{name: getattr(paid, name)[:n] for name in Payments._fields}))

    def _room_for(self, n: int) -> Paid:
        """Return a buffer for n payments; fresh memory every evening would cost as much as the payments themselves."""
        if self._paid.cents.shape[0] < n:
            self._paid = Paid(**{name: np.empty(2 * n, dtype=np.int64) for name in Paid._fields})
        return self._paid

    def _distributors_pay(self, day: Day) -> None:
        world = self._c.world
        slot = day.index % RING_DAYS
        cash = np.maximum(world.distributor_books[:, Account.CASH], 0)
        self._c.journal.distributors_pay(slot, np.minimum(world.distributor_due_cents[slot], cash), slot + 1)

    def _pay_interest(self) -> None:
        rates = self._c.scenario.money.interest
        self._c.journal.pay_interest(
            company=rates.manufacturer_per_year, distributor=rates.distributor_per_year, outlet=rates.outlet_per_year
        )

    def _draw_profits(self) -> None:
        """Owners take cash beyond working capital and debts, once a month."""
        world = self._c.world
        outlet = (
            world.outlet_books[:, Account.CASH]
            + world.outlet_books[:, Account.PAYABLE]
            - world.outlet_working_capital_cents
        )
        books = world.distributor_books
        distributor = books[:, Account.CASH] + books[:, Account.PAYABLE] - world.distributor_working_capital_cents
        self._c.journal.draw_profits(np.maximum(outlet, 0), np.maximum(distributor, 0))
