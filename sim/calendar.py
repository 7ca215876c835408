"""Dates and integer minutes, and the phases of a day.

SimPy time is an integer number of minutes from midnight of the first simulated day (the first day of the burn-in).
Results count days from the scenario's start date: day 0 is the first measured day and the burn-in is negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

MINUTES_PER_DAY = 1440


class Phase(IntEnum):
    """The parts of a day in the order in which they happen; the value is the minute after midnight.

    Agents of one phase act in the order of their slots, never in the order of their creation.
    """

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
