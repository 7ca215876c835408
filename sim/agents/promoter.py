"""Promoters: they stand in large outlets on the busy days, ours and the rivals'."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Act, Context, Day, Rank
from sim.agents.by_territory import ByTerritory
from sim.calendar import Phase
from sim.kernels.snapshot import find_carriers
from sim.world.accounts import Account, Sector
from sim.world.build.companies import companies_of
from sim.world.shares import whole_shares

Array = NDArray[Any]

PROMOTION_DAYS = (4, 5, 6)
"""Weekdays on which promoters work: Friday to Sunday, when most shoppers come."""


class Promoters:
    """Promoters of every company."""

    writes = frozenset({"field", "journal", "retailer", "market_day"})

    def __init__(self, context: Context) -> None:
        self._c = context
        places, size = ByTerritory(context.world), context.world.outlet_size
        rows = (places[t] for t in range(context.world.sizes["territory"]))
        self._by_size = [r[np.argsort(-size[r], kind="stable")] for r in rows]
        self._carriers = np.zeros(context.world.n_outlets, dtype=np.int64)
        self._budgets = [c.budget for c in companies_of(context.scenario)]

    def acts(self, day: Day) -> Iterator[Act]:
        """Yield the placing of promoters."""
        if self._c.scenario.mechanisms.promoters:
            yield Act(Phase.FIELD, Rank.PROMOTER, 0, lambda: self._place(day))

    def _place(self, day: Day) -> None:
        world = self._c.world
        world.promoter_companies[:] = 0
        if day.weekday not in PROMOTION_DAYS:
            return
        for c, budget in enumerate(self._budgets):
            n = self._persons(c)
            rows = self._outlets(c, n)
            world.promoter_companies[rows] |= 1 << c
            self._tidy(c, rows)
            self._c.journal.company_expense(
                c, Account.PROMOTER_COST, rows.shape[0] * budget.promoter_wage_cents, Sector.EMPLOYEES
            )
            placed = np.bincount(world.outlet_territory[rows], minlength=world.sizes["territory"])
            for b in np.unique(world.product_brand[world.product_company == c]):
                self._c.recorder.panels["brand_territory"][day.index, :, b, 3] += placed

    def _persons(self, c: int) -> Array:
        """Promoters of a company by territory: our levers, and for rivals their budget by population."""
        world = self._c.world
        if c == 0:
            return world.lever_promoters
        return whole_shares(self._budgets[c].promoters, world.territory_population)

    def _outlets(self, c: int, persons: Array) -> Array:
        """The largest open outlets that list the company; ours only as far as the database knows them."""
        world = self._c.world
        chosen = []
        for t in np.flatnonzero(persons > 0):
            # Rivals know the sizes: their order never changes, and the sort for ours is of what the database knows.
            n = find_carriers(
                self._by_size[t], world.is_open, world.is_listed, world.product_company, c, self._carriers
            )
            rows = self._carriers[:n].copy()
            if c == 0:
                rows = np.sort(rows[world.is_known[rows]])
                rows = rows[np.argsort(-world.known_size[rows], kind="stable")]
            chosen.append(rows[: persons[t]])
        return np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.int64)

    def _tidy(self, c: int, rows: Array) -> None:
        """Promoters put the shelf right."""
        world, shelf = self._c.world, self._c.scenario.retail.shelf
        if not self._c.scenario.mechanisms.shelf:
            return
        for p in np.flatnonzero(world.product_company == c):
            listed = rows[world.is_listed[rows, p]]
            world.shelf_gain[listed, p] += shelf.visit_gain * (shelf.best_weight - 1.0 - world.shelf_gain[listed, p])
        world.weight_is_stale[rows] = True
