"""Distributors' trucks: orders of the day are loaded in the evening and reach the outlets next morning."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.agents.order_book import OrderBook
from sim.calendar import Phase, Rank
from sim.kernels.delivery import Crates, DropRules, Patience, Rounds, cancel_old_orders, dispatch, rounds_km
from sim.ledger.journal import Delivered
from sim.ledger.recorder import Event
from sim.world.accounts import Account, Sector
from sim.world.panels import Delivery as DeliveryPanel

Array = NDArray[Any]

DROPS_PER_TRUCK = 40
"""Drops of a full van; assumption, used for the length of rounds only."""

CAPACITY_UNSKILLED, CAPACITY_SKILL = 0.7, 0.5
"""Drops that a crew makes, against the plan: 0.7 without capability, 1.0 at the usual 0.6, 1.2 at best (assumption)."""

LOAD = Moment(Phase.DISPATCH, Rank.DELIVERY, 0, "distributors' crews", "load the trucks for tomorrow")


class Delivery:
    """All distributors' delivery crews."""

    writes = frozenset({"retailer", "journal", "distributor"})

    def __init__(self, context: Context, book: OrderBook) -> None:
        self._c = context
        self._book = book
        delivery = context.scenario.distributors.delivery
        on = context.scenario.mechanisms
        self._works = set(delivery.works_on) if on.delivery_limits else set(range(7))
        self._rules = DropRules(on.delivery_limits, delivery.promised_days, delivery.cancel_days, on.payment_delay)
        keep = 1.0 - context.scenario.relations.stock_out_loss if on.relations else 1.0
        self._patience = Patience(context.world.relation, context.world.personal_tie, keep)
        self._waiting = np.zeros(context.world.n_outlets, dtype=np.int64)
        self._served: Array = np.zeros((0, 0), dtype=np.int32)

    def process(self, env: Clock) -> Life:
        """Live as the delivery crews, on weekdays with deliveries: one process, since one kernel loads all trucks."""
        while True:
            yield from env.sleep(LOAD, self._next_day)
            self._load(env.today)

    def _next_day(self, first: int) -> int | None:
        rests = self._rules.limited
        return self._c.next_day(first, lambda day: day.weekday in self._works and not (day.nobody_works and rests))

    def _load(self, day: Day) -> None:
        world = self._c.world
        self._follow_assignments()
        blocked = self._book.owes_too_much()
        delivered, cancelled = np.zeros((2, world.sizes["distributor"], world.sizes["product"]), dtype=np.int64)
        crates = Crates(
            world.open_order_units, world.order_day, world.distributor_stock_units.copy(), world.product_company,
            np.zeros_like(world.open_order_units), delivered, cancelled,
        )  # fmt: skip
        counts = np.zeros((world.sizes["distributor"], 7))
        skill = CAPACITY_UNSKILLED + CAPACITY_SKILL * world.distributor_capability
        # A crew makes one drop a day at least, however poor its skill.
        drops = np.maximum(np.floor(world.drops_per_day * skill), world.drops_per_day >= 1)
        capacity = np.where(world.is_contracted, drops, 0).astype(np.int64)
        dispatch(
            self._rounds, self._rules, day.index, world.is_open, crates, self._patience, capacity, blocked, counts,
            self._waiting,
        )  # fmt: skip
        posted = self._c.journal.deliver(crates.shipped)
        self._bill(day, posted)
        cancel_old_orders(crates, world.outlet_distributor, day.index, self._rules.cancel_days)
        self._record(day, crates, posted.value, counts, capacity, int(blocked.sum()))

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
        order = np.lexsort((outlet, km, k))
        first = np.searchsorted(k[order], np.arange(world.sizes["distributor"] + 1))
        return Rounds(first.astype(np.int64), outlet[order], km[order], world.distributor_company)

    def _bill(self, day: Day, posted: Delivered) -> None:
        """Write the invoices down with the day on which they are due."""
        world = self._c.world
        due = np.full(posted.outlet.shape[0], day.index)
        if self._rules.credit_limited:
            due += world.outlet_terms_days[posted.outlet]
            due += np.where(posted.company == 0, self._book.extra_terms_days()[posted.outlet], 0)
        world.tables["invoices"].append(
            due_day=due, outlet=posted.outlet, distributor=posted.distributor, cents=posted.cents
        )

    def _record(self, day: Day, crates: Crates, value: Array, counts: Array, capacity: Array, stopped: int) -> None:
        world, recorder = self._c.world, self._c.recorder
        recorder.add("distributor", day.index, delivered_units=crates.delivered, cancelled_units=crates.cancelled)
        km = np.empty(world.sizes["distributor"])
        rounds_km(counts, world.distributor_territory, world.territory_area_km2, DROPS_PER_TRUCK, km)
        # The first six counts are the panel's first fields, in its order.
        recorder.add("delivery", day.index, **dict(zip(DeliveryPanel._fields, counts[:, :6].T, strict=False)))
        recorder.add("delivery", day.index, km=km, capacity_drops=capacity)
        delivery = self._c.scenario.distributors.delivery
        cost = counts[:, 0] * delivery.cost_cents_per_drop + km * delivery.cost_cents_per_km
        self._c.journal.distributor_expense(Account.LOGISTICS, np.floor(cost).astype(np.int64), Sector.CARRIERS)
        recorder.add("market", day.index, sell_in_units=value[..., 0], sell_in_cents=value[..., 1])
        if stopped:
            recorder.event(day.index, int(Phase.DISPATCH), Event.CREDIT_STOP, -1, "", -1, value=float(stopped))
