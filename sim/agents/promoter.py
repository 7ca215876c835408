"""Promoters: they stand in large outlets on the busy days, ours and the rivals'."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.agents.known_market import ShopObserver
from sim.calendar import Phase, Rank
from sim.kernels.calls import ShelfRules
from sim.kernels.promoting import Stages, place_promoters
from sim.world.accounts import Account, Sector
from sim.world.bundles import bundle
from sim.world.ground import open_ground, whole_shares_of_ground
from sim.world.setup.companies import companies_of

Array = NDArray[Any]

PROMOTION_DAYS = (4, 5, 6)
"""Weekdays on which promoters work: Friday to Sunday, when most shoppers come."""

TAKE_PLACES = Moment(Phase.FIELD, Rank.PROMOTER, 0, "promoters", "take their places in large shops, or go home")


class Promoters:
    """Promoters of every company."""

    writes = frozenset({"field", "journal", "retailer", "market_day", "database"})

    def __init__(self, context: Context) -> None:
        self._c = context
        world = context.world
        rows = np.argsort(world.outlet_territory, kind="stable")
        first = np.searchsorted(world.outlet_territory[rows], np.arange(world.sizes["territory"] + 1))
        self._stages = bundle(Stages, world, rows=rows, first=first, chosen=np.zeros(world.n_outlets, dtype=np.int64))
        self._observer = ShopObserver(context)
        self._rules = bundle(ShelfRules, context.scenario.retail.shelf)
        self._budgets = [c.budget for c in companies_of(context.scenario)]
        self._owns = np.zeros((len(self._budgets), world.sizes["brand"]), dtype=np.int64)
        self._owns[world.product_company, world.product_brand] = 1

    def process(self, env: Clock) -> Life:
        """Live as the promoters of all companies: they take their places, and go home after the last busy day."""
        if self._c.scenario.mechanisms.promoters:
            while True:
                yield from env.sleep(TAKE_PLACES, self._next_day)
                self._place(env.today)

    def _next_day(self, first: int) -> int | None:
        """The next busy day, or tomorrow, when those who stand in the shops today have to go."""
        if self._c.world.promoter_companies.any():
            return first
        return self._c.next_day(first, lambda day: day.weekday in PROMOTION_DAYS and not day.nobody_works)

    def _place(self, day: Day) -> None:
        world = self._c.world
        world.promoter_companies[:] = 0
        if day.weekday not in PROMOTION_DAYS or day.nobody_works:
            return
        for c, budget in enumerate(self._budgets):
            at_work, cents = self._send(c), budget.promoter_wage_cents
            self._c.journal.company_expense(c, Account.PROMOTER_COST, int(at_work.sum()) * cents, Sector.EMPLOYEES)
            self._c.recorder.add("brand_territory", day.index, promoters=at_work[:, None] * self._owns[c])
        if self._c.scenario.mechanisms.task_minutes:
            # Ours report what they see beside their work, without an advisor's skill of looking.
            self._observer.look(day, np.flatnonzero(world.promoter_companies & 1))

    def _send(self, c: int) -> Array:
        """Place a company's promoters; returns their number by territory. Rivals know all outlets and their sizes."""
        world, persons = self._c.world, self._persons(c)
        size, is_candidate = (world.known_size, world.is_known) if c == 0 else (world.outlet_size, world.is_open)
        tidies = self._c.scenario.mechanisms.shelf
        place_promoters(self._stages, self._rules, c, persons, size, is_candidate, tidies)
        return persons

    def _persons(self, c: int) -> Array:
        """Promoters of a company by territory: our levers, and for rivals their means by population."""
        world = self._c.world
        if c == 0:
            return (world.lever_promoters * open_ground(world, 0)).astype(np.int64)
        return whole_shares_of_ground(world, c, self._budgets[c].promoters)
