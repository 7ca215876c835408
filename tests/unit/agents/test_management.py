"""The office's monthly business: rates below one act as well, and targets follow what is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.agents.base import Day
from sim.agents.management import MONTH, whole_number_of_month
from sim.engine import Session
from tests.markets import market


@pytest.mark.parametrize("per_month", [0.0, 0.4, 1.0, 2.75])
def test_fractions_of_a_monthly_rate_add_up(per_month: float) -> None:
    months = [Day(m * MONTH, date(2026, 1, 5), True) for m in range(20)]
    numbers = [whole_number_of_month(day, per_month) for day in months]
    assert sum(numbers) == int(20 * per_month)
    assert max(numbers) - min(numbers) <= 1


def test_shops_found_closed_no_longer_count_in_targets() -> None:
    """Half of the shops that sell for us are found closed: the region's target falls by their sales."""
    wanted = []
    for every in (0, 2):
        session = Session(market({"calendar": {"burn_in_days": 0, "duration_days": 40}}))
        session.step(MONTH)
        world = session.world
        selling = np.flatnonzero(world.is_known & (world.known_sales_rate > 0.0))
        world.known_closed[selling[::every] if every else selling[:0]] = True
        session.step(MONTH + 1)
        targets = session.observe()["targets"].query("day == @MONTH and level == 'territory'")
        wanted.append(int(targets["units"].sum()))
    assert 0 < wanted[1] < wanted[0]
