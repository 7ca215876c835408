"""Our customer advisors: each works its day; those of one territory act together, in the order of their posts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Act, Context, Day, Rank, daily_cents
from sim.agents.desk import Desk
from sim.agents.retailer import Retailer
from sim.calendar import Phase
from sim.kernels import field
from sim.kernels.calls import CallKeys
from sim.kernels.field import DayRules, Knowledge, Person, work_day
from sim.ledger.accounts import Account, Sector
from sim.ledger.recorder import Event
from sim.streams import DecisionPoint

Array = NDArray[Any]


class AdvisorTeam:
    """Our field force."""

    writes = frozenset({"field", "database", "retailer", "market_day", "journal"})

    def __init__(self, context: Context, desk: Desk, retailer: Retailer) -> None:
        self._c = context
        self._desk = desk
        self._retailer = retailer
        visit, learning = context.scenario.team.visit, context.scenario.team.learning
        on, database = context.scenario.mechanisms, context.scenario.database
        self._rules = DayRules(
            float(visit.minutes_per_day), float(visit.start_minute), 60.0 / visit.speed_km_per_hour, visit.detour_factor,
            visit.max_calls_per_day, visit.improve_route, 0, learning.wright_exponent, learning.wright_floor,
            learning.wright_unit_visits, on.learning, context.scenario.retail.ordering.expected_lead_days,
            context.scenario.retail.ordering.teaching_gain,
            database.discover_radius_km, database.discover_probability if on.database_limits else 0.0,
        )  # fmt: skip
        self._log = np.zeros((visit.max_calls_per_day + 1, 6))
        self._won = np.zeros_like(desk.won)

    def acts(self, day: Day) -> Iterator[Act]:
        """Yield one act for each territory with advisors; wages fall due every day."""
        if not self._c.scenario.mechanisms.advisors:
            return
        yield Act(Phase.SETTLE, Rank.ADVISOR, 0, lambda: self._pay(day))
        if not day.field_works:
            return
        for t in np.unique(self._c.world.advisor_territory[self._c.world.is_employed]):
            yield Act(Phase.FIELD, Rank.ADVISOR, int(t), lambda t=int(t): self._work(day, t))

    def _pay(self, day: Day) -> None:
        world = self._c.world
        employed = int((world.is_employed & (world.available_day <= day.index)).sum())
        cents = int(daily_cents(self._c.scenario.team.wage_cents_per_month)) * employed
        self._c.journal.company_expense(0, Account.ADVISOR_COST, cents, Sector.EMPLOYEES)

    def _work(self, day: Day, territory: int) -> None:
        world = self._c.world
        present = world.is_employed & (world.available_day <= day.index) & (world.training_until < day.index)
        advisors = np.flatnonzero(present & (world.advisor_territory == territory))
        if advisors.shape[0] == 0:
            return
        patches = self._patches(territory, advisors)
        self._won[:] = False
        km = 0.0
        for a, patch in zip(advisors, patches, strict=True):
            km += self._day_of(day, int(a), patch)
        self._retailer.record_listings(day, int(Phase.FIELD), Event.LISTING_WON, self._won)
        travel = int(km * self._c.scenario.team.travel_cents_per_km)
        self._c.journal.company_expense(0, Account.TRAVEL, travel, Sector.CARRIERS)

    def _patches(self, territory: int, advisors: Array) -> list[Array]:
        """Outlets in charge of each advisor present."""
        world = self._c.world
        rows = np.flatnonzero(world.outlet_territory == territory)
        owner = world.outlet_advisor[rows]
        return [rows[owner == a] for a in advisors]

    def _day_of(self, day: Day, a: int, patch: Array) -> float:
        world, desk = self._c.world, self._desk
        person = Person(
            float(world.advisor_x_km[a]), float(world.advisor_y_km[a]), float(world.selling[a]), float(world.service[a]),
            float(world.coaching[a]),
            float(world.farmer[a]), int(world.visits_made[a]),
        )  # fmt: skip
        points = (DecisionPoint.SUGGESTED_ORDER, DecisionPoint.DEMAND_ESTIMATE, DecisionPoint.SELL_IN)
        keys = CallKeys(*(self._c.key(p, day.index) for p in points))
        totals = np.zeros(field.DAY_FIELDS)
        rules = self._rules._replace(plan=int(world.lever_visit_plan[0]))
        n = work_day(
            person, patch, self._knowledge(), desk.shelves(), desk.ties(), rules, desk.call_rules, keys,
            self._c.key(DecisionPoint.DISCOVERY, day.index), world.lever_focus, day.index, desk.ordered, desk.lines,
            self._won, totals, self._log,
        )  # fmt: skip
        self._learn(a, n)
        self._record(day, a, n, totals)
        return float(totals[field.KM])

    def _knowledge(self) -> Knowledge:
        w = self._c.world
        return Knowledge(
            w.outlet_x_km, w.outlet_y_km, w.outlet_territory, w.known_class, w.outlet_size, w.outlet_visit_minutes,
            w.is_known, w.known_size, w.last_visit_day, w.visit_count, w.known_sales_rate, w.known_listed,
            w.lever_visit_every_days, w.neighbour_outlet,
        )  # fmt: skip

    def _learn(self, a: int, calls: int) -> None:
        """Practice: every call adds a little to every skill."""
        world = self._c.world
        world.visits_made[a] += calls
        if not self._c.scenario.mechanisms.learning:
            return
        keep = (1.0 - self._c.scenario.team.learning.skill_per_visit) ** calls
        for skill in (world.selling, world.service, world.coaching):
            skill[a] = 1.0 - (1.0 - skill[a]) * keep

    def _record(self, day: Day, a: int, n: int, totals: Array) -> None:
        world, panel = self._c.world, self._c.recorder.panels["advisor"]
        names = (
            "calls", "productive_calls", "lines", "order_units", "new_listings", "attempts", "driving_minutes",
            "visiting_minutes", "idle_minutes", "km",
        )  # fmt: skip
        codes = (
            field.CALLS, field.PRODUCTIVE, field.LINES, field.ORDER_UNITS, field.NEW_LISTINGS, field.ATTEMPTS,
            field.DRIVING, field.VISITING, field.IDLE, field.KM,
        )  # fmt: skip
        row = panel[day.index, a]
        row[: len(names)] = totals[list(codes)]
        row[len(names) :] = (
            world.selling[a], world.service[a], world.coaching[a], world.farmer[a], totals[field.PATCH], 1.0,
        )  # fmt: skip
        if self._c.scenario.recording.visits and n:
            log = self._log[:n]
            world.tables["visits"].append(
                day=np.full(n, day.index), advisor=a, stop=np.arange(1, n + 1), outlet=log[:, 0].astype(np.int32),
                arrive_minute=log[:, 1], leave_minute=log[:, 2], order_units=log[:, 3].astype(np.int32),
                lines=log[:, 4].astype(np.int16), listings=log[:, 5].astype(np.int16),
            )  # fmt: skip
