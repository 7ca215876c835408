"""What is taken instead of a missing product: every segment chooses by its own tastes, among what is left."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernels.day import Rules, Scratch, Shops
from sim.kernels.stock_out import (
    CAUSE_DELIVERY,
    CAUSE_ORDERING,
    CAUSE_SUPPLY,
    choose_again,
    second_choice,
    stock_out_cause,
    switch_chances,
)
from tests.trading_day import probabilities

Weights = np.ndarray
NO_PURCHASE = 0.7
"""Weight of buying nothing."""


@st.composite
def tastes(draw: st.DrawFn) -> tuple[Weights, Weights, np.ndarray]:
    """Weights of some segments for some products, the segments' shares, and which products are in stock."""
    n_segments, n_products = draw(st.integers(1, 4)), draw(st.integers(2, 6))
    weight = st.floats(1e-3, 1e3)
    weights = draw(st.lists(weight, min_size=n_segments * n_products, max_size=n_segments * n_products))
    mix = np.array(draw(st.lists(st.floats(0.01, 1.0), min_size=n_segments, max_size=n_segments)))
    in_stock = np.array(draw(st.lists(st.booleans(), min_size=n_products, max_size=n_products)))
    return np.array(weights).reshape(n_segments, n_products), mix / mix.sum(), in_stock


def by_segment(weights: Weights, mix: Weights) -> tuple[np.ndarray, np.ndarray]:
    """Probability of segment and product together, as the trading day has it, and of each product."""
    return probabilities(weights, mix, no_purchase=NO_PURCHASE)


def scratch(together: np.ndarray, **written: np.ndarray) -> Scratch:
    """What the kernels have written down about an outlet before a shopper finds a product missing."""
    n = together.shape[1]
    own = {"by_segment": together, "is_candidate": np.empty(n, dtype=np.bool_), "chances": np.empty(n)} | written
    return Scratch(**dict.fromkeys(Scratch._fields, np.zeros(0)) | own)


def chances(together: np.ndarray, mix: Weights, candidates: np.ndarray, p: int, may_refuse: bool) -> np.ndarray:
    noted = scratch(together, is_candidate=candidates)
    switch_chances(noted, mix, p, may_refuse)
    return noted.chances


def drawn(choose: Callable[..., int], n_products: int, *given: object) -> np.ndarray:
    """Shares of each product, and of none, over a fine and even grid of draws."""
    taken = [choose(*given, u) for u in (np.arange(20_000) + 0.5) / 20_000]
    return np.bincount(np.array(taken) % (n_products + 1), minlength=n_products + 1) / len(taken)


@given(tastes())
def test_choosing_again_gives_the_logit_without_what_is_missing(market: tuple[Weights, Weights, np.ndarray]) -> None:
    """Whoever wanted what is there takes it; all others choose again: together the logit of what is in stock."""
    weights, mix, in_stock = market
    together, first = by_segment(weights, mix)
    found = np.where(in_stock, first, 0.0)
    for p in np.flatnonzero(~in_stock):
        found += chances(together, mix, in_stock, int(p), may_refuse=True)
    left = weights * in_stock
    exact = (mix[:, None] * left / (NO_PURCHASE + left.sum(axis=1, keepdims=True))).sum(axis=0)
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-12)


@given(tastes())
def test_who_may_not_refuse_takes_one_of_the_candidates_by_the_own_segment(
    market: tuple[Weights, Weights, np.ndarray],
) -> None:
    weights, mix, candidates = market
    together, _ = by_segment(weights, mix)
    if candidates.all() or not candidates.any():
        return
    p = int(np.flatnonzero(~candidates)[0])
    likely = together[:, p] / together[:, p].sum()
    own = weights * candidates / (weights * candidates).sum(axis=1, keepdims=True)
    found = chances(together, mix, candidates, p, may_refuse=False) / together[:, p].sum()
    np.testing.assert_allclose(found, likely @ own, rtol=0, atol=1e-12)


