from __future__ import annotations

import math

import pytest

from sim.terminal.progress import Count, progress_bar
from sim.terminal.words import number


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.12345, "0.1235"), (1234567.0, "1,234,567"), (3, "3"), (math.nan, "-"), (None, "-"), (-2500.4, "-2,500")],
)
def test_number(value, text):
    assert number(value) == text


def test_days_are_counted_without_a_terminal():
    count = Count("days")
    assert str(count) == "before the first day"
    with progress_bar("x", count, quiet=True) as progress:
        progress(3, 10)
    assert str(count) == "after 3 of 10 days"


def test_days_are_counted_behind_a_bar(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    count = Count("days")
    with progress_bar("x", count, quiet=False) as progress:
        progress(4, 10)
        assert progress is not count
    assert count.done == 4
