"""What every actor shares: the day, the context, and what it is to be one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.calendar import Calendar
from sim.ledger.journal import Journal
from sim.ledger.recorder import Recorder
from sim.scenario.schema import Scenario
from sim.strategies.plan import StrategyPlan
from sim.streams import DecisionPoint, write_keys
from sim.world.world import World

if TYPE_CHECKING:
    from sim.agents.clock import Clock, Life, Moment

Array = NDArray[Any]
Cents = TypeVar("Cents", int, NDArray[Any])


N_POINTS = max(DecisionPoint) + 1


@dataclass(frozen=True)
class Day:
    """One simulated day.

    Attributes
    ----------
    index : 0 is the first day of the burn-in.
    when : its date.
    field_works : whether advisors and rivals' people work: it is neither a weekday of rest nor such a holiday.
    nobody_works : whether it is a holiday on which promoters and trucks stay at home, too; on weekdays of rest they
        follow their own weekdays.
    """

    index: int
    when: date
    field_works: bool
    nobody_works: bool = False

    @property
    def weekday(self) -> int:
        """Day of the week, 0 Monday."""
        return self.when.weekday()

    def every(self, days: int, offset: int = 0) -> bool:
        """Whether a thing that happens every so many days happens today."""
        return days > 0 and (self.index - offset) % days == 0


@dataclass
class Minutes:
    """What the head office remembers and has written down; plain JSON values, saved with the market.

    Attributes
    ----------
    memory : what each part of the strategy remembers, in the order of the parts.
    budget_cents : the monthly budget, fixed at the first decision; −1 before.
    notes : rows (day, part, note, territory, value), for the table of decisions.
    """

    memory: list[dict[str, Any]] = field(default_factory=list)
    budget_cents: float = -1.0
    notes: list[tuple[int, str, str, int, float]] = field(default_factory=list)


@dataclass
class Context:
    """What actors work with.

    Attributes
    ----------
    plan : the strategy that our head office follows.
    minutes : what the head office remembers of it.
    baseline : lever columns by lever name as the scenario states them, read-only.
    clock : where all actors sleep; none before the first step.
    """

    world: World
    journal: Journal
    recorder: Recorder
    calendar: Calendar
    seed: int
    replication: int
    plan: StrategyPlan
    minutes: Minutes
    baseline: Mapping[str, Array]
    clock: Clock | None = field(default=None, init=False, repr=False)
    _period: int | None = field(default=None, init=False, repr=False)
    _keys: Array = field(default_factory=lambda: np.empty(N_POINTS, dtype=np.uint64), init=False, repr=False)

    @property
    def scenario(self) -> Scenario:
        """The scenario of the world."""
        return self.world.scenario

    def day(self, index: int) -> Day:
        """Return a simulated day, with what the scenario's calendar says of it."""
        spec, when = self.scenario.calendar, self.calendar.date_of(index)
        closed = any(
            0 <= (when - holiday.first_date).days < holiday.duration_days
            for holiday in spec.holidays
            if not holiday.field_works
        )
        return Day(index, when, when.weekday() not in spec.rest_weekdays and not closed, closed)

    def next_day(self, first: int, which: Callable[[Day], bool]) -> int | None:
        """Return the next simulated day of a kind, from `first` on; None if the run has no more of them."""
        return next((index for index in range(first, self.calendar.n_days) if which(self.day(index))), None)

    def next_working_day(self, first: int) -> int | None:
        """Return the next day, from `first` on, on which advisors and rivals' people work."""
        return self.next_day(first, lambda day: day.field_works)

    def rouse(self, *moments: Moment) -> None:
        """Let every sleeper, or those of some moments, look anew at when it is due.

        Whoever changes a column by which a sleeper knows its time has to call this: a lever moves, somebody is signed
        or dismissed.
        """
        if self.clock is not None:
            self.clock.rouse(*moments)

    def key(self, point: DecisionPoint, period: int) -> np.uint64:
        """Return the key of a decision point in a period."""
        if period != self._period:
            # Most keys of a day are of one period.
            write_keys(self.seed, self.replication, period, self._keys)
            self._period = period
        key: np.uint64 = self._keys[point]
        return key


class Agent(Protocol):
    """An actor of the market.

    Attributes
    ----------
    writes : owners of the columns that it writes.
    """

    writes: frozenset[str]

    def process(self, env: Clock) -> Life:
        """Live: sleep until the next decision, act, and sleep again.

        A process begins anew at every midnight at which a market is restored, so it knows nothing but what stands in
        the columns of the world and in the calendar.
        """
        ...


MONTHS_OF_A_YEAR: Final = 12
WORKING_DAYS_OF_A_YEAR: Final = 260.0
"""Days on which whoever calls on shops for others works (assumption)."""


def wage_of_working_day(context: Context) -> float:
    """Return what a working day of a field person costs: rivals' and distributors' people are paid as ours [cents]."""
    return context.scenario.team.wage_cents_per_month * MONTHS_OF_A_YEAR / WORKING_DAYS_OF_A_YEAR


def daily_cents(monthly: Cents) -> Cents:
    """Return a day's part of a monthly amount, a whole number or an array of them, in whole cents."""
    return monthly * 12 // 365
