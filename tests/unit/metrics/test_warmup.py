"""Burn-in: Welch's average, MSER-5 and the verdict."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.metrics.warmup import mser, warmup, warmup_table, welch_average
from tests.unit.metrics.tables import FakeResult, result


def noisy(n: int, level: float = 0.0) -> np.ndarray:
    """A fixed, patternless wiggle of about ±1."""
    return level + np.sin(np.arange(n) ** 2 * 1.7)


def run(shares: np.ndarray, burn_in: int) -> FakeResult:
    """Our share of 1,000 units on each day."""
    rows = []
    for day, share in enumerate(shares, start=-burn_in):
        ours = round(1000 * share)
        rows += [
            {"day": day, "sell_out_units": ours},
            {"day": day, "sell_out_units": 1000 - ours, "company": "rival", "product": "p2", "brand": "b2"},
        ]
    return result(market=rows)


def test_welch_average_shrinks_at_the_ends() -> None:
    values = np.array([1.0, 2.0, 6.0, 4.0, 5.0])
    # 1; (1 + 2 + 6) ÷ 3; (2 + 6 + 4) ÷ 3; (6 + 4 + 5) ÷ 3; 5
    assert welch_average(values, 1).tolist() == pytest.approx([1, 3, 4, 5, 5])
    # the middle may reach two to either side: 18 ÷ 5
    assert welch_average(values, 9)[2] == pytest.approx(3.6)


def test_welch_average_leaves_out_missing_days() -> None:
    assert welch_average(np.array([1.0, np.nan, 3.0]), 1)[1] == 2


def test_mser_finds_the_end_of_a_jump() -> None:
    values = noisy(200)
    values[:40] += 50
    assert mser(values) == 40


def test_mser_keeps_a_steady_series_whole() -> None:
    assert mser(np.full(100, 3.0)) == 0


def test_mser_by_its_definition() -> None:
    values = noisy(120) + 5 * np.exp(-np.arange(120) / 10)
    means = values.reshape(24, 5).mean(axis=1)
    error = [means[d:].var() / (24 - d) for d in range(24 - 5)]
    assert mser(values) == 5 * int(np.argmin(error))


def test_mser_cannot_tell_from_a_trend_or_a_short_series() -> None:
    assert mser(np.arange(200.0)) is None
    assert mser(np.ones(49)) is None
    assert mser(np.full(100, np.nan)) is None


def test_burn_in_that_suffices() -> None:
    shares = 0.3 + 0.01 * noisy(300) + np.where(np.arange(300) < 30, 0.3, 0.0)
    check = warmup(run(shares, burn_in=60))
    assert check.suffices is True
    assert check.truncation_day == -30
    assert check.burn_in_days == 60
    assert check.days[0] == -60
    assert len(check.days) == len(check.mean) == len(check.welch) == 300
    assert "settled after 30 of 60 days" in check.verdict
    assert -30 <= check.settled_day <= 0


def test_burn_in_that_is_too_short() -> None:
    shares = 0.3 + 0.01 * noisy(300) + np.where(np.arange(300) < 50, 0.3, 0.0)
    check = warmup(run(shares, burn_in=20))
    assert check.suffices is False
    assert check.verdict == "market_share_units needs a burn-in of 50 days, not 20"


def test_a_record_too_short_to_tell() -> None:
    check = warmup(run(np.full(10, 0.5), burn_in=0))
    assert check.suffices is None
    assert math.isnan(check.truncation_day)


def test_table_of_several_kpis() -> None:
    table = warmup_table(run(0.3 + 0.01 * noisy(120), burn_in=20))
    assert table["kpi"].tolist()[0] == "market_share_units"
    assert table["suffices"].tolist() == [True, None, True, None]  # no listings, empty shelves, no distributors
