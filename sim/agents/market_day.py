"""The day's trading: consumers shop in every outlet."""

from __future__ import annotations

from calendar import monthrange
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank
from sim.kernels.choice import (
    PriceCuts,
    Prices,
    Shelf,
    ShelfTerms,
    Tastes,
    TerritoryTerms,
    refresh_weights,
    street_prices,
    territory_weights,
)
from sim.kernels.day import TOMORROW, DayCounts, Keys, Movers, Returners, Rules, Shops, Trade, Watch
from sim.kernels.footfall import like_sized
from sim.kernels.panel import Labels, label_purchases
from sim.kernels.shopping import trade_day
from sim.kernels.snapshot import Outlets, count_available
from sim.kernels.stock_out import CAUSE_SUPPLY, CAUSES, REACTIONS
from sim.ledger.postings import Sales, SellIn
from sim.streams import DecisionPoint
from sim.world.bundles import bundle, zeros
from sim.world.setup.market import draw_households
from sim.world.world import RING_DAYS, World

Array = NDArray[Any]
WEEK = 7
BY_PRODUCT = "shoppers_first_choice", "substituted_brand", "substituted_product", "moved_store", "deferred"
"""Counts of the day that go into the market's panel as they are."""


def street_price_factor(cuts: PriceCuts) -> Array:
    """Return street price against shelf price: less cuts and price disorder, shape (n_territories, n_products)."""
    prices = zeros(Prices, cuts.price_cut.shape)
    street_prices(cuts, prices)
    return prices.factor


def tastes_of(world: World) -> Tastes:
    """Return the choice coefficients by segment; one average segment when segments are off."""
    consumers, on = world.scenario.consumers, world.scenario.mechanisms
    names = "price_coefficient", "habit_weight", "quality_taste"
    rows = np.array([[getattr(segment, name) for name in names] for segment in consumers.segments])
    if not on.segments:
        rows = np.average(rows, axis=0, weights=[segment.share for segment in consumers.segments])[None, :]
    columns = dict(zip(names, rows.T.copy(), strict=True))
    if not on.habit:
        columns["habit_weight"][:] = 0.0
    return bundle(Tastes, world, consumers, usual_price_cents=world.usual_price_cents.astype(np.float64), **columns)


def _new_movers(capacity: int) -> Movers:
    """An empty table of shoppers who go on."""
    causes = {name: np.zeros(capacity, dtype=np.int8) for name in ("cause", "later_cause")}
    return zeros(Movers, capacity, np.int32, n=np.zeros(2, dtype=np.int64), **causes)


SHOP = Moment(Phase.SHOP, Rank.MARKET, 0, "consumers", "shop in every outlet")


