"""What holds for every one of the principles on customers, stock, people, products, terms, calendar and discipline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.engine import Session
from sim.errors import InputError
from sim.scenario.schema import Scenario
from sim.strategies.base import Decision
from sim.strategies.levers import combine
from sim.strategies.registry import kind_of
from sim.world.levers import LEVERS
from tests.markets import TINY
from tests.views import assert_is_baseline, assert_pure, made_view

FULL: dict[str, dict[str, Any]] = {
    "key_accounts": {
        "share_of_sales": 0.8,
        "potential_weight": 0.3,
        "small": "merge",
        "offer_cents": 50_000,
        "discount": 0.02,
        "rebate_rate": 0.03,
        "information_system": True,
        "coaching_cents": 30_000,
        "terms_days": 45,
        "visit_every_days_a": 3.5,
        "visit_every_days_b": 10.0,
        "small_outlets": "leave",
    },
    "zero_unvisited": {"census_outlets": 60.0, "upkeep_outlets": 6.0, "max_age_days": 20.0, "coverage_first": True},
    "inventory": {
        "policy": "vendor_managed",
        "review_days": 3,
        "cover_days": 5.0,
        "memory_days": 14,
        "target_service": 0.95,
        "shop_policy": "s_S",
        "shop_safety_factor": 2.0,
        "shop_cover_days": 10.0,
        "suggested_orders": True,
        "factory_stock_days": 20.0,
        "share_data": True,
        "rebate_rate": 0.02,
        "target_growth": 1.1,
        "overstock_days": 30.0,
        "markdown_rate": 0.1,
        "return_share": 0.5,
        "price_protection": 0.5,
    },
    "people": {
        "extra_advisors": 5,
        "extra_promoters": 3,
        "transfer": "most_skilled",
        "hire_farmer": 0.7,
        "handover": True,
        "courses_per_year": 4.0,
        "sharing_per_week": 0.05,
        "playbook": 0.8,
        "incentive_farmer": 0.8,
        "visit_every_days_a": 5.0,
        "visit_every_days_b": 10.0,
        "visit_every_days_c": 40.0,
        "visit_plan": "need",
        "improve_route": True,
    },
    "product_rhythm": {
        "lead_days": 60,
        "lead_factor": 3.0,
        "others_factor": 0.5,
        "first_launch_day": 10,
        "step_days": 30,
    },
    "trade_terms": {
        "discount": 0.05,
        "rebate_rate": 0.02,
        "target_growth": 1.1,
        "terms_days": 60,
        "shop_terms_days": 7,
    },
    "calendar": {
        "advertising_by_month": (2.0, *[1.0] * 10, 0.0),
        "promotion_every_days": 28,
        "promotion_length_days": 7,
        "promotion_cut": 0.15,
        "promotion_territories": ("t0",),
    },
    "discipline": {"inspectors": 1.0, "penalty_cents": 200.0},
}
"""Every kind with all that it can do switched on."""

NAN = float("nan")
EXTREMES = {
    "plain": made_view(),
    "later": made_view(day=400),
    "no distributors": made_view(distributors={"row": []}),
    "nobody contracted": made_view(distributors={"is_contracted": False, "purchase_rate": 0.0}),
    "no outlets known": made_view(per_territory=0, territories={"known": 0, "potential": 0.0, "sales_rate": 0.0}),
    "nobody": made_view(people={"post": []}, baseline={"advisors": 0}),
    "nothing launched": made_view(products={"launched": False, "sell_in_rate": 0.0}),
    "not a number": made_view(
        territories={"potential": NAN, "sales_rate": NAN, "sell_in_rate": NAN, "population": NAN, "share": NAN},
        distributors={"purchase_rate": NAN, "rated_potential": NAN, "relation": NAN},
        products={"sell_in_rate": NAN},
    ),
}


def made(kind: str, **parameters: Any) -> Any:
    return kind_of(kind)(**parameters)


@pytest.mark.parametrize("view", EXTREMES.values(), ids=EXTREMES.keys())
@pytest.mark.parametrize("kind", FULL)
def test_without_parameters_nothing_is_pulled(kind: str, view: Any) -> None:
    decision = made(kind).decide(view, {})
    assert decision.pulls == ()
    assert_is_baseline(view, decision)


@pytest.mark.parametrize("view", EXTREMES.values(), ids=EXTREMES.keys())
@pytest.mark.parametrize("kind", FULL)
def test_decisions_are_pure_and_finite_at_the_extremes(kind: str, view: Any) -> None:
    part = made(kind, **FULL[kind])
    assert_pure(part, view)
    assert_pure(part, view, part.decide(view, {}).memory)
    for pull in part.decide(view, {}).pulls:
        assert np.isfinite(np.asarray(pull.value, dtype=float)).all(), pull
        assert all(np.size(rows) for rows in pull.where.values()), pull


@pytest.mark.parametrize("view", EXTREMES.values(), ids=EXTREMES.keys())
@pytest.mark.parametrize("kind", FULL)
def test_all_that_a_kind_pulls_is_accepted(kind: str, view: Any) -> None:
    pulls = [(kind, pull) for pull in made(kind, **FULL[kind]).decide(view, {}).pulls]
    combine(view.baseline, pulls, {"product": view.products.row, "distributor": view.distributors.row})


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("key_accounts", "share_of_sales", 1.2),
        ("key_accounts", "small", "sell"),
        ("zero_unvisited", "max_age_days", 0.1),
        ("inventory", "target_service", 1.0),
        ("inventory", "dispersion_index", 0.5),
        ("people", "courses_per_year", -1.0),
        ("product_rhythm", "lead_days", 0),
        ("trade_terms", "discount", 0.95),
        ("calendar", "advertising_by_month", (1.0,) * 11),
        ("discipline", "ahead", 0.5),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_name(kind: str, name: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=name):
        made(kind, **{name: value})


def test_two_parts_that_set_one_lever_differently_are_both_named() -> None:
    view = made_view()
    pulls = [
        *(("s.trade_terms", pull) for pull in made("trade_terms", terms_days=60).decide(view, {}).pulls),
        *(("s.key_accounts", pull) for pull in made("key_accounts", terms_days=45).decide(_core(), {}).pulls),
    ]
    with pytest.raises(InputError, match=r"s\.key_accounts.*s\.trade_terms.*60"):
        combine(view.baseline, pulls, {"distributor": view.distributors.row})


def _core() -> Any:
    return made_view(distributors={"is_core": True})


@pytest.mark.parametrize("kind", FULL)
def test_bounds_of_parameters_lie_within_those_of_the_levers(kind: str) -> None:
    model = kind_of(kind)
    shared = {"visit_every_days_a": "visit_every_days"}
    for name, field in model.model_fields.items():
        lever = LEVERS.get(shared.get(name, name))
        if lever is None:
            continue
        for item in field.metadata:
            low = getattr(item, "ge", getattr(item, "gt", None))
            high = getattr(item, "le", getattr(item, "lt", None))
            assert low is None or low >= (-lever.high if lever.combiner == "add" else lever.low), name
            assert high is None or high <= lever.high, name


def test_decision_of_nothing_is_the_baseline() -> None:
    assert_is_baseline(made_view(), Decision())


@pytest.mark.parametrize("kind", FULL)
def test_every_kind_runs_in_a_market(kind: str) -> None:
    parameters = FULL[kind] | ({"promotion_territories": ()} if kind == "calendar" else {})
    market = {
        **TINY,
        "team": {**TINY.get("team", {}), "spare_posts": 10},
        "direction": {"review_days": 7, "budget": {"on_excess": "allow"}},
        "strategies": {"it": ({kind: parameters},)},
        "strategy": "it",
    }
    session = Session(Scenario.model_validate(market))
    before = {name: np.array(session.world.columns[lever.column]) for name, lever in LEVERS.items()}
    session.step(session.calendar.n_days)
    moved = {name for name, lever in LEVERS.items() if (session.world.columns[lever.column] != before[name]).any()}
    assert moved or kind == "discipline"
