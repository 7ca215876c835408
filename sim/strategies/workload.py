"""How many advisors a plan of visits needs, from what is known of the outlets and the roads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import Spec, quantity

Array = NDArray[Any]

TOUR_CONSTANT = 0.7124
"""Length of a tour against √(n·area) (Beardwood, Halton & Hammersley 1959; constant by Applegate et al. 2006)."""

DAYS_PER_WEEK = 7.0
MINUTES_PER_HOUR = 60.0


class Workday(Spec):
    """What planners reckon with; the field itself follows `team.visit`."""

    minutes_per_call: float = quantity(
        10.0, "Time in an outlet.", unit="minutes", gt=0, le=480, source="about 10 minutes each (field practice)"
    )
    minutes_per_day: float = quantity(480.0, "Working time.", unit="minutes/day", gt=0, le=960)
    days_per_week: float = quantity(5.0, "Working days.", unit="days/week", gt=0, le=7)
    km_per_hour: float = quantity(25.0, "Travel speed, stops included.", unit="km/h", gt=0, le=200)
    detour: float = quantity(
        1.3, "Road distance against straight line.", ge=1, le=5, source="circuity 1.2–1.4 (Ballou et al. 2002)"
    )

    def advisors(self, outlets: Array, area_km2: Array, every_days: float) -> Array:
        """Return the advisors that visit every outlet at an interval, rounded up, shape (n,), int64.

        Minutes of a call and of the way to it: visit + 60·detour·0.7124·√(area/outlets)/speed.

        Parameters
        ----------
        outlets, area_km2 : shape (n,). By territory.
        every_days : calendar days between visits to one outlet.
        """
        some = np.maximum(outlets, 1)
        km = TOUR_CONSTANT * self.detour * np.sqrt(area_km2 / some)
        minutes = self.minutes_per_call + MINUTES_PER_HOUR * km / self.km_per_hour
        calls_per_working_day = outlets / every_days * DAYS_PER_WEEK / self.days_per_week
        needed: Array = np.ceil(calls_per_working_day * minutes / self.minutes_per_day - 1e-9).astype(np.int64)
        return needed
