"""What a look at a shop writes down, on numbers small enough to do by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.kernels.observation import LookRules, Seen, Sights, look
from sim.streams import DecisionPoint, key_of

KEY = key_of(1, 0, DecisionPoint.SHARE_TOLD, 3)
COMPANY = np.array([0, 0, 1])
"""Two products are ours, one is the rival's."""


def sights(n: int = 1, **changes: Any) -> Sights:
    """Shops with all three products listed and in stock at their usual price of 200."""
    columns = {
        "outlet_slot": np.arange(n, dtype=np.uint64) + np.uint64(77),
        "outlet_territory": np.zeros(n, dtype=np.int32),
        "promoter_companies": np.zeros(n, dtype=np.int32),
        "is_listed": np.ones((n, 3), dtype=np.bool_),
        "outlet_stock_units": np.full((n, 3), 5, dtype=np.int32),
        "shelf_price_cents": np.full((n, 3), 200, dtype=np.int32),
        "habit": np.tile([0.3, 0.2, 0.5], (n, 1)),
        "relation": np.zeros((n, 2)),
        "shelf_discount": np.zeros((n, 3)),
        "price_factor": np.ones((1, 3)),
        "usual_price_cents": np.full(3, 200),
        "product_company": COMPANY,
        "brand_company": np.array([0, 0, 1]),
    }
    return Sights(**{**columns, **changes})


def nothing(n: int = 1) -> Seen:
    return Seen(**{name: np.full((n, 2), np.nan, dtype=np.float32) for name in Seen._fields})


def rules(error: float = 0.0, weight: float = 0.25) -> LookRules:
    """Half of the error goes by trust, and half of the rest by skill."""
    return LookRules(share_error=error, look_weight=weight, trust_effect=0.5, skill_effect=0.5)


def seen_in(
    shop: Sights, before: Seen | None = None, fresh: Any = None, service: float = 0.0, error: float = 0.0
) -> Seen:
    """Look once at every shop; returns what the database then holds."""
    n = shop.outlet_slot.shape[0]
    seen = nothing(n) if before is None else before
    marks = np.zeros((n, 3), dtype=np.bool_) if fresh is None else np.array([fresh])
    look(np.arange(n), np.full(n, service), marks, KEY, rules(error), shop, seen)
    return seen


def test_a_first_look_counts_products_empty_places_prices_and_promoters() -> None:
    shop = sights(
        promoter_companies=np.array([0b10], dtype=np.int32),
        outlet_stock_units=np.array([[0, 3, 1]], dtype=np.int32),
        shelf_price_cents=np.array([[180, 200, 250]], dtype=np.int32),
        price_factor=np.array([[1.0, 0.8, 1.0]]),
    )
    seen = seen_in(shop)
    assert seen.seen_products.tolist() == [[2.0, 1.0]]
    assert seen.seen_empty.tolist() == [[0.5, 0.0]]
    np.testing.assert_allclose(seen.seen_price, [[(0.9 + 0.8) / 2, 1.25]], rtol=1e-6)
    assert seen.seen_promoter.tolist() == [[0.0, 1.0]]
    np.testing.assert_allclose(seen.seen_share, [[0.5, 0.5]], rtol=1e-6)


def test_later_looks_are_smoothed_where_chance_rules() -> None:
    stock, promoters = np.array([[0, 0, 5]], dtype=np.int32), np.array([1], dtype=np.int32)
    empty = sights(outlet_stock_units=stock, promoter_companies=promoters)
    seen = seen_in(sights(), seen_in(empty))
    assert seen.seen_empty.tolist() == [[0.75, 0.0]]
    assert seen.seen_promoter.tolist() == [[0.75, 0.0]]
    assert seen.seen_products.tolist() == [[2.0, 1.0]]


def test_without_a_product_there_is_no_price_and_no_empty_place() -> None:
    bare = sights(is_listed=np.array([[True, True, False]]))
    seen = seen_in(bare)
    assert seen.seen_products.tolist() == [[2.0, 0.0]]
    assert np.isnan(seen.seen_empty[0, 1])
    assert np.isnan(seen.seen_price[0, 1])
    later = seen_in(bare, seen_in(sights()))
    assert later.seen_products[0, 1] == 0.0
    assert later.seen_price[0, 1] == 1.0


def test_what_has_just_been_listed_is_not_taken_for_a_stock_out() -> None:
    shop = sights(outlet_stock_units=np.array([[0, 3, 0]], dtype=np.int32))
    assert seen_in(shop, fresh=[True, False, False]).seen_empty.tolist() == [[0.0, 1.0]]
    assert np.isnan(seen_in(shop, fresh=[True, True, False]).seen_empty[0, 0])


def test_outlets_that_nobody_looked_at_stay_unseen() -> None:
    seen = nothing(3)
    look(np.array([1]), np.zeros(1), np.zeros((1, 3), dtype=np.bool_), KEY, rules(0.1), sights(3), seen)
    for column in seen:
        assert np.isnan(column[[0, 2]]).all()
        assert not np.isnan(column[1]).any()


@pytest.mark.parametrize(("relation", "service", "left"), [(0.0, 0.0, 1.0), (1.0, 0.0, 0.5), (1.0, 1.0, 0.25)])
def test_told_shares_err_less_with_trust_and_skill(relation: float, service: float, left: float) -> None:
    """Two shares of 1/2 that are made to sum to 1 err by sd/√2 each."""
    n = 20_000
    seen = seen_in(sights(n, relation=np.full((n, 2), relation)), error=0.08, service=service)
    np.testing.assert_allclose(seen.seen_share.sum(axis=1), 1.0, rtol=1e-5)
    assert seen.seen_share[:, 0].mean() == pytest.approx(0.5, abs=0.002)
    assert seen.seen_share[:, 0].std() == pytest.approx(left * 0.08 / np.sqrt(2.0), rel=0.03)


def test_a_shop_that_buys_nothing_says_so() -> None:
    assert seen_in(sights(habit=np.zeros((1, 3))), error=0.1).seen_share.tolist() == [[0.0, 0.0]]
