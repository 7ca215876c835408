"""Distributors' own salesmen, who call for the company that their house attends to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day, wage_of_working_day
from sim.agents.clock import Clock, Life, Moment
from sim.agents.order_book import OrderBook
from sim.agents.retailer import Retailer
from sim.calendar import Phase, Rank
from sim.kernels.rivals import size_pull
from sim.kernels.salesmen import Crews, salesmen_days
from sim.ledger.recorder import Event
from sim.streams import DecisionPoint
from sim.world.accounts import Account, Sector
from sim.world.bundles import bundle

Array = NDArray[Any]

CALL = Moment(Phase.FIELD, Rank.DISTRIBUTOR, 0, "distributors' salesmen", "call on the outlets of their lists")


class Salesmen:
    """All distributors' salesmen."""

    writes = frozenset({"retailer", "market_day", "journal", "programme"})

    def __init__(self, context: Context, book: OrderBook, retailer: Retailer) -> None:
        self._c = context
        self._book, self._retailer = book, retailer
        world, n = context.world, context.world.sizes["distributor"]
        self._spec = context.scenario.distributors.partners.salesmen
        keys = np.zeros((4, world.sizes["company"]), dtype=np.uint64)
        self._crews = bundle(
            Crews,
            world,
            self._spec,
            calls=np.zeros(n),
            pull=np.empty(world.n_outlets),
            order=keys[0],
            estimate=keys[1],
            sell_in=keys[2],
            displacement=keys[3],
            focus=np.ones(world.sizes["product"]),
            total=np.zeros(n),
        )
        size_pull(world.outlet_size, self._spec.focus, self._crews.pull)
        self._shelves = book.shelves._replace(won=np.zeros_like(book.won))
        self._made = np.zeros(n, dtype=np.int64)

    def process(self, env: Clock) -> Life:
        """Live a working day of all distributors' salesmen: one process, since one kernel makes all their calls."""
        if self._c.scenario.mechanisms.distributor_companies and self._spec.calls_per_day > 0.0:
            while True:
                yield from env.sleep(CALL, self._c.next_working_day)
                self._call(env.today)

    def _call(self, day: Day) -> None:
        world, crews = self._c.world, self._crews
        crews.order[:] = world.company_slot ^ self._c.key(DecisionPoint.SALESMAN_ORDER, day.index)
        crews.estimate[:] = world.company_slot ^ self._c.key(DecisionPoint.SALESMAN_ESTIMATE, day.index)
        crews.sell_in[:] = world.company_slot ^ self._c.key(DecisionPoint.SALESMAN_SELL_IN, day.index)
        crews.displacement[:] = world.company_slot ^ self._c.key(DecisionPoint.SALESMAN_DISPLACEMENT, day.index)
        key = self._c.key(DecisionPoint.SALESMAN_CALL, day.index)
        salesmen_days(crews, self._shelves, self._book.relations, self._book.call_rules, day.index, key, self._made)
        self._book.record_displaced(day)
        self._retailer.record_listings(day, int(Phase.FIELD), Event.LISTING_WON, self._shelves.won)
        self._c.recorder.add("partner", day.index, calls=self._made)
        cents = np.floor(self._made / self._spec.calls_per_day * wage_of_working_day(self._c)).astype(np.int64)
        self._c.journal.distributor_expense(Account.ADVISOR_COST, cents, Sector.EMPLOYEES)
