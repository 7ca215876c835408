"""Shoppers of many outlets, counted side by side, against the same law taken one by one."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernels.footfall import like_sized
from sim.sampling import LARGE_MEAN, negative_binomial_quantile
from sim.streams import DecisionPoint, draw, draw_bits, key_of, stream
from tests.trading_day import trade

KEY = np.uint64(key_of(20260105, 3, int(DecisionPoint.SHOPPERS), 0))
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@pytest.mark.parametrize("dispersion", [0.0, 0.7, 3.0, 18.0, 250.0])
@pytest.mark.parametrize("mean", [0.0, 0.4, 19.0, 580.0, LARGE_MEAN + 1.0])
def test_counts_are_those_of_one_outlet_alone(mean: float, dispersion: float) -> None:
    n = 500
    means = mean * np.linspace(0.5, 1.0, n)
    counts, _ = trade(3, np.zeros((n, 2)), [1.0, 1.0], mean_shoppers=means, brands=[0, 1], dispersion=dispersion)
    slots = np.arange(1, n + 1).astype(np.uint64) * GOLDEN
    alone = [
        negative_binomial_quantile(draw(stream(KEY, s), 0), m, dispersion) for s, m in zip(slots, means, strict=True)
    ]
    np.testing.assert_array_equal(counts.shoppers, alone)


def test_every_outlet_is_counted_once() -> None:
    size = np.random.default_rng(1).lognormal(size=3000)
    order = like_sized(size)
    np.testing.assert_array_equal(np.sort(order), np.arange(3000))
    np.testing.assert_array_equal(order // 1024, np.sort(order // 1024))
    assert (np.diff(size[order[:1024]]) >= 0.0).all()


def test_a_draw_is_its_bits() -> None:
    start = stream(KEY, np.uint64(5))
    assert [draw(start, j) for j in range(50)] == [(draw_bits(start, j) + 0.5) * 2.0**-52 for j in range(50)]
