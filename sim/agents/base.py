"""What every actor shares: the day, the context, and acts with an explicit order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.calendar import Calendar, Phase
from sim.ledger.journal import Journal
from sim.ledger.recorder import Recorder
from sim.scenario.schema import Scenario
from sim.strategies.plan import StrategyPlan
from sim.streams import DecisionPoint, write_keys
from sim.world.world import World

Array = NDArray[Any]
Cents = TypeVar("Cents", int, NDArray[Any])


N_POINTS = max(DecisionPoint) + 1


class Rank(IntEnum):
    """Order of the actors within one phase."""

    CALENDAR = 0
    DIRECTION = 5
    OUTLET = 10
    DISTRIBUTOR = 20
    ADVISOR = 30
    PROMOTER = 40
    OBSERVATION = 45
    RIVAL_FIELD = 50
    DELIVERY = 60
    MARKET = 70
    RIVAL = 80
    MANAGEMENT = 90
    FACTORY = 100
    SETTLEMENT = 110
    AGEING = 120
    RECORDING = 130


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
    _period: int | None = field(default=None, init=False, repr=False)
    _keys: Array = field(default_factory=lambda: np.empty(N_POINTS, dtype=np.uint64), init=False, repr=False)

    @property
    def scenario(self) -> Scenario:
        """The scenario of the world."""
        return self.world.scenario

    def key(self, point: DecisionPoint, period: int) -> np.uint64:
        """Return the key of a decision point in a period."""
        if period != self._period:
            # Most keys of a day are of one period.
            write_keys(self.seed, self.replication, period, self._keys)
            self._period = period
        key: np.uint64 = self._keys[point]
        return key


class Act(NamedTuple):
    """Something an actor does today.

    Attributes
    ----------
    phase : part of the day; its value is the minute.
    rank : order of the actors within the phase.
    slot : order within the actor, such as the territory's row.
    """

    phase: Phase
    rank: Rank
    slot: int
    run: Callable[[], None]


class Agent(Protocol):
    """An actor: says at midnight what it will do during the day."""

    writes: frozenset[str]

    def acts(self, day: Day) -> Iterator[Act]:
        """Yield today's acts."""
        ...


def daily_cents(monthly: Cents) -> Cents:
    """Return a day's part of a monthly amount, a whole number or an array of them, in whole cents."""
    return monthly * 12 // 365
