"""Factories of every company: production, allocation, shipping; launches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Act, Context, Day, Rank
from sim.calendar import Phase
from sim.kernels.supply import allocate, transport_days
from sim.ledger.recorder import Event
from sim.streams import DecisionPoint, uniform
from sim.world.build.companies import companies_of
from sim.world.world import RING_DAYS

Array = NDArray[Any]
ORDER_SMOOTHING = 0.06
LONGEST_TRANSPORT = 120
NO_LIMIT = 1 << 60


class Factories:
    """All manufacturers' production and transport."""

    writes = frozenset({"manufacturer", "distributor", "journal", "goodwill", "market_day"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._specs = [c.factory for c in companies_of(context.scenario)]
        world, varies = context.world, context.scenario.mechanisms.lead_time_variability
        self._shortest = np.array([s.transport_days for s in self._specs], dtype=np.int64)
        self._extra = np.array([s.transport_days_extra if varies else 0.0 for s in self._specs])
        freight = np.array([s.freight_cents_per_unit for s in self._specs], dtype=np.int64)[world.distributor_company]
        self._freight = np.repeat(freight[:, None], world.sizes["product"], axis=1)

    def acts(self, day: Day) -> Iterator[Act]:
        """Yield launches in the morning and production in the evening, after the distributors' orders."""
        yield Act(Phase.PLAN, Rank.FACTORY, 0, lambda: self._launch(day))
        yield Act(Phase.DECIDE, Rank.FACTORY, 0, lambda: self._produce_and_ship(day))

    def _launch(self, day: Day) -> None:
        world = self._c.world
        due = np.where(world.product_company == 0, world.lever_launch_day, world.launch_day) <= day.index
        for p in np.flatnonzero(due & ~world.launched):
            world.launched[p] = True
            if not self._c.scenario.mechanisms.diffusion:
                world.trial[:, p] = 1.0
            self._c.recorder.event(
                day.index, 0, Event.PRODUCT_LAUNCHED, -1, "company", int(world.product_company[p]), "product", int(p)
            )

    def _produce_and_ship(self, day: Day) -> None:
        world = self._c.world
        backlog = world.factory_backlog_units.sum(axis=0)
        made = self._production(day, backlog)
        self._c.journal.make(made)
        shipped = self._shipments(day)
        ordered = world.ordered_today_units.sum(axis=0)
        world.factory_order_rate[:] += ORDER_SMOOTHING * (ordered - world.factory_order_rate)
        self._c.recorder.add(
            "factory", day.index, made_units=made, shipped_units=shipped.sum(axis=0), ordered_units=ordered,
            stock_units=world.factory_stock_units, backlog_units=world.factory_backlog_units.sum(axis=0),
        )  # fmt: skip

    def _production(self, day: Day, backlog: Array) -> Array:
        """Make up to the stock target and the backlog, within capacity, shared by need."""
        world = self._c.world
        made = np.zeros(world.sizes["product"], dtype=np.int64)
        broken = self._broken(day)
        for c, spec in enumerate(self._specs):
            if broken[c]:
                continue
            mine = world.product_company == c
            days = float(world.lever_factory_stock_days[0]) if c == 0 else spec.stock_days
            target = world.factory_order_rate[mine] * days + backlog[mine]
            need = np.maximum(np.ceil(target - world.factory_stock_units[mine]), 0.0)
            capacity = float(world.factory_capacity_units[c])
            if self._c.scenario.mechanisms.factory_limits and need.sum() > capacity:
                need = np.floor(need * capacity / need.sum())
            made[mine] = need.astype(np.int64)
        return made

    def _shipments(self, day: Day) -> Array:
        world = self._c.world
        units = np.zeros_like(world.factory_backlog_units)
        stopped = self._stopped(day)
        for p, c in enumerate(world.product_company):
            if not stopped[c]:
                units[:, p] = allocate(
                    world.factory_backlog_units[:, p], world.is_core, int(world.factory_stock_units[p]), NO_LIMIT
                )
        world.factory_backlog_units[:] -= units
        n = world.sizes["distributor"]
        terms = np.where(
            world.distributor_company == 0, world.lever_terms_days, self._c.scenario.distributors.payment_terms_days
        )
        terms = terms if self._c.scenario.mechanisms.payment_delay else np.zeros(n, dtype=np.int64)
        arrival = (day.index + self._transport_days(day)) % RING_DAYS
        self._c.journal.ship_to_distributors(
            units, np.repeat(arrival[:, None], world.sizes["product"], axis=1), (day.index + terms) % RING_DAYS,
            world.lever_discount, self._freight,
        )  # fmt: skip
        return units

    def _stopped(self, day: Day) -> list[bool]:
        """Which factories can't ship today: by chance, or because they are broken down."""
        world = self._c.world
        if not self._c.scenario.mechanisms.lead_time_variability:
            return self._broken(day)
        key = self._c.key(DecisionPoint.FACTORY_STOP, day.index)
        stopped = [
            float(uniform(key, world.company_slot[c], 0)) > spec.reliability for c, spec in enumerate(self._specs)
        ]
        stopped = [chance or broken for chance, broken in zip(stopped, self._broken(day), strict=True)]
        for c in np.flatnonzero(stopped):
            self._c.recorder.event(day.index, int(Phase.DECIDE), Event.FACTORY_STOPPED, -1, "company", int(c))
        return stopped

    def _broken(self, day: Day) -> list[bool]:
        """Which factories have a scheduled breakdown today."""
        return [
            any(0 <= (day.when - stop.first_date).days < stop.duration_days for stop in spec.stops)
            for spec in self._specs
        ]

    def _transport_days(self, day: Day) -> Array:
        """Days on the road of today's loads, shape (n_distributors,)."""
        world = self._c.world
        key = self._c.key(DecisionPoint.TRANSPORT, day.index)
        days = np.empty(world.sizes["distributor"], dtype=np.int64)
        transport_days(
            key, world.distributor_slot, world.distributor_company, self._shortest, self._extra, LONGEST_TRANSPORT, days
        )
        return days
