"""Factories of every company: production, allocation, shipping; launches."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank, earliest
from sim.kernels.supply import Factory, Transport, allocate_products, draw_transport_days, produce
from sim.ledger.ages import load_goods, make_goods
from sim.ledger.postings import Shipment
from sim.ledger.recorder import Event
from sim.streams import DecisionPoint, uniforms
from sim.world.bundles import bundle
from sim.world.setup.companies import companies_of
from sim.world.world import RING_DAYS

Array = NDArray[Any]
LONGEST_TRANSPORT: Final = 120
"""No load is longer on the road [days]: it must arrive before the ring of days comes round (`RING_DAYS`)."""

LAUNCH = Moment(Phase.PLAN, Rank.FACTORY, 0, "companies", "launch products")
PRODUCE = Moment(Phase.DECIDE, Rank.FACTORY, 0, "factories", "make goods, share them out and ship")


class Factories:
    """All manufacturers' production and transport."""

    writes = frozenset({"manufacturer", "distributor", "journal", "goodwill", "market_day"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._specs = [c.factory for c in companies_of(context.scenario)]
        world, on = context.world, context.scenario.mechanisms
        self._has_stops = any(spec.stops for spec in self._specs)
        self._factory = bundle(Factory, world, on, stock_days=self._each("stock_days", np.float64))
        extra = self._each("transport_days_extra", np.float64)
        self._transport = bundle(
            Transport,
            world,
            transport_days=self._each("transport_days", np.int64),
            transport_days_extra=extra if on.lead_time_variability else np.zeros_like(extra),
            longest_days=LONGEST_TRANSPORT,
        )
        self._reliability = self._each("reliability", np.float64)
        self._smoothing = self._each("order_smoothing", np.float64)[world.product_company]
        self._freight = self._each("freight_cents_per_unit", np.int64)[world.distributor_company]
        self._ours = np.flatnonzero(world.distributor_company == 0)
        terms = context.scenario.distributors.payment_terms_days if on.payment_delay else 0
        self._rivals_terms = np.full(world.sizes["distributor"], terms, dtype=np.int64)

    def _each(self, field: str, dtype: type[np.generic]) -> Array:
        """A field of every company's factory, shape (n_companies,)."""
        return np.array([getattr(spec, field) for spec in self._specs], dtype=dtype)

    def process(self, env: Clock) -> Life:
        """Live as the factories of all companies: launches, and every evening production after distributors' orders.

        They are one process, since what they make, allocate and ship is one act over the rows of all products. A
        breakdown stands in the calendar, and a chance stop is drawn; each holds up its own factory only.
        """
        env.routine(self, LAUNCH, lambda: self._launch(env.today), self._next_launch)
        while True:
            yield env.at(PRODUCE)
            self._produce_and_ship(env.today)

    def _launch_days(self) -> Array:
        """Days of launch, shape (n_products,): our lever, and the rivals' own."""
        world = self._c.world
        days: Array = np.where(world.product_company == 0, world.lever_launch_day, world.launch_day)
        return days

    def _next_launch(self, first: int) -> int | None:
        return earliest(first, np.maximum(self._launch_days()[~self._c.world.launched], first))

    def _launch(self, day: Day) -> None:
        world = self._c.world
        due = self._launch_days() <= day.index
        for p in np.flatnonzero(due & ~world.launched):
            world.launched[p] = True
            if not self._c.scenario.mechanisms.diffusion:
                world.trial[:, p] = 1.0
            self._c.recorder.event(
                Event.PRODUCT_LAUNCHED, day=day.index, minute=0, company=int(world.product_company[p]), product=int(p)
            )

    def _produce_and_ship(self, day: Day) -> None:
        world = self._c.world
        backlog = world.factory_backlog_units.sum(axis=0)
        made = self._production(day, backlog)
        self._c.journal.make(made)
        if self._c.scenario.mechanisms.age_of_goods:
            make_goods(world, made, day.index)
        shipped = self._shipments(day)
        ordered = world.ordered_today_units.sum(axis=0)
        world.factory_order_rate[:] += self._smoothing * (ordered - world.factory_order_rate)
        self._c.recorder.add(
            "factory",
            day.index,
            made_units=made,
            shipped_units=shipped.sum(axis=0),
            ordered_units=ordered,
            stock_units=world.factory_stock_units,
            backlog_units=world.factory_backlog_units.sum(axis=0),
        )

    def _production(self, day: Day, backlog: Array) -> Array:
        """Make up to the stock target and the backlog, within capacity, shared by need."""
        world = self._c.world
        made = np.zeros(world.sizes["product"], dtype=np.int64)
        self._factory.stock_days[0] = float(world.lever_factory_stock_days[0])
        produce(self._factory, backlog, made)
        if self._has_stops:
            made[self._broken(day)[world.product_company]] = 0
        return made

    def _shipments(self, day: Day) -> Array:
        world = self._c.world
        units = np.zeros_like(world.factory_backlog_units)
        allocate_products(self._factory, self._stopped(day), units)
        world.factory_backlog_units[:] -= units
        terms = self._rivals_terms.copy()
        if self._c.scenario.mechanisms.payment_delay:
            terms[self._ours] = world.lever_terms_days[self._ours]
        arrival = (day.index + self._transport_days(day)) % RING_DAYS
        shipment = Shipment(
            units=units,
            arrival_slot=arrival,
            due_slot=(day.index + terms) % RING_DAYS,
            discount=world.lever_discount,
            freight_cents=self._freight,
        )
        self._c.journal.ship_to_distributors(shipment)
        if self._c.scenario.mechanisms.age_of_goods:
            load_goods(world, units, arrival)
        return units

    def _stopped(self, day: Day) -> Array:
        """Which factories can't ship today, by chance or because they are broken down, shape (n_companies,)."""
        world = self._c.world
        if not self._c.scenario.mechanisms.lead_time_variability:
            return self._broken(day)
        key = self._c.key(DecisionPoint.FACTORY_STOP, day.index)
        stopped: Array = uniforms(key, world.company_slot, 0) > self._reliability
        if self._has_stops:
            stopped |= self._broken(day)
        for c in np.flatnonzero(stopped):
            self._c.recorder.event(Event.FACTORY_STOPPED, day=day.index, minute=Phase.DECIDE, company=int(c))
        return stopped

    def _broken(self, day: Day) -> Array:
        """Which factories have a scheduled breakdown today, shape (n_companies,)."""
        return np.array(
            [
                any(0 <= (day.when - stop.first_date).days < stop.duration_days for stop in spec.stops)
                for spec in self._specs
            ]
        )

    def _transport_days(self, day: Day) -> Array:
        """Days on the road of today's loads, shape (n_distributors,)."""
        days = np.empty(self._c.world.sizes["distributor"], dtype=np.int64)
        draw_transport_days(self._transport, self._c.key(DecisionPoint.TRANSPORT, day.index), days)
        return days
