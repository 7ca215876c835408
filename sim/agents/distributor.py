"""Distributors: they receive goods, forecast, order, load for rebates, mark down and scrap."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day, daily_cents
from sim.agents.channel import retainers
from sim.agents.clock import Clock, Life, Moment
from sim.agents.partner import pull_of_business
from sim.calendar import SLOTS, Phase, Rank, next_every
from sim.kernels.delivery import sum_by_distributor
from sim.kernels.supply import Evening, Replenishment, review_distributors
from sim.ledger.ages import expire_at_distributors, unload_goods
from sim.ledger.recorder import Event
from sim.policies import ReplenishmentPolicy
from sim.streams import DecisionPoint, uniform
from sim.world.accounts import Account, Sector
from sim.world.bundles import bundle
from sim.world.world import RING_DAYS

Array = NDArray[Any]
WEEK = 7
MONTH = 30

VENDOR_MANAGED: Final = int(ReplenishmentPolicy.vendor_managed)
SMOOTHING: Final = int(ReplenishmentPolicy.exponential_smoothing)
"""As plain numbers: NumPy is slow to compare with a member of an enum."""

LEAST_RATE_HELD: Final = 0.05
LEAST_RATE_KEPT: Final = 0.02
"""Slower forecasts count as these where days of stock are reckoned, against overstock and against the shelf life
[units/day]; assumptions, so that a product that stands still is marked down beyond a few units, and scrapped late."""

RECEIVE = Moment(Phase.RECEIVE, Rank.DISTRIBUTOR, 0, "distributors", "unload the lorries from the factories")
PROTECT = Moment(Phase.RECEIVE, Rank.DISTRIBUTOR, 1, "distributors", "are paid where our price has fallen")
REVIEW = Moment(Phase.DECIDE, Rank.DISTRIBUTOR, 0, "a distributor", "finds its review due", "distributor")
ORDER = Moment(Phase.DECIDE, Rank.DISTRIBUTOR, SLOTS - 1, "distributors", "forecast; those who review tonight order")
KEEP_HOUSE = Moment(
    Phase.AGE, Rank.DISTRIBUTOR, 0, "distributors", "count their stock, pay for storage, mark down what is too much"
)


class Distributors:
    """Every company's distributors."""

    writes = frozenset({"distributor", "journal"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._push = context.scenario.distributors.push
        self._reviews_tonight = np.zeros(context.world.sizes["distributor"], dtype=np.bool_)
        self._review_offset = (context.world.distributor_slot % np.uint64(1000)).astype(np.int64)
        # The levers are written in place, so the bundle stays true.
        self._stock = bundle(Replenishment, context.world, context.scenario.distributors.policy)

    def process(self, env: Clock) -> Life:
        """Begin the life of each distributor, and live a day of all their warehouses.

        What the warehouses do at one minute is one act over all rows, and so are the orders of those who review
        tonight: one kernel reckons them.
        """
        for k in range(self._c.world.sizes["distributor"]):
            env.begin(self, self._distributor(env, k))
        env.routine(self, PROTECT, self._protect_prices, self._next_change_of_price)
        while True:
            yield env.at(RECEIVE)
            self._receive(env.today)
            yield env.at(ORDER)
            self._review(env.today, self._reviews_tonight)
            self._reviews_tonight[:] = False
            yield env.at(KEEP_HOUSE)
            self._keep_house(env.today)

    def _distributor(self, env: Clock, k: int) -> Life:
        """Live as one distributor: sleep until the next review, review the stock, and sleep again.

        A lever that changes its rhythm rouses it. So does the end of its contract, after which it sleeps until
        somebody signs it.
        """
        while True:
            yield from env.sleep(REVIEW, partial(self._next_review, k), k)
            self._reviews_tonight[k] = not self._misses_review(env.today, k)

    def _misses_review(self, day: Day, k: int) -> bool:
        """Whether a house that is run badly forgets to look at its stock; only as a company of its own."""
        world = self._c.world
        if not self._c.scenario.mechanisms.distributor_companies:
            return False
        chance = self._c.scenario.distributors.partners.missed_review * (1.0 - world.distributor_capability[k])
        key = self._c.key(DecisionPoint.REVIEW_MISSED, day.index)
        return bool(uniform(key, world.distributor_slot[k], 0) < chance)

    def _next_review(self, k: int, first: int) -> int | None:
        world = self._c.world
        if not world.is_contracted[k]:
            return None
        return next_every(first, int(world.lever_review_days[k]), -int(self._review_offset[k]))

    def _receive(self, day: Day) -> None:
        units = self._c.journal.receive_at_distributors(day.index % RING_DAYS)
        if self._c.scenario.mechanisms.age_of_goods:
            unload_goods(self._c.world, units, day.index % RING_DAYS)
        self._c.recorder.add("distributor", day.index, received_units=units)

    def _next_change_of_price(self, first: int) -> int | None:
        """At once when our discounts have moved since they were last looked at, which rouses whoever sleeps."""
        world = self._c.world
        return first if (world.lever_discount != world.last_discount).any() else None

    def _protect_prices(self) -> None:
        """Where our price has fallen since yesterday, pay part of the fall on all goods bought before."""
        world = self._c.world
        fall = np.maximum(world.lever_discount - world.last_discount, 0.0)
        world.last_discount[:] = world.lever_discount
        if not fall.any() or world.lever_price_protection[0] == 0.0:
            return
        held = (world.distributor_stock_units + world.transit_units.sum(axis=0)) @ world.list_price_cents
        paid = np.floor(world.lever_price_protection[0] * fall * held).astype(np.int64)
        self._c.journal.company_pays_distributors(0, Account.REBATE_COST, Account.REBATE_INCOME, paid)

    # --- ordering -------------------------------------------------------------------------------------------------
    def _history(self) -> Array:
        """Demand as each distributor sees it: sell-out where data are shared, otherwise its own orders."""
        world = self._c.world
        shared = world.lever_information_system
        if not shared.any():
            return world.demand_history
        return np.where(shared[:, None, None], world.sell_out_history, world.demand_history)

    def _stock_today(self) -> Replenishment:
        """Everybody's policy; without shared data nobody can manage the shops' stock, and smoothing takes its place."""
        stated = self._stock.lever_policy
        blind = (stated == VENDOR_MANAGED) & ~self._c.world.lever_information_system
        if not blind.any():
            return self._stock
        return self._stock._replace(lever_policy=np.where(blind, stated.dtype.type(SMOOTHING), stated))

    def _review(self, day: Day, is_due: Array) -> None:
        """Fold today's demand into all forecasts, and order for the distributors that are due."""
        world = self._c.world
        world.is_core[:] = world.lever_core
        stock = self._stock_today()
        coming = world.distributor_stock_units + self._c.journal.on_the_road() + world.factory_backlog_units
        purse = self._purse()
        evening = Evening(
            day=day.index,
            history=self._history(),
            is_due=is_due,
            position=coming - self._promised(),
            # Not the position: shops' waiting orders only move goods inside the echelon.
            echelon=coming + self._downstream(stock),
            coming=coming,
            purse_cents=purse,
        )
        orders = np.zeros_like(world.factory_backlog_units)
        review_distributors(stock, evening, orders)
        if self._c.scenario.mechanisms.push:
            room = world.warehouse_units - coming.sum(axis=1) - orders.sum(axis=1)
            self._load_for_rebate(day, orders, room, purse - orders @ world.list_price_cents)
        self._place(day, orders)

    def _purse(self) -> Array:
        """What each distributor can spend or owe, shape (n_distributors,) [cents]."""
        books = self._c.world.distributor_books
        purse: Array = np.maximum(books[:, Account.CASH] + books[:, Account.PAYABLE] + self._credit_cents(), 0)
        return purse

    def _credit_cents(self) -> Array:
        """What each distributor may owe beyond its cash, shape (n_distributors,).

        As companies, they buy on credit what they usually sell before it is due. Where only money has a price, who is
        given more days to pay than usual is lent as many days more of purchases; who is given fewer, less.
        """
        world, on = self._c.world, self._c.scenario.mechanisms
        if not on.interest and not on.distributor_companies:
            return world.distributor_working_capital_cents
        usual = 0 if on.distributor_companies else self._c.scenario.distributors.payment_terms_days
        daily = world.distributor_forecast @ world.list_price_cents
        credit: Array = np.floor((world.lever_terms_days - usual) * daily).astype(np.int64)
        return credit if on.distributor_companies else world.distributor_working_capital_cents + credit

    def _promised(self) -> Array:
        """Outlets' orders in units that still wait, shape (n_distributors, n_products)."""
        world = self._c.world
        waiting = np.zeros((world.sizes["distributor"], world.sizes["product"]), dtype=np.int64)
        sum_by_distributor(world.open_order_units, world.outlet_distributor, world.product_company, waiting)
        return waiting

    def _downstream(self, stock: Replenishment) -> Array:
        """Goods at and on the way to the outlets served, where stock is vendor-managed; as wide as the stock."""
        world = self._c.world
        goods = np.zeros((world.sizes["distributor"], world.sizes["product"]), dtype=np.int64)
        managed = stock.lever_policy == VENDOR_MANAGED
        if not managed.any():
            return goods
        held = world.outlet_stock_units + world.outlet_inbound_units
        for p, c in enumerate(world.product_company):
            rows = np.flatnonzero(world.outlet_distributor[:, c] >= 0)
            goods[:, p] = np.bincount(
                world.outlet_distributor[rows, c], weights=held[rows, p], minlength=goods.shape[0]
            )
        goods[~managed] = 0
        return goods

    def _place(self, day: Day, orders: Array) -> None:
        world = self._c.world
        world.factory_backlog_units[:] += orders
        world.ordered_today_units[:] = orders
        world.period_purchase_units[:] += orders.sum(axis=1)
        world.period_purchase_cents[:] += orders @ world.list_price_cents
        self._c.recorder.add("distributor", day.index, ordered_units=orders)

    # --- targets and rebates ----------------------------------------------------------------------------------------
    def _load_for_rebate(self, day: Day, orders: Array, room: Array, purse: Array) -> None:
        """Near the end of a period, order what is missing to the target when the rebate pays for holding it.

        Parameters
        ----------
        orders : shape (n_distributors, n_products), added to. [units]
        room, purse : shape (n_distributors,). What the day's review has left of the warehouse and of the money.
            [units], [cents]
        """
        world, push = self._c.world, self._push
        place = day.index % push.period_days
        if place < push.period_days - push.loading_window_days:
            return
        bought = world.period_purchase_units + orders.sum(axis=1)
        gap = world.period_target_units - bought
        reach = push.loading_reach * world.period_target_units
        rates = world.distributor_forecast.sum(axis=1)
        tempted = (gap > 0) & (gap <= reach) & (world.lever_rebate_rate > 0.0) & world.is_contracted
        # Nobody loads goods that nobody buys.
        for k in np.flatnonzero(tempted & (rates > 0.0)):
            rate = rates[k]
            price = float(world.distributor_forecast[k] @ world.list_price_cents) / rate
            days_held = gap[k] / rate / 2.0
            cost = gap[k] * price * push.holding_cost_per_year * days_held / 365.0
            if world.lever_rebate_rate[k] * world.period_target_units[k] * price <= cost:
                continue
            loaded = self._loaded(int(k), gap=float(gap[k]), room=float(room[k]), purse=float(purse[k]))
            if loaded.any():
                orders[k] += loaded
                self._event(day, Event.DISTRIBUTOR_LOADING, int(k), float(loaded.sum()))

    def _loaded(self, k: int, gap: float, room: float, purse: float) -> Array:
        """Whole cases for a gap [units], in the mix that sells, within room and purse; shape (n_products,)."""
        world = self._c.world
        share = world.distributor_forecast[k] / world.distributor_forecast[k].sum()
        units = np.zeros(world.sizes["product"], dtype=np.int64)
        for p in np.flatnonzero(world.product_company == world.distributor_company[k]):
            case, price = int(world.case_units[p]), int(world.list_price_cents[p])
            cases = min(math.ceil(gap * share[p] / case), int(room // case), int(purse // (case * price)))
            units[p] = max(cases, 0) * case
            room -= units[p]
            purse -= units[p] * price
        return units

    def close_period(self, day: Day) -> None:
        """Pay rebates of the period and set the targets of the next."""
        world, push = self._c.world, self._push
        reached = (world.period_purchase_units >= world.period_target_units) & (world.period_target_units > 0)
        rebate = np.floor(np.where(reached, world.lever_rebate_rate, 0.0) * world.period_purchase_cents).astype(
            np.int64
        )
        for c in range(world.sizes["company"]):
            mine = np.where(world.distributor_company == c, rebate, 0)
            self._c.journal.company_pays_distributors(c, Account.REBATE_COST, Account.REBATE_INCOME, mine)
        rows = np.flatnonzero(world.distributor_company == 0)
        world.tables["targets"].append(
            day=np.full(rows.shape[0], day.index),
            level=1,
            subject=rows,
            units=world.period_target_units[rows],
            achieved_units=world.period_purchase_units[rows],
        )
        rate = world.period_purchase_units / push.period_days
        world.past_purchase_rate[:] += push.history_weight * (rate - world.past_purchase_rate)
        rate = world.past_purchase_rate
        if self._c.scenario.mechanisms.targets_act:
            # What the region's split asks of it, once there is one, in place of its own past.
            rate = np.where(world.assigned_units > 0, world.assigned_units / MONTH, rate)
        world.period_target_units[:] = np.floor(world.lever_target_growth * rate * push.period_days)
        world.period_purchase_units[:] = 0
        world.period_purchase_cents[:] = 0

    # --- housekeeping -------------------------------------------------------------------------------------------------
    def _keep_house(self, day: Day) -> None:
        world, spec = self._c.world, self._c.scenario.distributors
        stock = world.distributor_stock_units
        storage = np.floor(stock.sum(axis=1) * spec.storage_cents_per_unit_day).astype(np.int64)
        self._c.journal.distributor_expense(Account.STORAGE, storage, Sector.LANDLORDS)
        if self._c.scenario.mechanisms.pass_through:
            share = self._c.scenario.money.pass_through.distributor_share
            world.distributor_pass_on[:] = share * world.lever_discount[:, None]
        if self._c.scenario.mechanisms.distributor_pool:
            self._c.journal.share_tills()
        if self._c.scenario.mechanisms.push:
            self._mark_down(day)
            if (day.index + 1) % self._push.period_days == 0:
                self.close_period(day)
        if day.every(WEEK):
            self._scrap(day)
        if day.every(MONTH):
            self._tie()
        coaching = daily_cents(world.lever_coaching_cents * world.is_contracted)
        self._c.journal.company_pays_distributors(0, Account.SERVICES_COST, Account.SERVICES_INCOME, coaching)
        help_ = int(daily_cents(world.lever_network_cents * world.is_contracted).sum())
        self._c.journal.company_expense(0, Account.SERVICES_COST, help_, Sector.AGENCIES)

    def overstock(self) -> Array:
        """Return units beyond the overstock limit, shape (n_distributors, n_products)."""
        world = self._c.world
        limit = np.ceil(np.maximum(world.distributor_forecast, LEAST_RATE_HELD) * world.lever_overstock_days[:, None])
        beyond: Array = np.maximum(world.distributor_stock_units - limit, 0.0)
        return beyond

    def _mark_down(self, day: Day) -> None:
        world = self._c.world
        over = self.overstock() > 0.0
        if self._c.scenario.mechanisms.age_of_goods:
            share = self._c.scenario.money.age_of_goods.old_after_share
            old = day.index - world.distributor_born_day > share * self._c.scenario.distributors.shelf_life_days
            over |= old & (world.distributor_stock_units > 0)
        fresh = over & (world.distributor_markdown == 0.0)
        for k in np.flatnonzero(fresh.any(axis=1)):
            self._event(day, Event.MARKDOWN, int(k), float(world.lever_markdown_rate[k]))
        world.distributor_markdown[:] = np.where(over, world.lever_markdown_rate[:, None], 0.0)

    def _scrap(self, day: Day) -> None:
        """Stock beyond its shelf life expires, week by week; we take back our share of it.

        Where nobody knows how old goods are, it is what would take longer than its shelf life to sell.
        """
        world = self._c.world
        life = self._c.scenario.distributors.shelf_life_days
        if self._c.scenario.mechanisms.age_of_goods:
            units = expire_at_distributors(world, day.index, life)
        else:
            sold_in_time = np.maximum(world.distributor_forecast, LEAST_RATE_KEPT) * life
            beyond = np.maximum(world.distributor_stock_units - sold_in_time, 0.0)
            units = np.ceil(beyond * min(1.0, WEEK / life)).astype(np.int64)
        returned = np.floor(units * world.lever_return_share[:, None]).astype(np.int64)
        self._c.journal.take_back(returned, world.lever_discount)
        self._c.journal.scrap_at_distributors(units - returned)
        self._c.recorder.add("distributor", day.index, scrapped_units=units - returned, returned_units=returned)

    def _tie(self) -> None:
        """Once a month: ties follow supply and retainers; coaching raises capability as far as potential allows."""
        if self._c.scenario.mechanisms.relations:
            self._move_ties()
        world, services = self._c.world, self._c.scenario.distributors.services
        spend = world.lever_coaching_cents * world.is_contracted
        gain = services.coaching_gain_per_month * spend / (spend + services.coaching_half_cents)
        room = world.distributor_potential * (1.0 - world.distributor_capability)
        world.distributor_capability[:] += gain * room

    def _move_ties(self) -> None:
        """Ties come nearer to what supply deserves, and grow with retainers."""
        world, contracts = self._c.world, self._c.scenario.distributors.contracts
        backlog = world.factory_backlog_units.sum(axis=1)
        ordered = world.past_purchase_rate * WEEK + 1.0
        goal = contracts.tie_unserved + contracts.tie_supply_gain * np.clip(1.0 - backlog / ordered, 0.0, 1.0)
        if self._c.scenario.mechanisms.distributor_companies:
            goal = np.clip(goal + pull_of_business(world), 0.0, 1.0)
        relation = world.distributor_relation
        relation[:] += contracts.tie_drift_per_month * (goal - relation) * world.is_contracted
        paid = retainers(world)
        relation[:] += contracts.tie_gain_per_month * paid / (paid + contracts.tie_half_cents) * (1.0 - relation)

    def _event(self, day: Day, kind: Event, k: int, value: float) -> None:
        territory = int(self._c.world.distributor_territory[k])
        self._c.recorder.event(
            kind, day=day.index, minute=Phase.DECIDE, place=territory, value=value, distributor=int(k)
        )
