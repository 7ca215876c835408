"""Our customer advisors: each works its day; those of one territory act together, in the order of their posts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day, daily_cents
from sim.agents.clock import Clock, Life, Moment
from sim.agents.known_market import ShopObserver
from sim.agents.order_book import OrderBook
from sim.agents.retailer import Retailer
from sim.calendar import Phase, Rank
from sim.kernels import field
from sim.kernels.calls import CallKeys
from sim.kernels.day_plan import DayRules, Knowledge
from sim.kernels.field import People, work_teams
from sim.ledger.recorder import Event
from sim.streams import DecisionPoint
from sim.world.accounts import Account, Sector
from sim.world.panels import Advisor

Array = NDArray[Any]

RECORDED = field.PATCH
"""So many totals of a day are the first fields of the advisors' panel, in its order."""


class DayCalls(NamedTuple):
    """Who made which calls today: advisors at work; by call, the outlet, the caller's service skill, listings won."""

    advisors: Array
    outlet: Array
    service: Array
    won: Array


TOURS = Moment(Phase.FIELD, Rank.ADVISOR, 0, "our advisors", "tour their outlets: sell, order, tidy the shelf")
OBSERVE = Moment(Phase.FIELD, Rank.OBSERVATION, 0, "our advisors", "write what they saw into the market database")
WAGES = Moment(Phase.SETTLE, Rank.ADVISOR, 0, "our advisors", "are paid their wages")


