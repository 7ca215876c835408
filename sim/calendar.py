"""Dates, the phases of a day, and the ticks of SimPy time.

SimPy time is a whole number of *ticks* from midnight of the first simulated day (the first day of the burn-in). A tick
says when something happens down to the order within one minute, so that nothing depends on who was created first:

    tick = ((day · 1440 + minute) · RANKS + rank) · SLOTS + slot

The minute is that at which a phase begins (a phase and its minute are one thing), the rank puts the kinds of actors of
one phase in order, and the slot the acts and the members of one kind: a company's or a distributor's row, say. No rank
is 0, so that midnight itself comes before everything that happens on its day.

Results count days from the scenario's start date: day 0 is the first measured day and the burn-in is negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

MINUTES_PER_DAY = 1440
RANKS = 1 << 8
SLOTS = 1 << 20
TICKS_PER_MINUTE = RANKS * SLOTS
TICKS_PER_DAY = MINUTES_PER_DAY * TICKS_PER_MINUTE


class Phase(IntEnum):
    """The parts of a day in the order in which they happen; the value is the minute after midnight."""

    PLAN = 0
    RECEIVE = 360
    FIELD = 510
    ORDER = 990
    DISPATCH = 1050
    SHOP = 1080
    DECIDE = 1260
    SETTLE = 1320
    AGE = 1380
    RECORD = 1430


class Rank(IntEnum):
    """Order of the kinds of actors within one phase; below `RANKS`, and never 0."""

    CALENDAR = 1
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


def tick_of_day(phase: Phase, rank: Rank, slot: int) -> int:
    """Return the tick of an act, counted from its midnight."""
    return (phase * RANKS + rank) * SLOTS + slot


def earliest(first: int, *days: int | Sequence[int] | NDArray[np.int32]) -> int | None:
    """Return the earliest of some days, alone or in arrays, that is not before `first`; None if there is none."""
    coming = np.concatenate([np.ravel(some) for some in days])
    coming = coming[coming >= first]
    return int(coming.min()) if coming.shape[0] else None


def next_every(first: int, days: int, offset: int = 0) -> int:
    """Return the next day, from `first` on, of what happens every so many days: offset, offset + days and so on."""
    return first + (offset - first) % days


@dataclass(frozen=True)
class Calendar:
    """Dates of one run.

    Attributes
    ----------
    start_date : first measured date (day 0).
    burn_in_days : days simulated before it.
    duration_days : measured days.
    """

    start_date: date
    burn_in_days: int
    duration_days: int

    @property
    def n_days(self) -> int:
        """Simulated days, burn-in included."""
        return self.burn_in_days + self.duration_days

    def date_of(self, index: int) -> date:
        """Return the date of simulated day `index` (0 is the first day of the burn-in)."""
        return self.start_date + timedelta(days=index - self.burn_in_days)

    def index_of(self, when: date) -> int:
        """Return the simulated day of a date; it may lie outside the run."""
        return (when - self.start_date).days + self.burn_in_days

    def measured_day(self, index: int) -> int:
        """Return the day number of the results: 0 is the first measured day."""
        return index - self.burn_in_days
