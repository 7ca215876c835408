"""The outlets that our people know of, and the work of calling on them: the market database, never the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.engine import Session
from sim.scenario.schema import Scenario
from sim.strategies.plan import BASELINE

DAYS_A_MONTH = 365.0 / 12.0
CLASSES = np.array(["A", "B", "C"])


def known_work(scenario: Scenario, seed: int) -> pd.DataFrame:
    """Return the outlets known on the morning after the burn-in of replication 0, by the rows of the database.

    Parameters
    ----------
    seed : root seed of the luck.

    Returns
    -------
    Columns territory, channel, class (by known size), x_km, y_km [km], work: visits a month, as often as `team.visit`
    has it, times the minutes of a call by an untrained advisor. [hours/month]
    """
    session = Session(scenario, seed=seed, strategy=BASELINE)
    session.step(scenario.calendar.burn_in_days)
    seen = session.known()
    visit, names = scenario.team.visit, session.world.names
    every = np.array([visit.every_days_a, visit.every_days_b, visit.every_days_c])[seen.grade]
    minutes = np.array([scenario.retail.channels[name].visit_minutes for name in names.channels])[seen.channel]
    return pd.DataFrame({
        "territory": np.array(names.territories)[seen.territory], "channel": np.array(names.channels)[seen.channel],
        "class": CLASSES[seen.grade], "x_km": seen.x_km, "y_km": seen.y_km,
        "work": DAYS_A_MONTH / every * minutes / 60.0,
    })  # fmt: skip
