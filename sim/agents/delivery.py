"""Distributors' trucks: orders of the day are loaded in the evening and reach the outlets next morning."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.agents.order_book import OrderBook
from sim.calendar import Phase, Rank
from sim.kernels.delivery import DropCounts, DropRules, Load, Orders, Rounds, dispatch
from sim.ledger.postings import Invoices, SellIn
from sim.ledger.recorder import Event
from sim.world.accounts import Account, Sector
from sim.world.bundles import bundle, zeros
from sim.world.business import drops_for_us

Array = NDArray[Any]

LOAD = Moment(Phase.DISPATCH, Rank.DELIVERY, 0, "distributors' crews", "load the trucks for tomorrow")


class Delivery:
    """All distributors' delivery crews."""

    writes = frozenset({"retailer", "journal", "distributor", "database"})

    def __init__(self, context: Context, book: OrderBook) -> None:
        self._c = context
        self._book = book
        world, on = context.world, context.scenario.mechanisms
        self._spec = context.scenario.distributors.delivery
        self._works = set(self._spec.works_on) if on.delivery_limits else set(range(7))
        self._rules = bundle(DropRules, self._spec, on)
        patience = 1.0 - context.scenario.relations.stock_out_loss if on.relations else 1.0
        area_km2 = world.territory_area_km2[world.distributor_territory]
        self._orders = bundle(Orders, world, area_km2=area_km2, patience=patience)
        self._waiting = np.zeros(world.n_outlets, dtype=np.int64)
        self._served: Array = np.zeros((0, 0), dtype=np.int32)

    def process(self, env: Clock) -> Life:
        """Live as the delivery crews, on weekdays with deliveries: one process, since one kernel loads all trucks."""
        while True:
            yield from env.sleep(LOAD, self._next_day)
            self._load(env.today)

    def _next_day(self, first: int) -> int | None:
        rests = self._rules.delivery_limits
        return self._c.next_day(first, lambda day: day.weekday in self._works and not (day.nobody_works and rests))

    def _load(self, day: Day) -> None:
        world = self._c.world
        self._follow_assignments()
        shape = world.sizes["distributor"], world.sizes["product"]
        load = Load(
            day=day.index,
            stock_left=world.distributor_stock_units.copy(),
            capacity_drops=self._capacity(),
            is_blocked=self._book.owes_too_much(),
            shipped=np.zeros_like(world.open_order_units),
            delivered_units=np.zeros(shape, dtype=np.int64),
            cancelled_units=np.zeros(shape, dtype=np.int64),
            waiting=self._waiting,
        )
        counts = zeros(DropCounts, shape[0])
        dispatch(self._rounds, self._orders, self._rules, load, counts)
        invoices, sell_in = self._c.journal.deliver(load.shipped)
        self._bill(day, invoices)
        self._record(load, sell_in, counts)

    def _capacity(self) -> Array:
        """Drops that each distributor's crew can make, shape (n_distributors,)."""
        world = self._c.world
        skill = self._spec.unskilled_capacity + self._spec.capacity_gain * world.distributor_capability
        # A crew makes one drop a day at least, however poor its skill.
        crews = world.drops_per_day * skill
        if self._c.scenario.mechanisms.distributor_companies:
            share = self._c.scenario.distributors.partners.principals.drops
            crews = drops_for_us(crews, world.distributor_attention, world.usual_attention, share)
        drops = np.maximum(np.floor(crews), world.drops_per_day >= 1)
        return np.where(world.is_contracted, drops, 0).astype(np.int64)

    def _follow_assignments(self) -> None:
        """Rebuild the rounds when an outlet has changed its distributor."""
        world = self._c.world
        if np.array_equal(self._served, world.outlet_distributor):
            return
        self._served = world.outlet_distributor.copy()
        self._rounds = self._new_rounds()

    def _new_rounds(self) -> Rounds:
        world = self._c.world
        outlet, company = np.nonzero(world.outlet_distributor >= 0)
        k = world.outlet_distributor[outlet, company]
        km = np.hypot(
            world.outlet_x_km[outlet] - world.distributor_x_km[k], world.outlet_y_km[outlet] - world.distributor_y_km[k]
        )
        order = np.lexsort((km, k))
        first = np.searchsorted(k[order], np.arange(world.sizes["distributor"] + 1))
        return Rounds(first=first.astype(np.int64), outlet=outlet[order], outlet_km=km[order])

    def _bill(self, day: Day, invoices: Invoices) -> None:
        """Write the invoices down with the day on which they are due."""
        world = self._c.world
        due = np.full(invoices.outlet.shape[0], day.index)
        if self._rules.payment_delay:
            due += world.outlet_terms_days[invoices.outlet]
            due += np.where(invoices.company == 0, self._book.extra_terms_days()[invoices.outlet], 0)
        if self._c.scenario.mechanisms.distributor_companies:
            # Whose invoices we can read, its shops are in our database.
            shown = (invoices.company == 0) & world.lever_information_system[invoices.distributor]
            world.is_known[invoices.outlet[shown]] = True
        world.tables["invoices"].append(
            due_day=due, outlet=invoices.outlet, distributor=invoices.distributor, cents=invoices.cents
        )

    def _record(self, load: Load, sell_in: SellIn, counts: DropCounts) -> None:
        recorder, day = self._c.recorder, load.day
        recorder.add("distributor", day, delivered_units=load.delivered_units, cancelled_units=load.cancelled_units)
        recorder.add("delivery", day, capacity_drops=load.capacity_drops, **counts._asdict())
        cost = counts.drops * self._spec.cost_cents_per_drop + counts.km * self._spec.cost_cents_per_km
        self._c.journal.distributor_expense(Account.LOGISTICS, np.floor(cost).astype(np.int64), Sector.CARRIERS)
        recorder.add("market", day, sell_in_units=sell_in.units, sell_in_cents=sell_in.cents)
        stopped = float(load.is_blocked.sum())
        if stopped:
            recorder.event(Event.CREDIT_STOP, day=day, minute=Phase.DISPATCH, value=stopped)
