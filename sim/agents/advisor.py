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
from sim.agents.targets import efforts, keep_to_plan
from sim.calendar import Phase, Rank
from sim.kernels.calls import CallDay
from sim.kernels.day_plan import AdvisorSkills, DayRules, Knowledge
from sim.kernels.field import CallLog, DayTotals, FieldDay, Finds, work_teams
from sim.kernels.tasks import TaskRules
from sim.ledger.recorder import Event
from sim.streams import DecisionPoint
from sim.world.accounts import Account, Sector
from sim.world.bundles import bundle, zeros

Array = NDArray[Any]


class DayCalls(NamedTuple):
    """Today's calls until they are looked at.

    Attributes
    ----------
    is_at_work : shape (n_advisors,).
    outlet, service : shape (n_calls,). Where, and the caller's service skill.
    fresh : shape (n_calls, n_products). Listings won at the call.
    """

    is_at_work: Array
    outlet: Array
    service: Array
    fresh: Array


TOURS = Moment(Phase.FIELD, Rank.ADVISOR, 0, "our advisors", "tour their outlets: sell, order, tidy the shelf")
OBSERVE = Moment(Phase.FIELD, Rank.OBSERVATION, 0, "our advisors", "write what they saw into the market database")
WAGES = Moment(Phase.SETTLE, Rank.ADVISOR, 0, "our advisors", "are paid their wages")


