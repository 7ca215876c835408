"""Monthly rates below one act as well."""

from __future__ import annotations

from datetime import date

import pytest

from sim.agents.base import Day
from sim.agents.management import MONTH, whole_number_of_month


@pytest.mark.parametrize("per_month", [0.0, 0.4, 1.0, 2.75])
def test_fractions_of_a_monthly_rate_add_up(per_month: float) -> None:
    months = [Day(m * MONTH, date(2026, 1, 5), True) for m in range(20)]
    numbers = [whole_number_of_month(day, per_month) for day in months]
    assert sum(numbers) == int(20 * per_month)
    assert max(numbers) - min(numbers) <= 1
