"""The only place that starts a SimPy environment: single sessions that can be stepped, traced, saved and restored.

Every actor lives as a SimPy process that sleeps until its next decision (`sim.agents`). When that is stands in the
world's columns and in the calendar, so that all processes can begin anew at any midnight: every midnight is a seam at
which the whole market can be saved and continued elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sim.agents.base import Agent, Context, Day, Minutes
from sim.agents.cast import cast
from sim.agents.clock import Clock, Observer, WatchedClock
from sim.agents.direction import baseline_levers
from sim.agents.known_market import known_outlets
from sim.agents.settlement import open_books
from sim.agents.trace import Trace
from sim.calendar import TICKS_PER_DAY, Calendar
from sim.errors import ArsimError, InputError, Problem, StateError
from sim.ledger.closing import check_ledger
from sim.ledger.journal import Journal
from sim.ledger.recorder import Recorder
from sim.ledger.tables import tables_of
from sim.saved import pack, unpack
from sim.scenario.schema import Scenario
from sim.strategies.levers import Array, Place, pull
from sim.strategies.plan import BASELINE, plan_of
from sim.strategies.view import KnownOutlets
from sim.world.setup import build_world
from sim.world.world import check_world

if TYPE_CHECKING:
    import pandas as pd


class Session:
    """One replication of a scenario, stepped by days.

    Parameters
    ----------
    scenario : a checked scenario.
    seed : root seed; the scenario's own when absent.
    replication : number of the replication.
    strategy : name of the strategy that is followed after the burn-in; the scenario's own when absent.

    Attributes
    ----------
    day : simulated days completed, burn-in included.
    census_notes : what was filled or dropped when the census was read.
    """

    def __init__(
        self, scenario: Scenario, *, seed: int | None = None, replication: int = 0, strategy: str | None = None
    ) -> None:
        self.scenario = scenario
        self.plan = plan_of(scenario, strategy)
        self.seed = scenario.seed if seed is None else seed
        self.replication = replication
        self.calendar = Calendar(
            scenario.calendar.start_date, scenario.calendar.burn_in_days, scenario.calendar.duration_days
        )
        self._observer: Observer | None = None
        self.reset()

    def reset(self) -> None:
        """Go back to the first morning of the burn-in."""
        scenario = (
            self.scenario if self.seed == self.scenario.seed else self.scenario.model_copy(update={"seed": self.seed})
        )
        self.world, self.census_notes = build_world(scenario, self.replication)
        self.recorder = Recorder(self.world, self.calendar.n_days)
        journal = Journal(self.world)
        self._context = Context(
            self.world,
            journal,
            self.recorder,
            self.calendar,
            self.seed,
            self.replication,
            self.plan,
            Minutes(),
            baseline_levers(self.world),
        )
        open_books(self._context)
        self.agents: list[Agent] = cast(self._context)
        self._begin(0)

    def _begin(self, day: int) -> None:
        """Stand at a midnight; the actors' processes begin at the next step, from the columns as they are then."""
        self.day = day
        self._context.clock = None

    def watch(self, observer: Observer | None) -> None:
        """Hand every act from now on to an observer, which must let it happen; None to watch no longer."""
        self._observer = observer
        self._begin(self.day)

    @property
    def finished(self) -> bool:
        """Whether the last day is over."""
        return self.day >= self.calendar.n_days

    def step(self, until: int | None = None) -> None:
        """Simulate whole days up to (not including) simulated day `until`; one day when absent."""
        goal = self.day + 1 if until is None else until
        if goal < self.day:
            raise ArsimError(f"day {goal} is over: {self.day} days have been simulated; `reset` goes back")
        if goal > self.calendar.n_days:
            raise ArsimError(f"day {goal} lies beyond the scenario's {self.calendar.n_days} days")
        while self.day < goal:
            self._run_day()
        check_world(self.world)
        if self.finished:
            check_ledger(self.world)

    def trace(self, until: int | None = None) -> pd.DataFrame:
        """Simulate as `step` does, and return every act on the way as a row; see `sim.agents.trace.Trace.table`."""
        trace, observer = Trace(self.world, self.calendar), self._observer
        self.watch(trace)
        self.step(until)
        self.watch(observer)
        return trace.table()

    def _run_day(self) -> None:
        clock = self._context.clock or self._start_clock()
        clock.run(until=(self.day + 1) * TICKS_PER_DAY)
        self.day += 1

    def _start_clock(self) -> Clock:
        """Begin the lives of all actors; the order in which they begin has no effect."""
        place = self.day, self._context.day
        clock = Clock(*place) if self._observer is None else WatchedClock(*place, self._observer)
        self._context.clock = clock
        for agent in self.agents:
            clock.begin(agent, agent.process(clock))
        return clock

    def _today(self) -> Day:
        return self._context.day(self.day)

    def observe(self) -> dict[str, Any]:
        """Return the tables recorded so far (pandas frames by name), as in `RunResult.tables`."""
        notes = self._context.minutes.notes
        return tables_of(self.world, self.recorder, self.day, self.calendar.burn_in_days, notes)

    def known(self) -> KnownOutlets:
        """Return the outlets that our people know this morning, as they know them: the database, never the truth."""
        return known_outlets(self._context, self._today())

    def pull(self, lever: str, value: float, **where: Place | Sequence[Place] | Array) -> None:
        """Move a lever from now on; see `sim.strategies.levers`."""
        pull(self.world, lever, value, **where)
        self._context.rouse()

    def save(self) -> bytes:
        """Return the whole market at this midnight; continuing from it is byte-identical."""
        header = {
            "day": self.day,
            "seed": self.seed,
            "replication": self.replication,
            "strategy": self.plan.name,
            "minutes": asdict(self._context.minutes),
        }
        return pack(self.world, self.recorder, header)

    @classmethod
    def restore(cls, scenario: Scenario, saved: bytes, *, strategy: str | None = None) -> Session:
        """Continue a saved market, in any process; the scenario must be the one that was saved.

        Parameters
        ----------
        strategy : another strategy than the saved one, to be followed from here on; only as long as the burn-in lasts,
            since afterwards a head office is in the middle of its plan.
        """
        header, columns, tables, recorded = unpack(saved, scenario)
        name = header["strategy"] if strategy is None else strategy
        session = cls(scenario, seed=header["seed"], replication=header["replication"], strategy=name)
        if name != header["strategy"] and header["day"] > session.calendar.burn_in_days:
            raise StateError(f"the state follows '{header['strategy']}' already; it can't change to '{name}'")
        minutes = header["minutes"]
        session._context.minutes.memory.extend(minutes["memory"])
        session._context.minutes.notes.extend(tuple(note) for note in minutes["notes"])
        session._context.minutes.budget_cents = minutes["budget_cents"]
        for name, column in session.world.dynamic():
            column[...] = columns[name]
        for name, table in session.world.tables.items():
            table.restore(tables[name])
        session.recorder.restore(recorded)
        session._begin(header["day"])
        return session


