"""Distributors' trucks: orders of the day are loaded in the evening and reach the outlets next morning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Act, Context, Day, Rank
from sim.agents.desk import Desk
from sim.calendar import Phase
from sim.kernels.delivery import (
    DropRules,
    Rounds,
    cancel_old_orders,
    dispatch,
    list_invoices,
    rounds_km,
    sum_by_distributor,
)
from sim.ledger.recorder import Event
from sim.world.accounts import Account, Sector

Array = NDArray[Any]

DROPS_PER_TRUCK = 40
"""Drops of a full van; assumption, used for the length of rounds only."""

CAPACITY_UNSKILLED, CAPACITY_SKILL = 0.7, 0.5
"""Drops that a crew makes, against the plan: 0.7 without capability, 1.0 at the usual 0.6, 1.2 at best (assumption)."""


class Delivery:
    """All distributors' delivery crews."""

    writes = frozenset({"retailer", "journal", "distributor"})

    def __init__(self, context: Context, desk: Desk) -> None:
        self._c = context
        self._desk = desk
        delivery = context.scenario.distributors.delivery
        on = context.scenario.mechanisms
        self._works = set(delivery.works_on) if on.delivery_limits else set(range(7))
        self._rules = DropRules(on.delivery_limits, delivery.promised_days, delivery.cancel_days, on.payment_delay)
        self._rounds: list[Rounds] = []
        self._waiting = np.zeros(context.world.n_outlets, dtype=np.int64)
        self._served: Array = np.zeros((0, 0), dtype=np.int32)

    def acts(self, day: Day) -> Iterator[Act]:
        """Yield loading, on the weekdays with deliveries."""
        holiday = not day.field_works and day.weekday in self._c.scenario.calendar.rest_weekdays
        if day.weekday in self._works and (day.field_works or holiday or not self._rules.limited):
            yield Act(Phase.DISPATCH, Rank.DELIVERY, 0, lambda: self._load(day))

    def _load(self, day: Day) -> None:
        world = self._c.world
        self._follow_assignments()
        blocked = self._desk.owes_too_much()
        stock_left = world.distributor_stock_units.copy()
        shipped = np.zeros_like(world.open_order_units)
        counts = np.zeros((world.sizes["distributor"], 7))
        skill = CAPACITY_UNSKILLED + CAPACITY_SKILL * world.distributor_capability
        capacity = np.where(world.is_contracted, np.floor(world.drops_per_day * skill), 0).astype(np.int64)
        late = np.zeros(world.n_outlets, dtype=np.bool_)
        for c, rounds in enumerate(self._rounds):
            late[:] = False
            dispatch(
                rounds, self._rules, c, day.index, world.is_open, world.open_order_units, world.order_day, stock_left,
                capacity, blocked, world.product_company, shipped, late, counts, self._waiting,
            )  # fmt: skip
            self._disappoint(c, late)
        invoices = self._c.journal.deliver(shipped)
        self._bill(day, invoices)
        cancelled = np.zeros_like(shipped)
        cancel_old_orders(
            world.order_day,
            world.open_order_units,
            world.product_company,
            day.index,
            self._rules.cancel_days,
            cancelled,
        )
        self._record(day, shipped, cancelled, counts, capacity, int(blocked.sum()))

    def _follow_assignments(self) -> None:
        """Rebuild the rounds when an outlet has changed its distributor."""
        world = self._c.world
        if np.array_equal(self._served, world.outlet_distributor):
            return
        self._served = world.outlet_distributor.copy()
        self._rounds = [self._round(c) for c in range(world.sizes["company"])]

    def _round(self, c: int) -> Rounds:
        world = self._c.world
        served_by = world.outlet_distributor[:, c]
        rows = np.flatnonzero(served_by >= 0)
        k = served_by[rows]
        km = np.hypot(
            world.outlet_x_km[rows] - world.distributor_x_km[k], world.outlet_y_km[rows] - world.distributor_y_km[k]
        )
        order = np.lexsort((rows, km, k))
        first = np.searchsorted(k[order], np.arange(world.sizes["distributor"] + 1))
        return Rounds(first.astype(np.int64), rows[order].astype(np.int64), km[order])

    def _disappoint(self, c: int, late: Array) -> None:
        """Late and short deliveries cost goodwill with the shop."""
        world = self._c.world
        if not self._c.scenario.mechanisms.relations or not late.any():
            return
        keep = 1.0 - self._c.scenario.relations.stock_out_loss
        world.relation[late, c] *= keep
        if c == 0:
            world.personal_tie[late] *= keep

    def _bill(self, day: Day, invoices: Array) -> None:
        world = self._c.world
        on_credit = int(self._rules.credit_limited)
        terms, extra = world.outlet_terms_days * on_credit, self._desk.extra_terms_days() * on_credit
        due, outlet, distributor = (np.empty(invoices.size, dtype=np.int32) for _ in range(3))
        cents = np.empty(invoices.size, dtype=np.int64)
        n = list_invoices(invoices, world.outlet_distributor, terms, extra, day.index, due, outlet, distributor, cents)
        world.tables["invoices"].append(
            due_day=due[:n], outlet=outlet[:n], distributor=distributor[:n], cents=cents[:n]
        )

    def _record(self, day: Day, shipped: Array, cancelled: Array, counts: Array, capacity: Array, stopped: int) -> None:
        world, recorder = self._c.world, self._c.recorder
        delivered = self._by_distributor(shipped)
        recorder.add(
            "distributor", day.index, delivered_units=delivered, cancelled_units=self._by_distributor(cancelled)
        )
        km = np.empty(world.sizes["distributor"])
        rounds_km(counts, world.distributor_territory, world.territory_area_km2, DROPS_PER_TRUCK, km)
        recorder.add(
            "delivery", day.index, drops=counts[:, 0], late_drops=counts[:, 1], orders_completed=counts[:, 2],
            orders_in_full_on_time=counts[:, 3], waiting_orders=counts[:, 4], lead_time_days_sum=counts[:, 5], km=km,
            capacity_drops=capacity,
        )  # fmt: skip
        delivery = self._c.scenario.distributors.delivery
        cost = counts[:, 0] * delivery.cost_cents_per_drop + km * delivery.cost_cents_per_km
        self._c.journal.distributor_expense(Account.LOGISTICS, np.floor(cost).astype(np.int64), Sector.CARRIERS)
        value = self._c.journal.delivery_value(shipped)
        recorder.add("market", day.index, sell_in_units=value[:, :, 0], sell_in_cents=value[:, :, 1])
        if stopped:
            recorder.event(day.index, int(Phase.DISPATCH), Event.CREDIT_STOP, -1, "", -1, value=float(stopped))

    def _by_distributor(self, units: Array) -> Array:
        world = self._c.world
        total = np.zeros((world.sizes["distributor"], world.sizes["product"]), dtype=np.int64)
        sum_by_distributor(units, world.outlet_distributor, world.product_company, total)
        return total
