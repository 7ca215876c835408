"""The day's trading: consumers shop in every outlet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.agents.prices import paid_cut, street_price_factor
from sim.agents.tastes import shelf_terms, tastes_of
from sim.calendar import Phase, Rank
from sim.kernels.choice import refresh_weights, territory_weights
from sim.kernels.day import DayCounts, Keys, Movers, Rules, Shops, Watch
from sim.kernels.delivery import sum_by_distributor
from sim.kernels.footfall import like_sized
from sim.kernels.panel import label_purchases
from sim.kernels.shopping import trade
from sim.kernels.snapshot import Outlets, count_available
from sim.kernels.stock_out import CAUSE_DELIVERY, CAUSE_ORDERING, CAUSE_SUPPLY, N_CAUSES
from sim.streams import DecisionPoint
from sim.world.bundles import bundle
from sim.world.setup.market import draw_households
from sim.world.world import RING_DAYS

Array = NDArray[Any]
WEEK = 7


def _new_movers(capacity: int) -> Movers:
    """An empty table of shoppers who go on."""
    destination, origin, index, product, later_outlet, later_product = np.zeros((6, capacity), dtype=np.int32)
    cause, later_cause = np.zeros((2, capacity), dtype=np.int8)
    counters = np.zeros(2, dtype=np.int64)
    return Movers(destination, origin, index, product, cause, later_outlet, later_product, later_cause, counters)


SHOP = Moment(Phase.SHOP, Rank.MARKET, 0, "consumers", "shop in every outlet")


class MarketDay:
    """Consumers of the whole market."""

    writes = frozenset({"market_day", "journal"})

    def __init__(self, context: Context) -> None:
        self._c = context
        world = context.world
        consumers = context.scenario.consumers
        on = context.scenario.mechanisms
        self._tastes = tastes_of(world)
        self._terms = shelf_terms(context.scenario)
        self._outlets = bundle(Outlets, context.world)
        self._dispersion = context.scenario.category.dispersion if on.overdispersion else 0.0
        reactions = consumers.stock_out
        steps = (reactions.other_store, reactions.other_brand, reactions.same_brand, reactions.later, reactions.nothing)
        self._reactions = np.cumsum(steps)
        self._season_on = on.season
        self._holidays = [
            (context.calendar.index_of(h.first_date), h.duration_days, h.demand_multiplier)
            for h in context.scenario.calendar.holidays
        ]
        self._week_day = (world.outlet_slot % np.uint64(WEEK)).astype(np.int64)
        self._neighbours = (
            world.neighbour_outlet if on.other_store else np.full((world.n_outlets, 1), -1, dtype=np.int32)
        )
        self._promoter = float(np.exp(consumers.promoter_utility))
        self._movers = _new_movers(4 * world.n_outlets + 4096)
        self._households = draw_households(world) if consumers.panel.households else None
        self._shops = Shops(
            world.outlet_slot, world.outlet_territory, world.is_open, world.outlet_size, world.outlet_mix,
            world.choice_weight, world.promoter_companies, world.outlet_stock_units, world.is_listed,
            world.open_order_units, world.outlet_inbound_units, world.outlet_distributor, self._neighbours,
            world.neighbour_cumulative, like_sized(world.outlet_size),
        )  # fmt: skip
        self._watch = self._new_watch()
        t, s, p = world.sizes["territory"], world.sizes["segment"], world.sizes["product"]
        self._territory_weight = np.ones((t, s, p))
        self._shape = (t, p)
        self._shares = np.zeros(p)

    def process(self, env: Clock) -> Life:
        """Live as the consumers of the whole market: one act a day, since shoppers of one shop go on to the next."""
        while True:
            yield env.at(SHOP)
            self._trade(env.today)

    def _trade(self, day: Day) -> None:
        world, recorder = self._c.world, self._c.recorder
        self._refresh(day)
        price_factor = self.price_factor()
        territory_weights(
            world.goodwill, world.trial, price_factor, world.promotion_utility, world.promotion_boost, self._tastes,
            self._territory_weight,
        )  # fmt: skip
        available = np.zeros(self._shape)
        count_available(self._outlets, available)
        counts = self._shop(day)
        self._rush_missing_goods(day, counts)
        if day.index == self._c.calendar.burn_in_days:
            world.sold_total_units[:] = 0
        sales = self._post(counts, price_factor)
        self._share_sell_out(day, counts.sold)
        count_available(self._outlets, available)
        recorder.add("market", day.index, available_outlets=available / 2.0)
        self._record(day, counts, sales)

    def _refresh(self, day: Day) -> None:
        """Recompute weights of outlets whose shelf changed, and of those whose habit moved yesterday evening."""
        world = self._c.world
        rows = np.flatnonzero(world.weight_is_stale | (self._week_day == (day.index - 1) % WEEK))
        habit = world.habit
        refresh_weights(
            rows, world.is_listed, world.shelf_price_cents, world.shelf_gain, world.relation, world.display_on, habit,
            self._tastes, self._terms, self._shares, world.choice_weight,
        )  # fmt: skip
        world.weight_is_stale[:] = False

    def price_factor(self) -> Array:
        """Return street price against shelf price, shape (n_territories, n_products)."""
        return street_price_factor(self._c.world)

    def _new_counts(self) -> DayCounts:
        world = self._c.world
        n, p, t = world.n_outlets, world.sizes["product"], world.sizes["territory"]
        first_choice, brand, product, moved, deferred = np.zeros((5, t, p), dtype=np.int64)
        return DayCounts(
            sold=np.zeros((n, p), dtype=np.int32),
            shoppers=np.zeros(n, dtype=np.int32),
            no_purchase=np.zeros(t, dtype=np.int64),
            first_choice=first_choice,
            substituted_brand=brand,
            substituted_product=product,
            moved=moved,
            deferred=deferred,
            lost=np.zeros((t, p, N_CAUSES), dtype=np.int64),
        )

    def _shop(self, day: Day) -> DayCounts:
        world = self._c.world
        consumers, on = self._c.scenario.consumers, self._c.scenario.mechanisms
        rules = Rules(
            self.demand_factor(day), self._dispersion, self._territory_weight, self._tastes.no_purchase, self._promoter,
            self._reactions, consumers.stock_out_rule == "choose_again", on.stock_outs, world.product_company,
            world.product_brand, world.distributor_stock_units,
        )  # fmt: skip
        keys = Keys(
            shoppers=self._c.key(DecisionPoint.SHOPPERS, day.index),
            choice=self._c.key(DecisionPoint.CHOICE, day.index),
            reaction=self._c.key(DecisionPoint.REACTION, day.index),
            second=self._c.key(DecisionPoint.SECOND_CHOICE, day.index),
            store=self._c.key(DecisionPoint.STORE_CHOICE, day.index),
        )
        later = world.tables["returners"]
        counts = self._serve(rules, keys)
        movers = self._movers
        later.clear()
        n = int(movers.n[1])
        later.append(outlet=movers.later_outlet[:n], product=movers.later_product[:n], cause=movers.later_cause[:n])
        if self._households is not None:
            self._label(day, self._shops, rules)
        return counts

    def _serve(self, rules: Rules, keys: Keys) -> DayCounts:
        """Serve everybody; when more go on to other stores than the table holds, once more with a larger one."""
        later = self._c.world.tables["returners"]
        while True:
            counts, movers = self._new_counts(), self._movers
            movers.n[:] = 0
            returners = later["outlet"], later["product"], later["cause"]
            if trade(self._shops, rules, keys, *returners, counts, movers, self._watch):
                return counts
            self._movers = _new_movers(2 * int(movers.n.max()))

    def _new_watch(self) -> Watch:
        """Buffers for the panel's outlets; empty ones when there is no panel."""
        world = self._c.world
        place = np.full(world.n_outlets, -1, dtype=np.int64)
        if self._households is None:
            return Watch(place, np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32))
        watched = self._households.outlet
        place[watched] = np.arange(watched.shape[0])
        busiest = max([1.0, *(h.demand_multiplier for h in self._c.scenario.calendar.holidays)])
        capacity = int(6.0 * busiest * world.outlet_size[watched].sum()) + 1000
        return Watch(place, np.zeros(watched.shape[0] + 1, dtype=np.int64), np.full(capacity, -1, dtype=np.int32))

    def _label(self, day: Day, shops: Shops, rules: Rules) -> None:
        n_most = self._watch.bought.shape[0]
        household, outlet, product = (np.zeros(n_most, dtype=np.int32) for _ in range(3))
        key = self._c.key(DecisionPoint.HOUSEHOLD_LABEL, day.index)
        n = label_purchases(
            key, self._households, shops, rules, self._watch.bought, self._watch.start, household, outlet, product
        )
        table = self._c.world.tables["households"]
        table.append(day=np.full(n, day.index), household=household[:n], outlet=outlet[:n], product=product[:n])

    def demand_factor(self, day: Day) -> Array:
        """Return today's category demand against the average, shape (n_territories,)."""
        world = self._c.world
        factor = np.ones(world.sizes["territory"])
        if not self._season_on:
            return factor
        years = (day.index - self._c.calendar.burn_in_days) / 365.0
        factor *= self._season(day) * world.territory_weekday[:, day.weekday] * (1.0 + world.territory_growth) ** years
        for first, length, multiplier in self._holidays:
            if first <= day.index < first + length:
                factor *= multiplier
        return factor

    def _season(self, day: Day) -> Array:
        """Season of the day, interpolated between mid-months so that no step falls on the first of a month."""
        season = self._c.world.territory_season
        month = day.when.month - 1
        days_in_month = ((day.when.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
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

    def _record_rush(self, day: Day, needed: Array, value: Array) -> None:
        """Rushed goods pass through every tier's panels, or sell-in would lag behind sell-out for ever."""
        recorder = self._c.recorder
        recorder.add("market", day.index, sell_in_units=value[..., 0], sell_in_cents=value[..., 1])
        recorder.add(
            "distributor", day.index, ordered_by_outlets=needed, delivered_units=needed, ordered_units=needed,
            received_units=needed,
        )  # fmt: skip
        made = needed.sum(axis=0)
        recorder.add("factory", day.index, made_units=made, shipped_units=made, ordered_units=made)

    def _share_sell_out(self, day: Day, sold: Array) -> None:
        """Write down the day's sell-out by distributor; who has an information system sees it.

        It is kept for all of them, so that a system put in today shows the weeks before, too.
        """
        world = self._c.world
        today = np.zeros((world.sizes["distributor"], world.sizes["product"]), dtype=np.int64)
        sum_by_distributor(sold, world.outlet_distributor, world.product_company, today)
        world.sell_out_history[:, :, day.index % world.sizes["history"]] = today

    def _post(self, counts: DayCounts, price_factor: Array) -> Array:
        """Post the sales; returns units, consumers' and companies' cents, shape (n_territories, n_products, 3)."""
        world = self._c.world
        return self._c.journal.sell_out(counts.sold, price_factor, paid_cut(world))

    def _record(self, day: Day, counts: DayCounts, sales: Array) -> None:
        recorder = self._c.recorder
        recorder.add(
            "market",
            day.index,
            sell_out_units=sales[..., 0],
            sell_out_cents=sales[..., 1],
            lost_ordering=counts.lost[..., CAUSE_ORDERING],
            lost_delivery=counts.lost[..., CAUSE_DELIVERY],
            lost_supply=counts.lost[..., CAUSE_SUPPLY],
            shoppers_first_choice=counts.first_choice,
            substituted_brand=counts.substituted_brand,
            substituted_product=counts.substituted_product,
            moved_store=counts.moved,
            deferred=counts.deferred,
        )
        # Everybody wants one product or none.
        shoppers = counts.first_choice.sum(axis=1) + counts.no_purchase
        recorder.add("territory", day.index, shoppers=shoppers, no_purchase=counts.no_purchase)
        if recorder.shopper_panel.shape[0]:
            recorder.shopper_panel[day.index] = counts.shoppers
            recorder.outlet_panel[day.index, :, :, 0] = counts.sold