class AdvisorTeam:
    """Our field force."""

    writes = frozenset({"field", "database", "retailer", "market_day", "journal"})

    def __init__(self, context: Context, book: OrderBook, retailer: Retailer) -> None:
        self._c = context
        self._book = book
        self._retailer = retailer
        visit, learning = context.scenario.team.visit, context.scenario.team.learning
        on, database = context.scenario.mechanisms, context.scenario.database
        self._rules = DayRules(
            float(visit.minutes_per_day), float(visit.start_minute), float(context.world.minutes_per_km[0]),
            visit.detour_factor,
            visit.max_calls_per_day, visit.improve_route, 0, learning.wright_exponent, learning.wright_floor,
            learning.wright_unit_visits, on.learning, context.scenario.retail.ordering.expected_lead_days,
            context.scenario.retail.ordering.teaching_gain,
            database.discover_radius_km, database.discover_probability if on.database_limits else 0.0,
            1.0 - learning.skill_per_visit,
        )  # fmt: skip
        world = context.world
        self._all_outlets = np.arange(world.n_outlets)
        self._people = People(
            world.advisor_x_km, world.advisor_y_km, world.selling, world.service, world.coaching, world.farmer,
            world.visits_made,
        )  # fmt: skip
        self._known = self._knowledge()
        self._won = np.zeros_like(book.won)
        self._observer = ShopObserver(context)
        self._calls: DayCalls | None = None

    def process(self, env: Clock) -> Life:
        """Live a working day of our field force; wages fall due every day.

        The teams of all territories are one process: their people walk at the same time over outlets that never
        overlap, and the kernel that walks with them takes the territories one after the other.
        """
        if not self._c.scenario.mechanisms.advisors:
            return
        env.routine(self, WAGES, self._pay)
        while True:
            yield from env.sleep(TOURS, self._next_tours)
            self._work(env.today)
            # After the promoters have taken their places; nothing else happens in the shops in between.
            yield env.at(OBSERVE)
            self._observe(env.today)

    def _next_tours(self, first: int) -> int | None:
        """The next working day on which anybody is at work."""
        begins = self._first_day_at_work()[self._c.world.is_employed]
        return self._c.next_working_day(max(first, int(begins.min()))) if begins.shape[0] else None

    def _first_day_at_work(self) -> Array:
        """First day at work of whoever holds a post: after the move, after the course, shape (n_advisors,)."""
        first: Array = np.maximum(self._c.world.available_day, self._c.world.training_until + 1)
        return first

    def _pay(self) -> None:
        world = self._c.world
        employed = int(world.is_employed.sum())
        cents = daily_cents(self._c.scenario.team.wage_cents_per_month) * employed
        self._c.journal.company_expense(0, Account.ADVISOR_COST, cents, Sector.EMPLOYEES)

    def _work(self, day: Day) -> None:
        """Send everybody out, one territory after the other; write their days down together."""
        world, book = self._c.world, self._book
        present = world.is_employed & (self._first_day_at_work() <= day.index)
        advisors = np.flatnonzero(present)
        if advisors.shape[0] == 0:
            return
        home = world.advisor_territory[advisors]
        order = np.argsort(home, kind="stable")
        advisors, home = advisors[order], home[order]
        totals = np.zeros((advisors.shape[0], field.DAY_FIELDS))
        log = np.zeros((advisors.shape[0], self._rules.max_calls, 6))
        keys = CallKeys(
            order=self._c.key(DecisionPoint.SUGGESTED_ORDER, day.index),
            estimate=self._c.key(DecisionPoint.DEMAND_ESTIMATE, day.index),
            sell_in=self._c.key(DecisionPoint.SELL_IN, day.index),
        )
        discovery = self._c.key(DecisionPoint.DISCOVERY, day.index)
        shelves, ties = book.shelves(), book.ties()
        rules = self._rules._replace(
            plan=int(world.lever_visit_plan[0]), improve=bool(world.lever_improve_route[0]),
            minutes_per_km=float(world.minutes_per_km[0]),
        )  # fmt: skip
        call_rules = book.call_rules._replace(proposes=bool(world.lever_suggested_orders[0]))
        work_teams(
            advisors, home, world.outlet_advisor, self._people, self._known, shelves, ties, rules, call_rules, keys,
            discovery, world.lever_focus, day.index, book.ordered, self._won, totals, log,
        )  # fmt: skip
        self._record(day, advisors, totals)
        self._keep_calls(day, advisors, totals[:, field.CALLS].astype(np.int64), log)
        self._retailer.record_listings(day, int(Phase.FIELD), Event.LISTING_WON, self._won, self._all_outlets)
        self._pay_travel(home, totals[:, field.KM])

    def _pay_travel(self, home: Array, km: Array) -> None:
        """Pay each territory's travel, in whole cents."""
        driven: dict[int, float] = {}
        for territory, distance in zip(home.tolist(), km.tolist(), strict=True):
            driven[territory] = driven.get(territory, 0.0) + distance
        cents = sum(int(total * self._c.scenario.team.travel_cents_per_km) for total in driven.values())
        self._c.journal.company_expense(0, Account.TRAVEL, cents, Sector.CARRIERS)

    def _keep_calls(self, day: Day, advisors: Array, calls: Array, log: Array) -> None:
        """Keep the calls until they are looked at, and for good where visits are recorded; `calls` is their number."""
        world = self._c.world
        made = np.arange(log.shape[1]) < calls[:, None]
        visits = log[made]
        outlet = visits[:, 0].astype(np.int64)
        self._calls = DayCalls(advisors, outlet, np.repeat(world.service[advisors], calls), self._won[outlet])
        if self._c.scenario.recording.visits:
            world.tables["visits"].append(
                day=day.index, advisor=np.repeat(advisors, calls), stop=np.nonzero(made)[1] + 1, outlet=outlet,
                arrive_minute=visits[:, 1], leave_minute=visits[:, 2], order_units=visits[:, 3], lines=visits[:, 4],
                listings=visits[:, 5],
            )  # fmt: skip

    def _observe(self, day: Day) -> None:
        """Write what the day's callers saw into the market database."""
        calls, self._calls = self._calls, None
        if calls is not None:
            self._observer.look(day, calls.outlet, calls.service, calls.won)
            self._observer.notice_closed(day, calls.advisors)

    def _knowledge(self) -> Knowledge:
        w = self._c.world
        return Knowledge(
            w.outlet_x_km, w.outlet_y_km, w.outlet_territory, w.known_class, w.outlet_size, w.outlet_visit_minutes,
            w.is_known, w.known_size, w.last_visit_day, w.visit_count, w.known_sales_rate, w.known_listed,
            w.lever_visit_every_days, w.lever_outlet_interval, w.neighbour_outlet,
        )  # fmt: skip

    def _record(self, day: Day, advisors: Array, totals: Array) -> None:
        world, today = self._c.world, self._c.recorder.today("advisor", day.index)
        done = dict(zip(Advisor._fields, totals[:, :RECORDED].T, strict=False))
        state = {name: world.columns[name][advisors] for name in ("selling", "service", "coaching", "farmer")}
        place = {"patch_outlets": totals[:, field.PATCH], "working": 1, "territory": world.advisor_territory[advisors]}
        for name, values in (done | state | place).items():
            getattr(today, name)[advisors] = values
