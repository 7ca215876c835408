"""Every kind through a whole tiny market: neutral parameters change nothing at all, and one direction holds of each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd
import pytest

from sim.questions.compare import compare, verdicts
from sim.strategies.stages import STAGES
from tests.markets import Tables, assert_same, market, ran

NOTHING = {
    "advisors": 0,
    "promoters": 0,
    "advertising_cents": 0,
    "display_cents": 0,
    "census_outlets": 0,
    "visit_factor": 1.0,
}
NO_STAGES = dict.fromkeys(STAGES, NOTHING)
NEUTRAL: list[tuple[str, dict[str, Any]]] = [
    ("concentrate", {"territories": 0}),
    ("concentrate", {"share_of_people": None, "share_of_spending": None}),
    ("spread_evenly", {"people": False, "spending": False}),
    ("carpet", {"territories": 0}),
    ("roll_out", {"first_wave": 0}),
    ("all_at_once", {"stages": None}),
    ("attack", {"who": "none"}),
    ("attack", {"territories": 0}),
    ("stronghold", {"display_cents": 0, "exclusive_outlets": 0.0, "visit_factor_a": 1.0}),
    ("stronghold", {"display_cents": 0, "exclusive_outlets": 0.0, "visit_factor_a": 1.0, "supervisors": 0.0}),
    ("key_accounts", {}),
    ("key_accounts", {"attention_weight": 0.0, "least_return": 10.0}),
    ("zero_unvisited", {}),
    ("inventory", {}),
    ("people", {}),
    ("people", {"extra_supervisors": 0.0, "hire_pay": 1.0, "commission_cents": 0.0, "survey_minutes": 0.0}),
    ("product_rhythm", {}),
    ("discipline", {}),
    ("trade_terms", {}),
    ("trade_terms", {"trade_promotion_every_days": 0, "listing_fee_most_cents": 100_000}),
    ("inventory", {"capacity": 1.0}),
    ("calendar", {}),
]
PLAN = {"direction": {"review_days": 7, "budget": {"on_excess": "allow"}}}
SHORT = {"turnover": {"hiring_delay_days": 0, "transfer_delay_days": 0, "leaving_per_year": 0.0}}
BUSY = {"minutes_per_day": 150, "every_days_a": 1.0, "every_days_b": 1.0, "every_days_c": 1.0}
POSTS = [{"id": f"P{k}", "territory": f"T0{k % 2 + 1}"} for k in range(4)]
PAIRS = {"team": SHORT | {"visit": BUSY, "generate": None, "list": POSTS}}
"""Two advisors in each territory, who move overnight and always have more to do than they can."""
LONG = {"calendar": {"duration_days": 70}}


def followed(kind: str, parameters: Mapping[str, Any], *changes: Mapping[str, Any]) -> Tables:
    """Tables of a run in which our head office follows one part."""
    return ran(market(PLAN, *changes, {"strategies": {"it": ({kind: dict(parameters)},)}, "strategy": "it"}))


@cache
def untouched() -> Tables:
    return ran(market(PLAN))


def measured(tables: Tables, table: str, column: str, **where: Any) -> float:
    """Sum of a column over the measured days and some rows."""
    rows = tables[table].query("day >= 0")
    for name, value in where.items():
        rows = rows[rows[name] == value]
    return float(rows[column].sum())


@pytest.mark.parametrize(("kind", "parameters"), NEUTRAL, ids=[f"{k}-{n}" for n, (k, _) in enumerate(NEUTRAL)])
def test_neutral_parameters_leave_the_baseline_to_the_byte(kind: str, parameters: dict[str, Any]) -> None:
    given = {"stages": NO_STAGES} if "stages" in parameters else parameters
    assert_same(followed(kind, given), untouched(), leave_out=("decisions",))


def test_the_comparison_of_tables_sees_a_strategy() -> None:
    with pytest.raises(AssertionError, match="tables differ"):
        assert_same(followed("people", {"visit_every_days_c": 3.0}), untouched(), leave_out=("decisions",))


def test_two_names_of_the_same_parts_differ_by_exactly_nothing() -> None:
    parts = ({"concentrate": {"territories": 1}}, {"trade_terms": {"discount": 0.02}})
    scenario = market(PLAN, {"strategies": {"one": parts, "other": parts}})
    found = verdicts(compare(scenario, ("one", "other"), baseline="one", max_replications=2, details=False))
    assert found["identical"].all()
    assert (found["difference"] == 0.0).all()


def test_a_survey_of_a_market_that_is_known_gains_nothing_and_costs_nothing() -> None:
    known = {"mechanisms": {"database_limits": False}}
    survey = followed("zero_unvisited", {"census_outlets": 60.0}, known)
    assert_same(survey, ran(market(PLAN, known)), leave_out=("decisions",))


def test_a_survey_finds_shops_where_some_are_hidden() -> None:
    survey = followed("zero_unvisited", {"census_outlets": 60.0}, LONG)
    assert last(survey, "known_outlets") > last(ran(market(PLAN, LONG)), "known_outlets")


def last(tables: Tables, column: str) -> float:
    rows = tables["territory"]
    return float(rows.loc[rows["day"] == rows["day"].max(), column].sum())


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("concentrate", {"territories": 1, "share_of_people": 1.0, "share_of_spending": None}),
        ("spread_evenly", {"spending": False}),
        ("people", {"visit_every_days_a": 2.0, "courses_per_year": 10.0, "sharing_per_week": 0.5}),
    ],
)
def test_without_advisors_moving_them_is_harmless(kind: str, parameters: dict[str, Any]) -> None:
    nobody = {"team": {"generate": {"n": 0}}}
    assert_same(followed(kind, parameters, nobody), ran(market(PLAN, nobody)), leave_out=("decisions",))


def test_concentrating_everybody_leaves_the_other_place_without_calls() -> None:
    ranking = {"by": "given", "given": ("T02",)}
    part = {"territories": 1, "share_of_people": 1.0, "share_of_spending": None, "ranking": ranking}
    calls = calls_by_place(followed("concentrate", part, PAIRS))
    usual = calls_by_place(ran(market(PLAN, PAIRS)))
    assert usual.min() > 0
    assert calls.get("T01", 0.0) == 0.0
    assert calls["T02"] > usual["T02"]


def calls_by_place(tables: Tables) -> pd.Series:
    return tables["advisor"].query("day >= 0").groupby("territory")["calls"].sum()


def test_spreading_gives_every_place_the_same_posts() -> None:
    team = {"team": SHORT | {"generate": None, "list": [{"id": f"P{k}", "territory": "T01"} for k in range(4)]}}
    days = followed("spread_evenly", {"spending": False}, team)["advisor"]
    posts = days[days["day"] == days["day"].max()].groupby("territory").size()
    assert posts.to_dict() == {"T01": 2, "T02": 2}


def test_a_carpet_visits_more_shops_there() -> None:
    part = {"territories": 1, "every_days": 0.5, "people": "added", "ranking": {"by": "given", "given": ("T01",)}}
    with_time = {"team": SHORT | {"generate": None, "list": POSTS}}
    usual = calls_by_place(ran(market(PLAN, with_time)))
    assert calls_by_place(followed("carpet", part, with_time))["T01"] > usual["T01"]


@pytest.mark.parametrize("kind", ["roll_out", "all_at_once"])
def test_introductions_begin_in_as_many_places_as_they_say(kind: str) -> None:
    part = {"roll_out": {"first_wave": 1, "largest_wave": 1}, "all_at_once": {}}[kind]
    decisions = followed(kind, part)["decisions"]
    first = decisions[(decisions["day"] == 0) & (decisions["note"] == f"stage_{STAGES[0]}")]
    assert first["territory"].nunique() == {"roll_out": 1, "all_at_once": 2}[kind]


def test_an_attack_by_price_sells_more_and_earns_less_on_a_unit() -> None:
    part = {
        "who": "nearest",
        "territories": 2,
        "advisors": 0,
        "promoters": 0,
        "display_cents": 0,
        "outlet_factor": 1.0,
        "price_cut": 0.3,
    }
    attack = followed("attack", part, {"mechanisms": {"rival_answers": False}})
    usual = ran(market(PLAN, {"mechanisms": {"rival_answers": False}}))
    units = [measured(t, "market", "sell_out_units", company="ours") for t in (attack, usual)]
    cents = [measured(t, "market", "sell_out_cents", company="ours") for t in (attack, usual)]
    assert units[0] > units[1]
    assert cents[0] / units[0] < cents[1] / units[1]


def test_a_stronghold_where_we_lead_binds_shops() -> None:
    alone = {"rivals": {"generate": {"n": 1}}, "ours": {"appeal": 2.0}, "mechanisms": {"database_limits": False}} | LONG
    part = {"lead": 1.0, "exclusive_outlets": 60.0}
    assert last(ran(market(PLAN, alone)), "exclusive_ours") == 0
    assert last(followed("stronghold", part, alone), "exclusive_ours") > 0


def test_key_accounts_that_leave_small_shops_call_less() -> None:
    part = {"share_of_sales": 0.8, "small_outlets": "leave"}
    assert calls_by_place(followed("key_accounts", part)).sum() < calls_by_place(untouched()).sum()


DISTRIBUTION = {
    "calendar": {"burn_in_days": 30, "duration_days": 90},
    "mechanisms": {"push": False, "diversion": False, "promotions": False},
}


def test_more_service_asks_for_more_stock_at_distributors() -> None:
    stock = [
        measured(
            followed("inventory", {"target_service": s}, DISTRIBUTION), "distributor", "stock_units", company="ours"
        )
        for s in (0.6, 0.9, 0.99)
    ]
    assert stock[0] < stock[1] < stock[2]


def test_shared_data_calm_the_orders_to_the_factory() -> None:
    """Distributors' weekly orders vary less when they follow what shops sold than when they follow shops' orders."""
    blind, seeing = (
        weekly_variance(followed("inventory", {"share_data": on, "policy": "moving_average"}, DISTRIBUTION))
        for on in (False, True)
    )
    assert seeing < blind


def weekly_variance(tables: Tables) -> float:
    rows = tables["distributor"].query("day >= 0 and company == 'ours'")
    orders = rows.groupby(["distributor", rows["day"] // 7])["ordered_units"].sum()
    return float(orders.groupby("distributor").var().sum())


def test_advisors_more_make_more_calls_and_none_make_none() -> None:
    more, none = (calls_by_place(followed("people", {"extra_advisors": n}, PAIRS)).sum() for n in (3, -4))
    assert more > calls_by_place(ran(market(PLAN, PAIRS))).sum()
    assert none == 0


def test_promoters_more_stand_in_more_shops_and_none_in_none() -> None:
    fewer, more = (standing(followed("people", {"extra_promoters": n})) for n in (-100, 3))
    assert fewer == 0
    assert more > standing(untouched()) > 0


def standing(tables: Tables) -> float:
    """Days that our promoters worked."""
    return measured(tables, "brand_territory", "promoters", company="ours")


def test_a_launch_that_is_put_off_sells_later() -> None:
    stepped = {
        "products": {
            "list": [{"id": "ours-1", "brand": "ours"}, {"id": "ours-2", "brand": "ours", "launch_day": 5}],
            "generate": {},
        },
        "mechanisms": {"diffusion": False},
    }
    sold = [
        measured(
            followed("product_rhythm", {"first_launch_day": day}, stepped), "market", "sell_out_units", product="ours-2"
        )
        for day in (2, 200)
    ]
    assert sold[0] > 0
    assert sold[1] == 0


GREY = {
    "calendar": {"duration_days": 40},
    "distributors": {"opening_stock_days": 120.0, "push": {"overstock_days": 10.0}},
    "diversion": {"freight_cents_per_unit_km": 0.0, "penalty_cents_per_unit": 150.0},
}


def test_more_inspectors_never_let_more_goods_cross_the_border() -> None:
    crossed = [
        measured(
            followed("discipline", {"inspectors": float(n), "where": "everywhere"}, GREY),
            "distributor",
            "diverted_units",
            company="ours",
        )
        for n in (0, 1, 6)
    ]
    assert crossed[0] > 0
    assert crossed[0] >= crossed[1] >= crossed[2]
    assert crossed[2] < crossed[0]


def test_longer_terms_leave_more_money_with_distributors() -> None:
    owed = [receivable(followed("trade_terms", {"terms_days": days}, DISTRIBUTION)) for days in (0, 30, 90)]
    assert owed[0] < owed[1] < owed[2]


def receivable(tables: Tables) -> float:
    rows = tables["balance"].query("tier == 'manufacturer' and party == 'ours'")
    return float(rows.loc[rows["day"] == rows["day"].max(), "receivable_cents"].sum())


def test_a_year_without_advertising_lets_goodwill_fade() -> None:
    silent = followed("calendar", {"advertising_by_month": (0.0,) * 12})
    spent = silent["money"].query(
        "tier == 'manufacturer' and party == 'ours' and account == 'advertising' and day >= 0"
    )
    assert spent["amount_cents"].sum() == 0
    there, usual = (t["brand_territory"].query("brand == 'ours'")["goodwill"].to_numpy() for t in (silent, untouched()))
    assert (there <= usual).all()
    assert there[-1] < usual[-1]