TWO = np.array([[4.0, 1.0, 0.2], [0.5, 1.0, 2.0]]), np.array([0.5, 0.5])
"""Who likes product 0 likes product 1 next; the others like product 2."""


def test_a_shopper_who_chooses_again_is_of_the_segment_that_wanted_the_missing_product() -> None:
    weights, mix = TWO
    together, _ = by_segment(weights, mix)
    likely = together[:, 0] / together[:, 0].sum()
    left = np.array([0, 5, 5])
    found = drawn(choose_again, 3, scratch(together, left=left), mix, 0)
    exact = likely @ (weights[:, 1:] / (NO_PURCHASE + weights[:, 1:].sum(axis=1, keepdims=True)))
    assert found == pytest.approx([0.0, *exact, 1.0 - exact.sum()], abs=1e-4)


@pytest.mark.parametrize(("same_brand", "candidates"), [(True, [1]), (False, [2, 3])])
def test_a_second_choice_is_drawn_among_what_is_left_of_the_brands_in_question(
    same_brand: bool, candidates: list[int]
) -> None:
    """Products 0, 1 and 4 are of one brand, 2 and 3 of others; 0 and 4 are missing."""
    weights = np.array([[3.0, 1.0, 0.2, 2.0, 9.0], [0.5, 1.0, 2.0, 0.1, 0.3]])
    mix = np.array([0.3, 0.7])
    together, _ = by_segment(weights, mix)
    left, brand = np.array([0, 5, 5, 1, 0]), np.array([0, 0, 1, 2, 0])
    found = drawn(second_choice, 5, scratch(together, left=left), mix, 0, brand, same_brand)
    likely = together[:, 0] / together[:, 0].sum()
    exact = np.zeros(6)
    exact[candidates] = likely @ (weights[:, candidates] / weights[:, candidates].sum(axis=1, keepdims=True))
    assert found == pytest.approx(exact, abs=1e-4)


def test_there_is_no_second_choice_where_nothing_of_the_kind_is_left() -> None:
    together, _ = by_segment(*TWO)
    left, brand = np.array([0, 0, 5]), np.array([0, 0, 1])
    assert drawn(second_choice, 3, scratch(together, left=left), TWO[1], 0, brand, True)[-1] == 1.0


@pytest.mark.parametrize(
    ("distributor", "waiting", "inbound", "warehouse", "cause"),
    [
        pytest.param(0, 0, 0, 5, CAUSE_ORDERING, id="nothing ordered"),
        pytest.param(0, 2, 0, 5, CAUSE_DELIVERY, id="ordered, and the goods are there"),
        pytest.param(0, 2, 0, 0, CAUSE_SUPPLY, id="ordered, and the distributor has none"),
        pytest.param(0, 0, 2, 0, CAUSE_DELIVERY, id="on the truck"),
        pytest.param(-1, 0, 0, 5, CAUSE_SUPPLY, id="nobody from whom to order"),
        pytest.param(-1, 2, 0, 5, CAUSE_SUPPLY, id="ordered, and nobody is left to bring it"),
        pytest.param(-1, 0, 2, 5, CAUSE_DELIVERY, id="on the last truck"),
    ],
)
def test_the_cause_of_an_empty_shelf(distributor: int, waiting: int, inbound: int, warehouse: int, cause: int) -> None:
    nothing = np.zeros((1, 1))
    shops = Shops(
        **dict.fromkeys(Shops._fields, nothing)
        | {
            "open_order_units": np.array([[waiting]]),
            "outlet_inbound_units": np.array([[inbound]]),
            "outlet_distributor": np.array([[distributor]]),
        }
    )
    rules = Rules(
        **dict.fromkeys(Rules._fields, nothing)
        | {"product_company": np.zeros(1, dtype=np.int32), "distributor_stock_units": np.array([[warehouse]])}
    )
    assert stock_out_cause(shops, rules, 0, 0) == cause
