"""The last act of the day: write the panels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.agents.market_day import MarketDay
from sim.agents.tastes import shelf_terms
from sim.calendar import Phase, Rank
from sim.kernels.delivery import sum_by_distributor
from sim.kernels.snapshot import FACINGS, IN_STOCK_SIZE, snapshot_products, snapshot_territories

Array = NDArray[Any]
ACTIVE_DAYS = 28

RECORD = Moment(Phase.RECORD, Rank.RECORDING, 0, "the recorder", "writes the day down")


class Recording:
    """Watches the world; changes nothing in it."""

    writes: frozenset[str] = frozenset()

    def __init__(self, context: Context, market: MarketDay) -> None:
        self._c = context
        self._market = market
        self._terms = shelf_terms(context.scenario)
        world = context.world
        self._is_of_brand = (world.product_brand[:, None] == np.arange(world.sizes["brand"])).astype(np.float64)
        self._brand_company = np.zeros(world.sizes["brand"], dtype=np.int64)
        self._brand_company[world.product_brand] = world.product_company

    def process(self, env: Clock) -> Life:
        """Live as the recorder, who writes every day down at its end."""
        while True:
            yield env.at(RECORD)
            self._record(env.today)

    def _record(self, day: Day) -> None:
        open_weight = self._territories(day)
        self._products(day, open_weight)
        self._distributors(day)
        recorder, world = self._c.recorder, self._c.world
        recorder.close_books(day.index)
        if recorder.outlet_panel.shape[0]:
            recorder.outlet_panel[day.index, :, :, 1] = world.outlet_stock_units

    def _products(self, day: Day, open_weight: Array) -> None:
        world = self._c.world
        seen = np.zeros((world.sizes["territory"], world.sizes["product"], 6))
        snapshot_products(
            world.is_open, world.outlet_territory, world.outlet_size, world.is_listed, world.outlet_stock_units,
            world.shelf_gain, world.relation, world.display_on, world.product_company, self._terms,
            np.empty(seen.shape[1]), seen,
        )  # fmt: skip
        seen[:, :, FACINGS] /= np.maximum(open_weight, 1e-12)[:, None]
        # Two stretches of the panel's fields, in its order.
        self._c.recorder.add_block("market", day.index, "outlet_stock_units", seen[:, :, :IN_STOCK_SIZE])
        self._c.recorder.add_block("market", day.index, "in_stock_weight", seen[:, :, IN_STOCK_SIZE:])

    def _territories(self, day: Day) -> Array:
        """Record territories and brands; return the size of the open outlets, shape (n_territories,)."""
        world, recorder = self._c.world, self._c.recorder
        counts = np.zeros((world.sizes["territory"], 9))
        brands = np.zeros((world.sizes["territory"], world.sizes["brand"], 2))
        snapshot_territories(
            day.index, world.is_open, world.outlet_territory, world.outlet_size, world.is_known, world.last_visit_day,
            world.last_sold_day, world.habit, world.is_listed, world.relation, world.exclusive_company,
            world.exclusive_until, self._brand_company, world.product_company,
            self._c.scenario.database.unvisited_after_days, ACTIVE_DAYS, counts, brands,
        )  # fmt: skip
        recorder.add_block("territory", day.index, "open_outlets", counts)
        recorder.add("territory", day.index, price_disorder=world.price_disorder[:, 0])
        relation = brands[:, :, 0] / np.maximum(counts[:, 1], 1e-12)[:, None]
        recorder.add(
            "brand_territory", day.index, goodwill=world.goodwill, relation=relation, first_outlets=brands[:, :, 1],
            price_index=self._price_index(),
        )  # fmt: skip
        open_weight: Array = counts[:, 1]
        return open_weight

    def _price_index(self) -> Array:
        """Mean street price against the shelf price by territory and brand."""
        factor = self._market.price_factor()
        index: Array = factor @ self._is_of_brand / self._is_of_brand.sum(axis=0)
        return index

    def _distributors(self, day: Day) -> None:
        world = self._c.world
        waiting = np.zeros((world.sizes["distributor"], world.sizes["product"]), dtype=np.int64)
        sum_by_distributor(world.open_order_units, world.outlet_distributor, world.product_company, waiting)
        self._c.recorder.add(
            "distributor", day.index, stock_units=world.distributor_stock_units,
            transit_units=self._c.journal.on_the_road(), backlog_units=waiting,
        )  # fmt: skip
