"""Dates and days."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calendar import MINUTES_PER_DAY, Calendar, Phase


@given(
    st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 1460), st.integers(1, 3660), st.integers(-2000, 9000)
)
def test_dates_and_days_are_inverse(start: date, burn_in: int, duration: int, index: int) -> None:
    calendar = Calendar(start, burn_in, duration)
    assert calendar.index_of(calendar.date_of(index)) == index
    assert calendar.measured_day(index) == index - burn_in
    assert calendar.date_of(burn_in) == start
    assert calendar.n_days == burn_in + duration


def test_a_leap_day_is_a_day() -> None:
    calendar = Calendar(date(2028, 2, 27), 0, 10)
    assert [calendar.date_of(k).day for k in range(4)] == [27, 28, 29, 1]
    assert calendar.date_of(-58) == date(2027, 12, 31)
    assert calendar.index_of(date(2028, 3, 1)) == 3


def test_phases_follow_the_order_of_a_day() -> None:
    names = [p.name for p in sorted(Phase)]
    order = ["RECEIVE", "FIELD", "ORDER", "SHOP", "DECIDE", "SETTLE", "AGE", "RECORD"]
    assert [n for n in names if n in order] == order
    assert names[0] == "PLAN"
    assert names[-1] == "RECORD"
    assert all(0 <= p < MINUTES_PER_DAY for p in Phase)


def test_a_calendar_can_not_be_changed() -> None:
    with pytest.raises(AttributeError):
        Calendar(date(2026, 1, 5), 0, 1).burn_in_days = 3  # type: ignore[misc]


def test_weekdays_run_on() -> None:
    calendar = Calendar(date(2026, 1, 5), 90, 365)
    days = [calendar.date_of(k).weekday() for k in range(400)]
    assert all((b - a) % 7 == 1 for a, b in itertools.pairwise(days))
    assert calendar.date_of(399) - calendar.date_of(0) == timedelta(days=399)
