"""Shops: they receive goods, reorder, change their list, open and close."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.agents.exclusives import end_exclusives
from sim.agents.order_book import OrderBook
from sim.calendar import Phase, Rank, earliest
from sim.kernels.ageing import MONTH, AgeingRules, DelistingRules, Week, age_outlets
from sim.kernels.delivery import sum_by_distributor
from sim.kernels.freshness import Goods, Labels, PricingRules, expire_goods, receive_goods, set_prices
from sim.kernels.invoices import invoices_of
from sim.kernels.ordering import review_shops
from sim.ledger.recorder import Event
from sim.scenario.leads import acting_leads
from sim.streams import DecisionPoint, uniforms
from sim.world.bundles import bundle
from sim.world.geography import renew_neighbours

Array = NDArray[Any]
WEEK = 7

OPEN_AND_CLOSE = Moment(Phase.PLAN, Rank.OUTLET, 0, "shops", "open, or close for good")
RECEIVE = Moment(Phase.RECEIVE, Rank.OUTLET, 0, "shops", "receive what was loaded for them on the last delivery day")
REORDER = Moment(Phase.ORDER, Rank.OUTLET, 0, "shops", "order by themselves where their review is due")
AGE = Moment(
    Phase.AGE, Rank.OUTLET, 0, "shops", "look back on their week, a seventh of them a day: habits, lists, relations"
)


class Retailer:
    """All shops of the market."""

    writes = frozenset({"retailer", "market_day", "database", "journal"})

    def __init__(self, context: Context, book: OrderBook) -> None:
        self._c = context
        self._book = book
        week_day = (context.world.outlet_slot % np.uint64(WEEK)).astype(np.int64)
        self._of_weekday = [np.flatnonzero(week_day == k) for k in range(WEEK)]
        self._rules = self._ageing_rules()
        self._goods, self._labels = bundle(Goods, context.world), bundle(Labels, context.world)
        self._pricing = self._pricing_rules()
        self._week = bundle(Week, context.world, dropped=np.zeros_like(book.won))

    def process(self, env: Clock) -> Life:
        """Live a shop's day. All shops are one process: what they do at one minute is one act over all rows."""
        env.routine(self, OPEN_AND_CLOSE, lambda: self._open_and_close(env.today), self._next_change)
        while True:
            yield env.at(RECEIVE)
            self._receive()
            yield env.at(REORDER)
            self._reorder(env.today)
            yield env.at(AGE)
            self._age(env.today)

    def _next_change(self, first: int) -> int | None:
        """Any day may be a shop's last; where none closes, the next opening, or the next truck to a closed door."""
        if self._c.scenario.mechanisms.outlet_turnover:
            return first
        world = self._c.world
        late = world.outlet_closed_day[~world.is_open] + WEEK
        return earliest(first, world.outlet_open_day, late)

    def _receive(self) -> None:
        received = self._c.journal.receive_at_outlets()
        if self._c.scenario.mechanisms.age_of_goods:
            receive_goods(received, self._goods)
        self._book.open_day()

    def _reorder(self, day: Day) -> None:
        key = self._c.key(DecisionPoint.REVIEW_SKIPPED, day.index)
        review_shops(self._book.shelves, self._book.reorder_rule, key, day.index)
        self._record_orders(day)

    def _record_orders(self, day: Day) -> None:
        """All orders of the day (advised, by phone, rivals') by distributor."""
        world = self._c.world
        ordered = self._book.ordered
        by_distributor = np.zeros((world.sizes["distributor"], world.sizes["product"]), dtype=np.int64)
        sum_by_distributor(ordered, world.outlet_distributor, world.product_company, by_distributor)
        self._c.recorder.add("distributor", day.index, ordered_by_outlets=by_distributor)
        slot = day.index % world.sizes["history"]
        world.demand_history[:, :, slot] = by_distributor

    def _age(self, day: Day) -> None:
        world, book = self._c.world, self._book
        rows = self._of_weekday[day.index % WEEK]
        key = self._c.key(DecisionPoint.UNPROMPTED_LISTING, day.index)
        age_outlets(rows, book.shelves, book.relations, self._week, self._rules, day.index, key)
        self._tend_prices(day, rows)
        lapsed = (world.exclusive_company >= 0) & (world.exclusive_until <= day.index)
        end_exclusives(self._c, day, Phase.AGE, lapsed)
        self.record_listings(day, Phase.AGE, Event.DELISTED, self._week.dropped, rows)
        self.record_listings(day, Phase.AGE, Event.LISTING_WON, book.won, rows)

    def _tend_prices(self, day: Day, rows: Array) -> None:
        """Throw away what has expired, and set prices anew; both once a week."""
        on = self._c.scenario.mechanisms
        if on.age_of_goods:
            expired = np.zeros((rows.shape[0], self._c.world.sizes["product"]), dtype=np.int32)
            if expire_goods(rows, self._goods, day.index, self._c.scenario.distributors.shelf_life_days, expired):
                self._c.journal.scrap_at_outlets(rows, expired)
        if on.age_of_goods or on.pass_through:
            set_prices(rows, self._goods, self._labels, self._pricing, day.index)

    def _pricing_rules(self) -> PricingRules:
        scenario, money = self._c.scenario, self._c.scenario.money
        old = money.age_of_goods.old_after_share * scenario.distributors.shelf_life_days
        return PricingRules(
            shelf_share=money.pass_through.shelf_share if scenario.mechanisms.pass_through else 0.0,
            old_after_days=old if scenario.mechanisms.age_of_goods else np.inf,
            old_cut=money.age_of_goods.old_cut,
        )

    def record_listings(self, day: Day, minute: int, kind: Event, changed: Array, rows: Array | None = None) -> None:
        """Record listings won or lost at the outlets in `rows`, all when absent.

        The marks of them in `changed`, shape (n_outlets, n_products), are cleared.
        """
        at, product = np.divmod(np.flatnonzero(changed if rows is None else changed[rows]), changed.shape[1])
        if at.shape[0] == 0:
            return
        outlet = at if rows is None else rows[at]
        changed[outlet, product] = False
        territory = self._c.world.outlet_territory[outlet]
        self._c.recorder.event(kind, day=day.index, minute=minute, place=territory, outlet=outlet, product=product)

    def _open_and_close(self, day: Day) -> None:
        """Open the shops whose day it is, with or without turnover, and close some at random."""
        world = self._c.world
        opening = np.flatnonzero(world.outlet_open_day == day.index)
        if opening.shape[0]:
            self._open(day, opening)
        closing = self._closing(day) if self._c.scenario.mechanisms.outlet_turnover else opening[:0]
        if closing.shape[0]:
            self._close(day, closing)
        if opening.shape[0] or closing.shape[0]:
            changed = np.zeros(world.n_outlets, dtype=np.bool_)
            changed[opening] = changed[closing] = True
            renew_neighbours(world, changed)
        # What was still on the truck when a shop closed arrives later and finds nobody to sell it.
        late = ~world.is_open & (world.outlet_closed_day == day.index - WEEK)
        if late.any():
            self._scrap(np.flatnonzero(late))

    def _open(self, day: Day, rows: Array) -> None:
        """New shops begin to count their sales today; without limits of knowledge, our people hear of them at once."""
        world = self._c.world
        world.is_open[rows] = True
        if not self._c.scenario.mechanisms.database_limits:
            world.is_known[rows] = True
        world.weight_is_stale[rows] = True
        world.last_review_day[rows] = day.index
        self._record(day, Event.OUTLET_OPENED, rows)

    def _closing(self, day: Day) -> Array:
        """Shops that close for good today, drawn once a week for each."""
        world = self._c.world
        today = self._of_weekday[day.index % WEEK]
        rows = today[world.is_open[today]]
        chance = self._c.scenario.retail.closing_per_year * WEEK / 365.0
        u = uniforms(self._c.key(DecisionPoint.CLOSING, day.index), world.outlet_slot[rows], 0)
        closing: Array = rows[u < chance]
        return closing

    def _close(self, day: Day, rows: Array) -> None:
        """Closed shops lose their stock, their debts are written off, their open orders die."""
        world, journal = self._c.world, self._c.journal
        world.is_open[rows] = False
        world.outlet_closed_day[rows] = day.index
        world.open_order_units[rows] = 0
        world.order_day[rows] = -1
        invoices = world.tables["invoices"]
        closed = np.zeros(world.n_outlets, dtype=np.bool_)
        closed[rows] = True
        unpaid = np.empty(invoices.n, dtype=np.int32)
        lost = unpaid[: invoices_of(closed, invoices["outlet"], unpaid)]
        journal.write_off(invoices["outlet"][lost], invoices["distributor"][lost], invoices["cents"][lost])
        # An invoice over nothing leaves the table in the evening, with those that are paid.
        invoices["cents"][lost] = 0
        self._scrap(rows)
        self._record(day, Event.OUTLET_CLOSED, rows)

    def _scrap(self, rows: Array) -> None:
        world = self._c.world
        self._c.journal.scrap_at_outlets(rows, world.outlet_stock_units[rows])

    def _record(self, day: Day, kind: Event, rows: Array) -> None:
        territory = self._c.world.outlet_territory[rows]
        self._c.recorder.event(kind, day=day.index, minute=Phase.PLAN, place=territory, outlet=rows)

    def _ageing_rules(self) -> AgeingRules:
        s = self._c.scenario
        return bundle(
            AgeingRules,
            s,
            s.retail,
            listing=bundle(DelistingRules, s.retail.listing, acting_leads(s)),
            unprompted_per_week=s.retail.listing.unprompted_per_month * WEEK / MONTH,
            shelf_keep=0.5 ** (WEEK / s.retail.shelf.decay_half_life_days),
            taught_keep=0.5 ** (WEEK / s.retail.ordering.teaching_half_life_days),
            relation_keep=0.5 ** (WEEK / s.relations.half_life_days),
        )