def burn_in(scenario: Scenario, *, seed: int | None = None, replication: int = 0) -> bytes:
    """Return the market at the end of its burn-in, to be shared by all strategies of a replication."""
    session = Session(scenario, seed=seed, replication=replication, strategy=BASELINE)
    session.step(scenario.calendar.burn_in_days)
    return session.save()


def trace(scenario: Scenario, first: int, last: int, *, seed: int | None = None, replication: int = 0) -> pd.DataFrame:
    """Return every act of some days of one replication, which is run up to the last of them.

    Parameters
    ----------
    first, last : days as in results, both included: 0 is the first measured day, the burn-in is negative.

    Returns
    -------
    One row an act; see `sim.agents.trace.Trace.table`.
    """
    session = Session(scenario, seed=seed, replication=replication)
    burn_in_days, n_days = session.calendar.burn_in_days, session.calendar.n_days
    if not -burn_in_days <= first <= last < n_days - burn_in_days:
        allowed = f"must be days of the run, {-burn_in_days} to {n_days - burn_in_days - 1}, the earlier one first"
        raise InputError([Problem("trace", 0, "days", f"{first}:{last}", allowed)])
    session.step(first + burn_in_days)
    return session.trace(last + burn_in_days + 1)


def rehearse(scenario: Scenario, strategy: str) -> dict[str, float]:
    """Let a strategy decide once, on the market before its burn-in; what it can't agree on shows without a run.

    Returns
    -------
    What its first plan costs by item. [cents/month]

    Raises
    ------
    InputError
        When two parts contradict each other, or the plan breaks the budget.
    """
    at_once = scenario.calendar.model_copy(update={"burn_in_days": 0})
    session = Session(scenario.model_copy(update={"calendar": at_once}), strategy=strategy)
    session.step()
    notes = session._context.minutes.notes
    return {item: value for _, part, item, _, value in notes if part == "budget"}
