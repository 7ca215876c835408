"""Promoters: they stand in large outlets on the busy days, ours and the rivals'."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank
from sim.kernels.promoting import Stages, place_promoters
from sim.world.accounts import Account, Sector
from sim.world.setup.companies import companies_of
from sim.world.shares import whole_shares

Array = NDArray[Any]

PROMOTION_DAYS = (4, 5, 6)
"""Weekdays on which promoters work: Friday to Sunday, when most shoppers come."""

TAKE_PLACES = Moment(Phase.FIELD, Rank.PROMOTER, 0, "promoters", "take their places in large shops, or go home")


class Promoters:
    """Promoters of every company."""

    writes = frozenset({"field", "journal", "retailer", "market_day"})

    def __init__(self, context: Context) -> None:
        self._c = context
        world = context.world
        rows = np.argsort(world.outlet_territory, kind="stable")
        first = np.searchsorted(world.outlet_territory[rows], np.arange(world.sizes["territory"] + 1))
        self._stages = Stages(
            rows, first, world.is_open, world.weight_is_stale, world.promoter_companies, world.is_listed,
            world.shelf_gain, world.product_company,
        )  # fmt: skip
        self._chosen = np.zeros(world.n_outlets, dtype=np.int64)
        self._budgets = [c.budget for c in companies_of(context.scenario)]
        brands = np.arange(world.sizes["brand"])
        self._brands = [
            brands[np.isin(brands, world.product_brand[world.product_company == c])] for c in range(len(self._budgets))
        ]

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
            placed = self._send(c)
            self._c.journal.company_expense(
                c, Account.PROMOTER_COST, int(placed.sum()) * budget.promoter_wage_cents, Sector.EMPLOYEES
            )
            for b in self._brands[c]:
                self._c.recorder.panels["brand_territory"].promoters[day.index, :, b] += placed

    def _send(self, c: int) -> Array:
        """Place a company's promoters; returns their number by territory. Rivals know all outlets and their sizes."""
        world, shelf = self._c.world, self._c.scenario.retail.shelf
        size, is_candidate = (world.known_size, world.is_known) if c == 0 else (world.outlet_size, world.is_open)
        placed = np.zeros(world.sizes["territory"], dtype=np.int64)
        place_promoters(
            self._stages, c, self._persons(c), size, is_candidate, self._c.scenario.mechanisms.shelf, shelf.visit_gain,
            shelf.best_weight, self._chosen, placed,
        )  # fmt: skip
        return placed

    def _persons(self, c: int) -> Array:
        """Promoters of a company by territory: our levers, and for rivals their budget by population."""
        world = self._c.world
        if c == 0:
            return world.lever_promoters.astype(np.int64)
        return whole_shares(self._budgets[c].promoters, world.territory_population)
