"""SimPy's environment over the ticks of the market, in which every actor sleeps until its next decision."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import simpy

from sim.calendar import TICKS_PER_DAY, Phase, Rank, tick_of_day

if TYPE_CHECKING:
    from sim.agents.base import Agent, Day

Life = Generator[simpy.Event, object, None]
"""What an actor's `process` is."""

Due = Callable[[int], int | None]
"""From a day on, the first day on which an actor has something to do; None as long as nobody calls it."""


@dataclass(frozen=True, eq=False)
class Moment:
    """A place in the day at which an actor acts.

    Attributes
    ----------
    phase, rank, slot : the order among all that happens on a day, see `sim.calendar`.
    who, what : what happens, in words: a subject, and what it does.
    axis : axis of the world to whose row the one who acts belongs; none when it acts for all of its kind. The row is
        added to the slot.
    """

    phase: Phase
    rank: Rank
    slot: int
    who: str
    what: str
    axis: str = ""
    tick: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tick", tick_of_day(self.phase, self.rank, self.slot))


class Wake(NamedTuple):
    """An actor that wakes up to act: on which simulated day, who, at which moment of the day, for which row."""

    day: int
    actor: Agent
    moment: Moment
    row: int


Observer = Callable[[Wake, Callable[[], None]], None]
"""Is handed each wake-up and the act, which it must call once."""


class Clock(simpy.Environment):
    """The time of one market.

    Parameters
    ----------
    day : simulated day at whose midnight the clock begins.
    day_of : gives a day's date and what the calendar says of it.
    """

    def __init__(self, day: int, day_of: Callable[[int], Day]) -> None:
        super().__init__(initial_time=day * TICKS_PER_DAY)
        self._now: int
        self._day_of = day_of
        self._today = day_of(day)
        self._sleepers: dict[simpy.Process, Moment] = {}
        self._actors: dict[simpy.Process, Agent] = {}

    @property
    def today(self) -> Day:
        """The day that it is."""
        index = self._now // TICKS_PER_DAY
        if index != self._today.index:
            self._today = self._day_of(index)
        return self._today

    def begin(self, actor: Agent, life: Life) -> None:
        """Begin a process of an actor."""
        self._actors[self.process(life)] = actor

    def routine(self, actor: Agent, moment: Moment, act: Callable[[], None], due: Due | None = None) -> None:
        """Begin a process that does one thing whenever it is due, or every day."""
        self.begin(actor, self._routine(moment, act, due))

    def _routine(self, moment: Moment, act: Callable[[], None], due: Due | None) -> Life:
        while True:
            if due is None:
                yield self.at(moment)
            else:
                yield from self.sleep(moment, due)
            act()

    def at(self, moment: Moment, row: int = 0) -> simpy.Timeout:
        """Return the next time that a moment of the day comes, to be waited for with `yield`."""
        delay = moment.tick + row - self._now % TICKS_PER_DAY
        return simpy.Timeout(self, delay if delay > 0 else delay + TICKS_PER_DAY, (moment, row))

    def sleep(self, moment: Moment, due: Due, row: int = 0) -> Life:
        """Sleep until a moment of the day on which the actor is due, to be used with `yield from`.

        Whoever is roused asks `due` again and sleeps on; it never acts at once.
        """
        me = self.active_process
        assert me is not None
        tick = moment.tick + row
        self._sleepers[me] = moment
        while True:
            now = self._now
            day = due(now // TICKS_PER_DAY + (now % TICKS_PER_DAY >= tick))
            try:
                if day is None:
                    yield self.event()
                else:
                    yield simpy.Timeout(self, day * TICKS_PER_DAY + tick - now, (moment, row))
            except simpy.Interrupt:
                continue
            del self._sleepers[me]
            return

    def rouse(self, *moments: Moment) -> None:
        """Interrupt who sleeps until one of some moments, or until any, so that it looks anew at when it is due."""
        for process, moment in self._sleepers.items():
            if not moments or moment in moments:
                process.interrupt()


class WatchedClock(Clock):
    """A clock that hands each act to an observer; a plain clock pays nothing for it."""

    def __init__(self, day: int, day_of: Callable[[int], Day], observer: Observer) -> None:
        super().__init__(day, day_of)
        self._observer = observer

    def step(self) -> None:
        """Process the next event; if an actor wakes up to act, let the observer do it."""
        tick, _, _, event = self._queue[0]
        # Nobody waits any more for a wake-up that an interrupt has put off.
        if isinstance(event, simpy.Timeout) and event.callbacks:
            assert event.value is not None
            moment, row = event.value
            actor = self._actors[event.callbacks[0].__self__]  # type: ignore[attr-defined]
            self._observer(Wake(day=int(tick) // TICKS_PER_DAY, actor=actor, moment=moment, row=row), super().step)
        else:
            super().step()