class AdvisorTeam:
    """Our field force."""

    writes = frozenset({"field", "database", "retailer", "market_day", "journal", "programme"})

    def __init__(self, context: Context, book: OrderBook, retailer: Retailer) -> None:
        self._c = context
        self._book = book
        self._retailer = retailer
        world, s = context.world, context.scenario
        discovers = s.database.discover_probability if s.mechanisms.database_limits else 0.0
        sections = s.team.visit, s.team.learning, s.retail.ordering, s.database
        self._rules = bundle(
            DayRules,
            world,
            *sections,
            learns=s.mechanisms.learning,
            discover_probability=discovers,
            tasks=bundle(TaskRules, world, s.team.tasks, on=s.mechanisms.task_minutes, to_sell=0),
        )
        self._skills, self._known = bundle(AdvisorSkills, world), bundle(Knowledge, world)
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
        # The sum of whole factors is exact, so that the usual pay costs the same cents in whatever order.
        pay = float(world.pay_factor[world.is_employed].sum())
        cents = int(daily_cents(self._c.scenario.team.wage_cents_per_month) * pay)
        self._c.journal.company_expense(0, Account.ADVISOR_COST, cents, Sector.EMPLOYEES)
        if self._c.scenario.mechanisms.targets_act:
            monthly = self._c.scenario.team.supervision.supervisor_cents_per_month * float(
                world.lever_supervisors.sum()
            )
            self._c.journal.company_expense(0, Account.OVERHEAD, daily_cents(int(monthly)), Sector.EMPLOYEES)

    def _work(self, day: Day) -> None:
        """Send everybody out, one territory after the other; write their days down together."""
        world, book = self._c.world, self._book
        present = world.is_employed & (self._first_day_at_work() <= day.index)
        advisors = np.flatnonzero(present)
        if advisors.shape[0] == 0:
            return
        advisors = advisors[np.argsort(world.advisor_territory[advisors], kind="stable")]
        totals = DayTotals(**{name: np.zeros(present.shape) for name in DayTotals._fields})
        room = advisors.shape[0] * self._rules.max_calls_per_day
        log = CallLog(**{f: np.zeros(room, np.float64 if f.endswith("minute") else np.int64) for f in CallLog._fields})
        today = CallDay(
            day=day.index,
            order=self._c.key(DecisionPoint.SUGGESTED_ORDER, day.index),
            estimate=self._c.key(DecisionPoint.DEMAND_ESTIMATE, day.index),
            sell_in=self._c.key(DecisionPoint.SELL_IN, day.index),
            displacement=self._c.key(DecisionPoint.DISPLACEMENT, day.index),
            focus=world.lever_focus,
        )
        by_plan = np.ones(present.shape, dtype=np.bool_)
        if self._c.scenario.mechanisms.targets_act:
            by_plan = keep_to_plan(self._c, day)
            world.effort[:] = efforts(self._c, day)
        field = FieldDay(
            skills=self._skills,
            known=self._known,
            shelves=book.shelves,
            relations=book.relations,
            rules=self._rules_today(),
            call_rules=book.call_rules,
            today=today,
            key_discovery=self._c.key(DecisionPoint.DISCOVERY, day.index),
            pupil=self._pupils(advisors),
            by_plan=by_plan,
        )
        finds = zeros(Finds, world.n_outlets, np.int64, n=np.zeros(1, dtype=np.int64))
        made = work_teams(field, advisors, totals, log, finds)
        found = finds.n[0]
        self._keep_calls(day, present, {name: column[:made] for name, column in log._asdict().items()})
        if found:
            self._observer.look(day, finds.outlet[:found], world.service[finds.advisor[:found]])
        world.written_units[:] += totals.order_units.astype(np.int64)
        self._record(day, present, totals, by_plan)
        book.record_displaced(day)
        self._retailer.record_listings(day, int(Phase.FIELD), Event.LISTING_WON, book.won)
        # Each territory's travel is paid in whole cents.
        km = np.bincount(world.advisor_territory[advisors], weights=totals.km[advisors])
        cents = int(np.floor(km * self._c.scenario.team.travel_cents_per_km).sum())
        self._c.journal.company_expense(0, Account.TRAVEL, cents, Sector.CARRIERS)

    def _rules_today(self) -> DayRules:
        """The rules, with the number of our products that are there to be sold."""
        world = self._c.world
        to_sell = int(((world.product_company == 0) & world.launched & (world.lever_focus > 0.0)).sum())
        return self._rules._replace(tasks=self._rules.tasks._replace(to_sell=to_sell))

    def _pupils(self, advisors: Array) -> Array:
        """Whom each advisor would coach: the least skilled of those at work in the territory, if it is a colleague.

        Parameters
        ----------
        advisors : rows of those at work, by territory.
        """
        world = self._c.world
        pupil = np.full(world.sizes["advisor"], -1)
        skill = world.selling + world.service + world.coaching
        for team in np.split(advisors, np.flatnonzero(np.diff(world.advisor_territory[advisors])) + 1):
            least = team[np.argmin(skill[team])]
            pupil[team[team != least]] = least
        return pupil

    def _keep_calls(self, day: Day, is_at_work: Array, log: dict[str, Array]) -> None:
        """Keep the calls until they are looked at, and for good where visits are recorded."""
        world, outlet = self._c.world, log["outlet"]
        self._calls = DayCalls(
            is_at_work=is_at_work, outlet=outlet, service=world.service[log["advisor"]], fresh=self._book.won[outlet]
        )
        if self._c.scenario.recording.visits:
            world.tables["visits"].append(day=day.index, **log)

    def _observe(self, day: Day) -> None:
        """Write what the day's callers saw into the market database."""
        calls, self._calls = self._calls, None
        if calls is not None:
            self._observer.look(day, calls.outlet, calls.service, calls.fresh)
            self._observer.notice_closed(day, calls.is_at_work)

    def _record(self, day: Day, present: Array, totals: DayTotals, by_plan: Array) -> None:
        world = self._c.world
        here = {
            name: np.where(present, world.columns[name], 0)
            for name in ("selling", "service", "coaching", "farmer", "talent", "effort")
        }
        place = np.where(present, world.advisor_territory, 0)
        self._c.recorder.add(
            "advisor",
            day.index,
            **totals._asdict(),
            **here,
            by_plan=by_plan & present,
            working=present,
            territory=place,
        )
