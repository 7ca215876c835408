"""Manufacturers, ours and the rivals': factory, promotions, budgets; and what rivals do by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from tests.effects.market import (
    Changes,
    Expect,
    Measure,
    Row,
    changes,
    days,
    down,
    equal,
    on,
    starts,
    stops,
    times,
    up,
    up_by,
)
from tests.effects.measures import (
    built,
    event,
    left,
    mean,
    money,
    of_large_minus_small,
    seen,
    size,
    spread,
    state,
    total,
)
from tests.markets import merged

COMPANIES = (("ours", "ours", 0), ("rivals.list.0", "R1", 1))
Of = Callable[[str, int], Measure]
"""A measure of the company of a name and a row."""


def each(field: str, low: Any, high: Any, base: Changes, measure: Of, expect: Expect) -> Iterator[Row]:
    """A row for our company and one for a rival, by the same measure of each."""
    for path, name, c in COMPANIES:
        yield Row(f"{path}.{field}", low, high, base, measure(name, c), expect)


def each_differs(
    field: str, low: Any, high: Any, base: Changes, measure: Of, of_other: Expect = lambda low, high: low == high
) -> Iterator[Row]:
    """A row for each company that its field leaves the other one alone."""
    for (path, _, _), (_, name, c) in zip(COMPANIES, reversed(COMPANIES), strict=True):
        yield Row(f"{path}.{field}", low, high, base, measure(name, c), of_other, note="leaves the other alone")


CHAIN: dict[str, Any] = {**on("stock_outs", "factory_limits"), "rivals": {"list": [{"id": "R1"}]}, **days(21)}
"""Goods move from factories to shops."""
PROMOTING: dict[str, Any] = {
    **on("promotions"),
    "products": {"generate": {"per_brand": 2}},
    **days(28),
    "ours": {"promotion": {"every_days": 14, "length_days": 3}},
    "rivals": {"list": [{"id": "R1", "promotion": {"every_days": 14, "length_days": 3}}]},
}
SPENDING: dict[str, Any] = {
    "database": {"known_share": 1.0},
    **on("promoters"),
    "ours": {"budget": {"display_cents": 30_000, "display_fee_cents": 10_000}},
    "rivals": {"list": [{"id": "R1", "budget": {"display_cents": 30_000, "display_fee_cents": 10_000}}]},
}
SCARCE: dict[str, Any] = merged(CHAIN, {"distributors": {"opening_stock_days": 5.0, "policy": {"review_days": 1}}})
STOP: dict[str, Any] = {"first_date": "2026-01-12", "duration_days": 2}
STOPPED: dict[str, Any] = merged(
    SCARCE, {"ours": {"factory": {"stops": [STOP]}}, "rivals": {"list": [{"id": "R1", "factory": {"stops": [STOP]}}]}}
)
"""Both factories are broken down on the days 7 and 8."""

CALLING: dict[str, Any] = {
    **on("rival_field", "relations", "listing_changes"),
    "rivals": {"list": [{"id": "R1", "relation": 0.1, "field_calls_per_outlet_month": 4}]},
    "outlets": {"generate": {"n": 60}},
}


def rival(
    *other: Changes, switches: tuple[str, ...] = ("rival_answers", "habit"), days_: int = 70, **fields: Any
) -> dict[str, Any]:
    """A market in which the first rival answers."""
    return merged(on(*switches), days(days_), {"rivals": {"list": [{"id": "R1", **fields}]}}, *other)


ANSWERS = rival(temperament="aggressor", answer_probability=1.0)
FIELDS = {
    "rivals": {
        "generate": None,
        "list": [
            {
                "id": "R1",
                "temperament": "follower",
                "answer_probability": 1.0,
                "answer_threshold": 0.0,
                "observe_noise": 0.0,
            }
        ],
    }
}
FALLING = merged(
    on("rival_answers", "habit"),
    days(100),
    FIELDS,
    {"products": {"list": [{"id": "R1-1", "brand": "R1", "appeal": -3.0}], "generate": {"per_brand": 1}}},
)
"""The rival's shares fall, since shoppers leave the habit that it had."""
DEFENDER = {**FIELDS["rivals"]["list"][0], "temperament": "defender"}
DEFENDING = {**FALLING, "rivals": {"list": [DEFENDER]}}
ALWAYS_BINDING = {**FALLING, "rivals": {"list": [{**DEFENDER, "exclusivity_probability": 1.0}]}}
BOUND = event("exclusive_signed", object="R1")


