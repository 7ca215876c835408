"""The evening's cash: outlets and distributors pay what is due; owners take out what the business does not need."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank, next_every
from sim.kernels.invoices import choose_payments
from sim.streams import DecisionPoint
from sim.world.accounts import Account
from sim.world.world import RING_DAYS

Array = NDArray[Any]
MONTH = 30

OUTLETS_PAY = Moment(Phase.SETTLE, Rank.SETTLEMENT, 0, "shops", "pay the invoices that are due, or pay late")
DISTRIBUTORS_PAY = Moment(Phase.SETTLE, Rank.SETTLEMENT, 1, "distributors", "pay the companies' invoices that are due")
DRAW_PROFITS = Moment(Phase.SETTLE, Rank.SETTLEMENT, 2, "owners", "draw the month's profits")


class Settlement:
    """Payments between outlets, distributors, companies and owners."""

    writes = frozenset({"journal"})

    def __init__(self, context: Context) -> None:
        self._c = context

    def process(self, env: Clock) -> Life:
        """Live as the banks of all parties, one process: the evening's payments, and once a month the owners' draw."""
        env.routine(self, DRAW_PROFITS, self._draw_profits, partial(next_every, days=MONTH, offset=MONTH - 1))
        while True:
            yield env.at(OUTLETS_PAY)
            self._outlets_pay(env.today)
            yield env.at(DISTRIBUTORS_PAY)
            self._distributors_pay(env.today)

    def _outlets_pay(self, day: Day) -> None:
        world, payment = self._c.world, self._c.scenario.retail.payment
        table = world.tables["invoices"]
        if table.n == 0:
            return
        delays = self._c.scenario.mechanisms.payment_delay
        paid = np.empty((3, table.n), dtype=np.int64)
        kept, n = choose_payments(
            day.index, table["due_day"], table["outlet"], table["distributor"], table["cents"],
            world.outlet_books[:, Account.CASH].copy(), world.relation, world.distributor_company, world.outlet_slot,
            self._c.key(DecisionPoint.LATE_PAYMENT, day.index), payment.late_probability if delays else 0.0,
            payment.relation_effect, payment.late_days, paid,
        )  # fmt: skip
        table.truncate(kept)
        self._c.journal.outlets_pay(paid[0, :n], paid[1, :n], paid[2, :n])

    def _distributors_pay(self, day: Day) -> None:
        world = self._c.world
        slot = day.index % RING_DAYS
        cash = np.maximum(world.distributor_books[:, Account.CASH], 0)
        self._c.journal.distributors_pay(slot, np.minimum(world.distributor_due_cents[slot], cash), slot + 1)

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
