"""Rhythm of products, terms of trade, calendar and discipline on hand-made numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.errors import InputError
from sim.strategies.principles.calendar import Calendar
from sim.strategies.principles.discipline import Discipline, signs_of_diversion
from sim.strategies.principles.product_rhythm import ProductRhythm
from sim.strategies.principles.trade_terms import TradeTerms
from tests.views import assert_is_baseline, levers_after, made_view, pulls_of


# --- products -----------------------------------------------------------------------------------------------------
def focus(part: ProductRhythm, day: int, **products: Any) -> list[float]:
    view = made_view(day=day, products=products)
    factors: list[float] = levers_after(view, part.decide(view, {}))["focus"].tolist()
    return factors


def test_the_lead_turns_from_product_to_product() -> None:
    part = ProductRhythm(lead_days=60, lead_factor=3.0, others_factor=0.5)
    assert [focus(part, day)[:2] for day in (0, 59, 60, 119, 120)] == [[3, 0.5]] * 2 + [[0.5, 3]] * 2 + [[3, 0.5]]
    assert focus(part, 0)[2:] == [1.0, 1.0], "rivals' products stay"
    assert focus(part, 60, launched=[True, False])[:2] == [3, 0.5], "what is not launched can't lead"
    assert focus(ProductRhythm(lead_days=60, lead_order=("ours-2",)), 0)[:2] == [1, 3]


def test_factors_of_one_are_the_baseline() -> None:
    view = made_view()
    assert_is_baseline(view, ProductRhythm(lead_days=30, lead_factor=1.0).decide(view, {}))


@pytest.mark.parametrize(("step", "expected"), [(30, [100, 130]), (0, [100, 100])])
def test_launches_go_in_steps_or_all_at_once(step: int, expected: list[int]) -> None:
    view = made_view(products={"launched": False})
    part = ProductRhythm(first_launch_day=10, step_days=step)
    assert levers_after(view, part.decide(view, {}))["launch_day"].tolist()[:2] == expected


def test_launch_days_stay_when_the_first_product_is_launched() -> None:
    part = ProductRhythm(first_launch_day=10, step_days=30)
    memory = part.decide(made_view(products={"launched": False}), {}).memory
    later = made_view(day=28, products={"launched": [True, False]})
    assert levers_after(later, part.decide(later, memory))["launch_day"].tolist()[:2] == [100, 130]


@pytest.mark.parametrize("order", [("ours-3",), ("theirs-1",)])
def test_a_product_that_is_not_ours_is_refused(order: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r"product_rhythm.*" + order[0]):
        ProductRhythm(first_launch_day=0, launch_order=order).decide(made_view(), {})


# --- terms --------------------------------------------------------------------------------------------------------
def test_terms_hold_where_they_are_named() -> None:
    view = made_view(3, baseline={"discount": 0.1})
    after = levers_after(view, TradeTerms(territories=("t0", "t2"), discount=0.05).decide(view, {}))
    np.testing.assert_allclose(after["discount"], [0.15, 0.1, 0.15])
    after = levers_after(view, TradeTerms(distributors=("d1",), terms_days=60).decide(view, {}))
    assert after["terms_days"].tolist() == [30, 60, 30]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({}, [0, 1, 2]),
        ({"territories": ("t1",)}, [1]),
        ({"distributors": ("d2",)}, [2]),
        ({"territories": ("t1",), "distributors": ("d2",)}, []),
    ],
)
def test_shops_terms_hold_in_the_territories_meant(named: Any, expected: list[int]) -> None:
    pulls = pulls_of(TradeTerms(shop_terms_days=7, **named).decide(made_view(3), {}), "shop_terms_days")
    assert [int(t) for pull in pulls for t in pull.where["territory"]] == expected


def test_an_unknown_place_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="nowhere"):
        TradeTerms(territories=("nowhere",), discount=0.1).decide(made_view(), {})
    with pytest.raises(InputError, match=r"trade_terms.*d9"):
        TradeTerms(distributors=("d9",), discount=0.1).decide(made_view(), {})


# --- calendar -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("when", "expected"), [(date(2026, 1, 31), 200_000), (date(2026, 2, 1), 100_000), (date(2026, 12, 1), 0)]
)
def test_advertising_follows_the_month(when: date, expected: int) -> None:
    view = replace(made_view(), when=when)
    part = Calendar(advertising_by_month=(2.0, *[1.0] * 10, 0.0))
    assert levers_after(view, part.decide(view, {}))["advertising_cents"].tolist() == [expected] * 3


def test_promotions_run_in_the_named_territories_only() -> None:
    pulls = Calendar(promotion_territories=("t1",), promotion_every_days=28).decide(made_view(3), {}).pulls
    assert {pull.lever: np.asarray(pull.value).tolist() for pull in pulls} == {
        "promotion_on": [0.0, 1.0, 0.0],
        "promotion_every_days": 28.0,
    }
    (nowhere,) = Calendar(promotion_territories=()).decide(made_view(3), {}).pulls
    assert np.asarray(nowhere.value).tolist() == [0.0, 0.0, 0.0]


def test_a_promotion_ends_before_the_next() -> None:
    with pytest.raises(ValidationError, match="promotion_every_days"):
        Calendar(promotion_every_days=14, promotion_length_days=15)


# --- discipline ---------------------------------------------------------------------------------------------------
def test_signs_are_purchases_ahead_of_the_others() -> None:
    # Purchases against believed sales: 1.5, 1.5 and 3; in the whole market 60/30 = 2.
    view = made_view(3, territories={"sales_rate": [10.0] * 3}, distributors={"purchase_rate": [15.0, 15.0, 30.0]})
    assert signs_of_diversion(view, 1.2).tolist() == [False, False, True]
    assert signs_of_diversion(view, 1.6).tolist() == [False, False, False]


def test_purchases_are_split_over_what_a_distributor_covers() -> None:
    covers = np.array([[True, True, False], [False, False, True], [False, False, False]])
    view = made_view(
        3,
        territories={"sales_rate": [10.0, 30.0, 10.0]},
        distributors={"purchase_rate": [40.0, 10.0, 99.0], "covers": covers},
    )
    assert not signs_of_diversion(view, 1.0).any()


def test_buying_without_sales_is_a_sign_and_no_sales_anywhere_is_none() -> None:
    view = made_view(3, territories={"sales_rate": [10.0, 10.0, 0.0]})
    assert signs_of_diversion(view, 1.5).tolist() == [False, False, True]
    assert not signs_of_diversion(made_view(3, territories={"sales_rate": 0.0}), 1.0).any()


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [({"neighbours": False}, [0, 0, 2]), ({}, [0, 2, 2]), ({"where": "everywhere"}, [2, 2, 2])],
)
def test_inspectors_go_where_goods_leave_and_arrive(parameters: Any, expected: list[float]) -> None:
    view = made_view(3, territories={"sales_rate": [10.0] * 3}, distributors={"purchase_rate": [15.0, 15.0, 30.0]})
    decision = Discipline(inspectors=2.0, penalty_cents=90.0, **parameters).decide(view, {})
    after = levers_after(view, decision)
    assert after["inspectors"].tolist() == expected
    assert after["penalty_cents"].tolist() == [90.0]