def campaign(**fields: Any) -> dict[str, Any]:
    """A campaign of the first rival from day 2 on, in one territory of two."""
    return {
        **on("goodwill"),
        "territories": {"generate": {"n": 2}},
        "rivals": {
            "list": [
                {
                    "id": "R1",
                    "campaigns": [{"first_date": "2026-01-07", "duration_days": 30, "strength": 0.5, **fields}],
                }
            ]
        },
    }


def _exclusive(c: int) -> Measure:
    return left(lambda w: (w.exclusive_company == c).sum())


SHARES = merged(
    on("rival_answers", "habit"),
    days(61),
    {"rivals": {"list": [{"id": "R1", "observe_noise": 0.0, "observe_delay_days": 0}]}},
    {
        "products": {"list": [{"id": "ours-1", "brand": "ours", "appeal": 2.0}], "generate": {"per_brand": 1}},
        "consumers": {"habit_smoothing_per_week": 0.3},
    },
)

ROWS = [
    # --- every company ---
    *each("appeal", -0.5, 0.75, {}, lambda name, c: built("product_appeal", c), equal(-0.5, 0.75)),
    *each("price_factor", 1.0, 1.5, {}, lambda name, c: built("retail_price_cents", c), equal(300, 450)),
    *each("goodwill", 0.25, 1.5, {}, lambda name, c: built("goodwill", 0, c), equal(0.25, 1.5)),
    *each("relation", 0.0, 1.0, {}, lambda name, c: seen(lambda w: w.relation[:, c].mean()), equal(0.0, 1.0)),
    *each(
        "listing_bonus",
        -2.0,
        2.0,
        {"retail": {"listing": {"initial_intercept": 0.0}}},
        lambda name, c: built("is_listed", slice(None), c),
        up_by(3),
    ),
    *each(
        "factory.capacity_factor", 0.0, 1.0, CHAIN, lambda name, c: total("factory", "made_units", company=name), starts
    ),
    *each(
        "factory.stock_days",
        3.0,
        30.0,
        CHAIN,
        lambda name, c: total("factory", "stock_units", company=name, day=20),
        up,
    ),
    *each(
        "factory.transport_days", 1, 6, SCARCE, lambda name, c: mean("distributor", "transit_units", company=name), up
    ),
    *each(
        "factory.transport_days_extra",
        0.0,
        20.0,
        merged(SCARCE, on("lead_time_variability")),
        lambda name, c: mean("distributor", "transit_units", company=name),
        up,
    ),
    *each(
        "factory.reliability",
        0.0,
        1.0,
        merged(CHAIN, on("lead_time_variability")),
        lambda name, c: event("factory_stopped", subject=name),
        stops,
    ),
    *each(
        "factory.order_smoothing", 0.01, 1.0, CHAIN, lambda name, c: spread("factory", "made_units", company=name), up
    ),
    *each("factory.freight_cents_per_unit", 2, 6, CHAIN, lambda name, c: money("logistics", name), times(3.0)),
    *each(
        "factory.stops.0.first_date",
        date(2026, 1, 12),
        date(2026, 1, 13),
        STOPPED,
        lambda name, c: total("factory", "made_units", company=name, day=7),
        starts,
    ),
    *each(
        "factory.stops.0.duration_days",
        1,
        2,
        STOPPED,
        lambda name, c: total("factory", "made_units", company=name, day=8),
        stops,
    ),
    *each(
        "promotion.every_days", 14, 7, PROMOTING, lambda name, c: event("promotion_started", subject=name), times(2.0)
    ),
    *each("promotion.every_days", 0, 14, PROMOTING, lambda name, c: event("promotion_started", subject=name), starts),
    *each("promotion.length_days", 3, 28, PROMOTING, lambda name, c: event("promotion_ended", subject=name), stops),
    *each("promotion.price_cut", 0.0, 0.5, PROMOTING, lambda name, c: money("promotion_cost", name), starts),
    *each(
        "promotion.product_share",
        0.5,
        1.0,
        PROMOTING,
        lambda name, c: event("promotion_started", subject=name),
        times(2.0),
    ),
    *each(
        "budget.advertising_cents",
        365_000,
        730_000,
        SPENDING,
        lambda name, c: money("advertising", name),
        times(2.0, 1e-3),
    ),
    *each("budget.display_cents", 20_000, 60_000, SPENDING, lambda name, c: money("display_cost", name), times(3.0)),
    *each(
        "budget.display_fee_cents",
        15_000,
        5_000,
        SPENDING,
        lambda name, c: left(lambda w: w.display_on[:, c].sum()),
        times(3.0),
    ),
    *each(
        "budget.promoters",
        1,
        3,
        SPENDING,
        lambda name, c: total("brand_territory", "promoters", brand=name),
        times(3.0),
    ),
    *each(
        "budget.promoter_wage_cents", 10_000, 25_000, SPENDING, lambda name, c: money("promoter_cost", name), times(2.5)
    ),
    *each("budget.overhead_cents", 365_000, 730_000, SPENDING, lambda name, c: money("overhead", name), times(2.0)),
    *each_differs("appeal", -0.5, 0.75, {}, lambda name, c: built("product_appeal", c)),
    *each_differs("budget.advertising_cents", 365_000, 730_000, SPENDING, lambda name, c: money("advertising", name)),
    *each_differs(
        "promotion.price_cut",
        0.0,
        0.5,
        PROMOTING,
        lambda name, c: money("promotion_cost", name),
        lambda low, high: high < 1.2 * low,
    ),
    Row(
        "mechanisms.factory_limits",
        False,
        True,
        merged(CHAIN, {"ours": {"factory": {"capacity_factor": 0.0}}}),
        total("factory", "made_units", company="ours"),
        stops,
    ),
    Row(
        "mechanisms.lead_time_variability",
        False,
        True,
        merged(CHAIN, {"ours": {"factory": {"reliability": 0.5}}}),
        event("factory_stopped"),
        starts,
    ),
    Row("mechanisms.promotions", False, True, PROMOTING, event("promotion_started"), starts),
    Row("mechanisms.promoters", False, True, SPENDING, total("brand_territory", "promoters"), starts),
    # --- ours alone ---
    Row(
        "ours.history_growth_target",
        1.0,
        2.0,
        {"database": {"known_share": 1.0}, **on("advisors"), **days(40)},
        lambda m: float(m.tables["events"].query("kind == 'target_set'")["value"].iloc[-1]),
        times(2.0),
    ),
    Row(
        "ours.target_weights",
        (1.0, 0.0, 0.0, 0.0),
        (0.0, 1.0, 0.0, 0.0),
        merged(on("advisors"), days(40), {"database": {"known_share": 1.0}, "territories": {"generate": {"n": 2}}}),
        lambda m: float(m.tables["targets"].query("level == 'territory'")["units"].iloc[-1]),
        changes,
    ),
    Row(
        "ours.opening_cash_cents",
        10**9,
        3 * 10**9,
        {},
        left(lambda w: w.company_books[0, 0]),
        lambda low, high: high - low == 2 * 10**9,
    ),
    # --- rivals ---
    Row("rivals.generate.n", 1, 3, {"rivals": {"generate": {"n": 1}, "list": []}}, size("company"), equal(2, 4)),
    Row(
        "rivals.generate.appeal_first",
        0.5,
        1.0,
        {"rivals": {"generate": {"n": 2}, "list": []}},
        built("product_appeal", 1),
        equal(0.5, 1.0),
    ),
    Row(
        "rivals.generate.appeal_last",
        -0.5,
        -1.0,
        {"rivals": {"generate": {"n": 2}, "list": []}},
        built("product_appeal", 2),
        equal(-0.5, -1.0),
    ),
    Row("rivals.list.0.field_calls_per_outlet_month", 0.0, 4.0, CALLING, money("advisor_cost", "R1"), starts),
    Row(
        "rivals.list.0.field_calls_per_outlet_month",
        0.0,
        4.0,
        CALLING,
        left(lambda w: w.relation[:, 1].mean()),
        up,
        note="relation",
    ),
    Row("rivals.list.0.field_focus", 0.0, 3.0, CALLING, of_large_minus_small("relation", 1), up_by(0.01)),
    Row(
        "rivals.list.0.field_skill",
        0.0,
        1.0,
        merged(CALLING, {"rivals": {"list": [{"id": "R1", "relation": 0.1, "field_calls_per_outlet_month": 8}]}}),
        left(lambda w: w.relation[:, 1].mean()),
        up,
    ),
    Row("rivals.list.0.field_farmer", 0.0, 1.0, CALLING, left(lambda w: w.relation[:, 1].mean()), up),
    Row("rivals.list.0.field_cover_days", 2.0, 60.0, CALLING, left(lambda w: w.open_order_units.sum()), up),
    Row("rivals.list.0.field_calls_per_person", 20.0, 10.0, CALLING, money("advisor_cost", "R1"), times(2.0, 1e-3)),
    Row("rivals.list.0.absent_from", (), ("T01",), CALLING, money("advisor_cost", "R1"), stops),
    Row("mechanisms.rival_field", False, True, CALLING, money("advisor_cost", "R1"), starts),
    Row("rivals.list.0.temperament", "passive", "aggressor", ANSWERS, event("rival_answer"), starts),
    Row("rivals.list.0.temperament", "passive", "follower", FALLING, event("rival_answer"), starts, note="follower"),
    Row("rivals.list.0.answer_probability", 0.0, 1.0, ANSWERS, event("rival_answer"), starts),
    Row("rivals.list.0.answer_threshold", 0.0, 1.0, FALLING, event("rival_answer"), stops),
    Row(
        "rivals.list.0.answer_length_days",
        10,
        400,
        rival(temperament="aggressor", answer_probability=1.0, days_=130),
        event("rival_answer"),
        down,
    ),
    Row(
        "rivals.list.0.answer_price_cut",
        0.1,
        0.3,
        {**FALLING, "pulls": {"price_cut": 0.01}},
        left(lambda w: w.rival_price_cut.max()),
        equal(0.1, 0.3),
    ),
    Row(
        "rivals.list.0.answer_multiplier",
        2.0,
        10.0,
        {**FALLING, "pulls": {"advertising_cents": 10**7}},
        left(lambda w: w.advertising_multiplier.max()),
        equal(2.0, 10.0),
    ),
    Row("rivals.list.0.observe_delay_days", 0, 60, SHARES, state("share_seen", 1), up),
    Row("rivals.list.0.reference_memory", 0.2, 1.0, SHARES, state("share_seen", 1), changes),
    Row("rivals.list.0.exclusivity_probability", 0.0, 1.0, DEFENDING, BOUND, starts),
    Row("rivals.list.0.answer_exclusive_share", 0.01, 0.5, ALWAYS_BINDING, BOUND, up_by(4)),
    Row("rivals.list.0.observe_noise", 0.0, 0.3, SHARES, state("share_seen", 1), changes),
    Row(
        "rivals.list.0.poach_probability",
        0.0,
        1.0,
        rival({"distributors": {"generate": {"per_territory": 2}}}, temperament="aggressor"),
        event("distributor_poached"),
        starts,
    ),
    Row("rivals.list.0.exclusive_per_month", 0, 3, rival(), event("exclusive_signed", object="R1"), starts),
    Row("rivals.list.0.brands", (), ("R1", "R1b"), {}, size("brand"), equal(2, 3)),
    Row("ours.brands", (), ("ours", "mine"), {}, size("brand"), equal(2, 3)),
    Row("mechanisms.rival_answers", False, True, ANSWERS, event("rival_answer"), starts),
    Row(
        "rivals.list.0.campaigns.0.first_date",
        date(2026, 1, 7),
        date(2026, 1, 8),
        campaign(),
        event("rival_campaign", day=3),
        starts,
    ),
    Row("rivals.list.0.campaigns.0.duration_days", 3, 30, campaign(), state("rival_price_cut"), starts),
    Row("rivals.list.0.campaigns.0.strength", 0.1, 0.4, campaign(), state("rival_price_cut", 1, 0), equal(0.1, 0.4)),
    Row(
        "rivals.list.0.campaigns.0.instrument",
        "advertising",
        "price",
        campaign(),
        state("rival_price_cut"),
        starts,
        note="price",
    ),
    Row(
        "rivals.list.0.campaigns.0.instrument",
        "price",
        "advertising",
        campaign(),
        state("advertising_multiplier", 1, 0),
        equal(1.0, 1.5),
        note="advertising",
    ),
    Row(
        "rivals.list.0.campaigns.0.instrument",
        "price",
        "promotion",
        campaign(),
        state("promotion_boost", 1),
        starts,
        note="promotion",
    ),
    Row(
        "rivals.list.0.campaigns.0.instrument",
        "price",
        "field",
        campaign(),
        state("rival_calls_per_day", 1, 0),
        up,
        note="field",
    ),
    Row("rivals.list.0.campaigns.0.territories", (), ("T01",), campaign(), state("rival_price_cut", 1, 1), stops),
]