class MarketDay:
    """Consumers of the whole market."""

    writes = frozenset({"market_day", "journal"})

    def __init__(self, context: Context) -> None:
        self._c = context
        world, scenario = context.world, context.scenario
        self._tastes = tastes_of(world)
        # Columns are written in place, so the bundles stay true.
        self._outlets = bundle(Outlets, world)
        self._shelf, self._demand = bundle(Shelf, world), bundle(TerritoryTerms, world)
        self._terms = bundle(ShelfTerms, scenario.retail.shelf, scenario.mechanisms)
        self._cuts = bundle(PriceCuts, world, scenario.diversion)
        self._shops, self._rules = self._new_shops(), self._new_rules()
        self._holidays = [
            (context.calendar.index_of(h.first_date), h.duration_days, h.demand_multiplier)
            for h in scenario.calendar.holidays
        ]
        self._week_day = (world.outlet_slot % np.uint64(WEEK)).astype(np.int64)
        self._movers = _new_movers(4 * world.n_outlets + 4096)
        self._households = draw_households(world) if scenario.consumers.panel.households else None
        self._watch = self._new_watch()
        self._shape = world.sizes["territory"], world.sizes["product"]
        self._shares = np.zeros(world.sizes["product"])
        self._prices = zeros(Prices, self._shape)

    def _new_shops(self) -> Shops:
        world = self._c.world
        near = world.neighbour_outlet
        if not self._c.scenario.mechanisms.other_store:
            near = np.full((world.n_outlets, 1), -1, dtype=near.dtype)
        return bundle(Shops, world, neighbour_outlet=near, like_sized=like_sized(world.outlet_size))

    def _new_rules(self) -> Rules:
        """How people shop; `demand_factor` and `territory_weight` are written every day."""
        world, scenario = self._c.world, self._c.scenario
        consumers, on = scenario.consumers, scenario.mechanisms
        t, s, p = world.sizes["territory"], world.sizes["segment"], world.sizes["product"]
        return bundle(
            Rules,
            world,
            on,
            demand_factor=np.ones(t),
            dispersion=scenario.category.dispersion if on.overdispersion else 0.0,
            territory_weight=np.ones((t, s, p)),
            no_purchase_weight=float(np.exp(consumers.no_purchase_utility)),
            promoter_weight=np.ones((t, world.sizes["company"])),
            reaction_steps=np.cumsum([getattr(consumers.stock_out, name) for name in REACTIONS]),
            choose_again=consumers.stock_out_rule == "choose_again",
        )

    def process(self, env: Clock) -> Life:
        """Live as the consumers of the whole market: one act a day, since shoppers of one shop go on to the next."""
        while True:
            yield env.at(SHOP)
            self._trade(env.today)

    def _trade(self, day: Day) -> None:
        world, recorder = self._c.world, self._c.recorder
        self._refresh(day)
        self._rules.promoter_weight[:] = np.exp(self._c.scenario.consumers.promoter_utility * world.efficiency.T)
        territory_weights(self._demand, self._tastes, self._cuts, self._prices, self._rules.territory_weight)
        available = np.zeros(self._shape)
        count_available(self._outlets, available)
        counts = self._shop(day)
        self._rush_missing_goods(day, counts)
        if day.index == self._c.calendar.burn_in_days:
            world.sold_total_units[:] = 0
        # Units, consumers' and companies' cents, shape (n_territories, n_products, 3).
        sales = self._c.journal.sell_out(counts.sold, price_factor=self._prices.factor, cut=self._prices.paid)
        world.bought_units[:] = sales.units
        # Kept for all distributors, so that an information system put in today shows the weeks before, too.
        world.sell_out_history[:, :, day.index % world.sizes["history"]] = sales.by_distributor
        count_available(self._outlets, available)
        recorder.add("market", day.index, available_outlets=available / 2.0)
        self._record(day, counts, sales)

    def _refresh(self, day: Day) -> None:
        """Recompute weights of outlets whose shelf changed, and of those whose habit moved yesterday evening."""
        world = self._c.world
        rows = np.flatnonzero(world.weight_is_stale | (self._week_day == (day.index - 1) % WEEK))
        refresh_weights(self._shelf, self._tastes, self._terms, rows, self._shares)
        world.weight_is_stale[:] = False

    def price_factor(self) -> Array:
        """Return street price against shelf price, shape (n_territories, n_products)."""
        return street_price_factor(self._cuts)

    def _new_counts(self) -> DayCounts:
        n, (t, p) = self._c.world.n_outlets, self._shape
        return zeros(
            DayCounts,
            self._shape,
            np.int64,
            sold=np.zeros((n, p), dtype=np.int32),
            shoppers=np.zeros(n, dtype=np.int32),
            no_purchase=np.zeros(t, dtype=np.int64),
            lost=np.zeros((t, p, len(CAUSES)), dtype=np.int64),
        )

    def _shop(self, day: Day) -> DayCounts:
        self._rules.demand_factor[:] = self.demand_factor(day)
        trade = self._serve(day)
        movers, later = trade.movers, self._c.world.tables["returners"]
        later.clear()
        n = int(movers.n[TOMORROW])
        later.append(outlet=movers.later_outlet[:n], product=movers.later_product[:n], cause=movers.later_cause[:n])
        if self._households is not None:
            self._label(day, trade)
        return trade.counts

    def _serve(self, day: Day) -> Trade:
        """Serve everybody; when more go on to other stores than the table holds, once more with a larger one."""
        later = self._c.world.tables["returners"]
        keys = Keys(
            shoppers=self._c.key(DecisionPoint.SHOPPERS, day.index),
            choice=self._c.key(DecisionPoint.CHOICE, day.index),
            reaction=self._c.key(DecisionPoint.REACTION, day.index),
            second=self._c.key(DecisionPoint.SECOND_CHOICE, day.index),
            store=self._c.key(DecisionPoint.STORE_CHOICE, day.index),
        )
        returners = Returners(outlet=later["outlet"], product=later["product"], cause=later["cause"])
        while True:
            counts, movers = self._new_counts(), self._movers
            movers.n[:] = 0
            trade = Trade(
                shops=self._shops,
                rules=self._rules,
                keys=keys,
                returners=returners,
                counts=counts,
                movers=movers,
                watch=self._watch,
            )
            if trade_day(trade):
                return trade
            self._movers = _new_movers(2 * int(movers.n.max()))

    def _new_watch(self) -> Watch:
        """Buffers for the panel's outlets; empty ones when there is no panel."""
        world = self._c.world
        place = np.full(world.n_outlets, -1, dtype=np.int64)
        if self._households is None:
            return Watch(place=place, start=np.zeros(1, dtype=np.int64), bought=np.zeros(0, dtype=np.int32))
        watched = self._households.outlet
        place[watched] = np.arange(watched.shape[0])
        busiest = max([1.0, *(h.demand_multiplier for h in self._c.scenario.calendar.holidays)])
        capacity = int(6.0 * busiest * world.outlet_size[watched].sum()) + 1000
        start = np.zeros(watched.shape[0] + 1, dtype=np.int64)
        return Watch(place=place, start=start, bought=np.full(capacity, -1, dtype=np.int32))

    def _label(self, day: Day, trade: Trade) -> None:
        labels = zeros(Labels, self._watch.bought.shape[0], np.int32)
        key = self._c.key(DecisionPoint.HOUSEHOLD_LABEL, day.index)
        n = label_purchases(trade, self._households, key, labels)
        rows = {name: column[:n] for name, column in labels._asdict().items()}
        self._c.world.tables["households"].append(day=np.full(n, day.index), **rows)

    def demand_factor(self, day: Day) -> Array:
        """Return today's category demand against the average, shape (n_territories,)."""
        world = self._c.world
        if not self._c.scenario.mechanisms.season:
            return np.ones(world.sizes["territory"])
        years = (day.index - self._c.calendar.burn_in_days) / 365.0
        growth = (1.0 + world.territory_growth) ** years
        factor: Array = self._season(day) * world.territory_weekday[:, day.weekday] * growth
        for first, length, multiplier in self._holidays:
            if first <= day.index < first + length:
                factor *= multiplier
        return factor

    def _season(self, day: Day) -> Array:
        """Season of the day, interpolated between mid-months so that no step falls on the first of a month."""
        season = self._c.world.territory_season
        month = day.when.month - 1
        days_in_month = monthrange(day.when.year, day.when.month)[1]
        offset = (day.when.day - 0.5) / days_in_month - 0.5
        other = (month + (1 if offset > 0 else -1)) % 12
        return season[:, month] * (1.0 - abs(offset)) + season[:, other] * abs(offset)

    def _rush_missing_goods(self, day: Day, counts: DayCounts) -> None:
        """With stock-outs off, what the shelf lacks is made and delivered in the same minute."""
        if self._c.scenario.mechanisms.stock_outs:
            return
        world = self._c.world
        missing = np.maximum(counts.sold - world.outlet_stock_units, 0)
        unserved = np.where(world.outlet_distributor[:, world.product_company] < 0, missing, 0)
        counts.sold[:] -= unserved
        np.add.at(counts.lost[:, :, CAUSE_SUPPLY], world.outlet_territory, unserved)
        goods = missing - unserved
        if goods.any():
            self._record_rush(day, *self._c.journal.rush(goods, (day.index + 1) % RING_DAYS))

    def _record_rush(self, day: Day, needed: Array, sell_in: SellIn) -> None:
        """Rushed goods pass through every tier's panels, or sell-in would lag behind sell-out for ever."""
        recorder = self._c.recorder
        recorder.add("market", day.index, sell_in_units=sell_in.units, sell_in_cents=sell_in.cents)
        recorder.add(
            "distributor",
            day.index,
            ordered_by_outlets=needed,
            delivered_units=needed,
            ordered_units=needed,
            received_units=needed,
        )
        made = needed.sum(axis=0)
        recorder.add("factory", day.index, made_units=made, shipped_units=made, ordered_units=made)

    def _record(self, day: Day, counts: DayCounts, sales: Sales) -> None:
        recorder = self._c.recorder
        lost = {f"lost_{name}": counts.lost[..., cause] for cause, name in enumerate(CAUSES)}
        seen = {name: getattr(counts, name) for name in BY_PRODUCT}
        units, cents = sales.units, sales.consumers_cents
        recorder.add("market", day.index, sell_out_units=units, sell_out_cents=cents, **lost, **seen)
        recorder.add("market", day.index, promotion_cents=sales.companies_cents)
        # Everybody wants one product or none.
        shoppers = counts.shoppers_first_choice.sum(axis=1) + counts.no_purchase
        recorder.add("territory", day.index, shoppers=shoppers, no_purchase=counts.no_purchase)
        if recorder.shopper_panel.shape[0]:
            recorder.shopper_panel[day.index] = counts.shoppers
            recorder.outlet_panel[day.index, :, :, 0] = counts.sold
