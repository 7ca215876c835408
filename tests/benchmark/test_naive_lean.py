"""The lean program and the production kernels describe the same shoppers: their means agree within standard errors."""

from __future__ import annotations

import math

import numpy as np

from tests.benchmark.naive_lean import BRANDS, LeanMarket, Outlet
from tests.trading_day import MANY, trade

WEIGHTS = (1.4, 1.0, 0.7, 0.5)
NO_PURCHASE = 0.67
MEAN = 12.0
OUTLETS = 2000
POISSON = 1e7


def lean_sales(stock: int) -> np.ndarray:
    """Units sold on the first day by outlet and brand, shape (OUTLETS, BRANDS)."""
    never = [-1] * BRANDS
    shops = [Outlet(MEAN, WEIGHTS, never, never, [stock] * BRANDS) for _ in range(OUTLETS)]
    LeanMarket(shops, POISSON, NO_PURCHASE, seed=20260105).run(1)
    return np.array([shop.sold for shop in shops])


def kernel_sales(stock: int) -> np.ndarray:
    counts, _ = trade(
        0,
        np.full((OUTLETS, BRANDS), stock),
        WEIGHTS,
        mean_shoppers=MEAN,
        brands=range(BRANDS),
        choose_again=True,
        no_purchase=NO_PURCHASE,
    )
    return counts.sold


def assert_same_means(one: np.ndarray, other: np.ndarray) -> None:
    for brand in range(BRANDS):
        difference = one[:, brand].mean() - other[:, brand].mean()
        error = math.sqrt((one[:, brand].var() + other[:, brand].var()) / OUTLETS)
        assert abs(difference) <= 3.5 * error, f"brand {brand}: {difference:.4f}, standard error {error:.4f}"


def test_full_shelves_sell_the_same() -> None:
    lean = lean_sales(MANY)
    assert_same_means(lean, kernel_sales(MANY))
    expected = MEAN * WEIGHTS[0] / (sum(WEIGHTS) + NO_PURCHASE)
    assert abs(lean[:, 0].mean() - expected) <= 3.5 * math.sqrt(expected / OUTLETS)


def test_short_shelves_sell_the_same_by_a_second_choice() -> None:
    lean = lean_sales(2)
    assert_same_means(lean, kernel_sales(2))
    assert (lean[:, 0] == 2).mean() > 0.5, "the case should be one of stock-outs"
