"""The last act of the day: write the panels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.agents.market_day import MarketDay
from sim.calendar import Phase, Rank
from sim.kernels.choice import ShelfTerms
from sim.kernels.delivery import sum_by_distributor
from sim.kernels.freshness import Goods, sum_ages
from sim.kernels.snapshot import Outlets, SnapshotRules, snapshot_products, snapshot_territories
from sim.world.bundles import bundle
from sim.world.firms import first_rows, is_free
from sim.world.ground import open_ground

Array = NDArray[Any]
ACTIVE_DAYS = 28

RECORD = Moment(Phase.RECORD, Rank.RECORDING, 0, "the recorder", "writes the day down")


class Recording:
    """Watches the world; changes nothing in it."""

    writes: frozenset[str] = frozenset()

    def __init__(self, context: Context, market: MarketDay) -> None:
        self._c = context
        self._market = market
        self._terms = bundle(ShelfTerms, context.scenario.retail.shelf, context.scenario.mechanisms)
        world = context.world
        self._is_of_brand = (world.product_brand[:, None] == np.arange(world.sizes["brand"])).astype(np.float64)
        self._outlets, self._goods = bundle(Outlets, world), bundle(Goods, world)
        self._rules = bundle(SnapshotRules, context.scenario.database, active_days=ACTIVE_DAYS)

    def process(self, env: Clock) -> Life:
        """Live as the recorder, who writes every day down at its end."""
        while True:
            yield env.at(RECORD)
            self._record(env.today)

    def _record(self, day: Day) -> None:
        recorder, world = self._c.recorder, self._c.world
        territory = recorder.today("territory", day.index)
        brands = recorder.today("brand_territory", day.index)
        market = recorder.today("market", day.index)
        snapshot_territories(day.index, self._outlets, self._rules, territory, brands)
        snapshot_products(self._outlets, self._terms, np.empty(world.sizes["product"]), market)
        weight = np.maximum(territory.open_weight, 1e-12)[:, None]
        market.facings_share[:] /= weight
        brands.relation[:] /= weight
        territory.knowledge[:], territory.efficiency[:] = world.programme_knowledge[0], world.efficiency[0]
        territory.price_disorder[:] += world.price_disorder[:, 0]
        territory.open_ground[:] += open_ground(world, 0)
        free = world.distributor_territory[is_free(world) & first_rows(world)]
        territory.free_firms[:] += np.bincount(free, minlength=world.sizes["territory"])
        recorder.add(
            "brand_territory",
            day.index,
            goodwill=world.goodwill,
            brand_capital=world.brand_capital,
            price_index=self._price_index(),
        )
        self._distributors(day)
        if self._c.scenario.mechanisms.age_of_goods:
            self._ages(day)
        recorder.close_books(day.index)
        if recorder.outlet_panel.shape[0]:
            recorder.outlet_panel[day.index, :, :, 1] = world.outlet_stock_units

    def _price_index(self) -> Array:
        """Mean street price against the shelf price by territory and brand."""
        factor = self._market.price_factor()
        products = self._is_of_brand.sum(axis=0)
        # A brand without any product has no price.
        index: Array = factor @ self._is_of_brand / np.where(products > 0, products, np.nan)
        return index

    def _ages(self, day: Day) -> None:
        """How old all goods are, goods on the road left out."""
        world, recorder = self._c.world, self._c.recorder
        sum_ages(self._goods, day.index, recorder.today("market", day.index).outlet_age_sum)
        distributor = world.distributor_stock_units * (day.index - world.distributor_born_day)
        recorder.add("distributor", day.index, age_sum=distributor)
        recorder.add("factory", day.index, age_sum=world.factory_stock_units * (day.index - world.factory_born_day))

    def _distributors(self, day: Day) -> None:
        world = self._c.world
        waiting = np.zeros((world.sizes["distributor"], world.sizes["product"]), dtype=np.int64)
        sum_by_distributor(world.open_order_units, world.outlet_distributor, world.product_company, waiting)
        self._c.recorder.add(
            "distributor",
            day.index,
            stock_units=world.distributor_stock_units,
            transit_units=self._c.journal.on_the_road(),
            backlog_units=waiting,
        )
