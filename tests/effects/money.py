"""What money costs: interest by tier and the value of a position."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sim.metrics.table import kpi_values
from tests.effects.company import COMPANIES, each
from tests.effects.field import KNOWN
from tests.effects.market import PULLS, Changes, Market, Measure, Row, days, down, equal, on, starts, stops, times, up
from tests.effects.measures import money, ratio, state, total
from tests.markets import merged

INTEREST: dict[str, Any] = {**on("interest", "payment_delay"), "rivals": {"list": [{"id": "R1"}]}, **days(20)}
TIERS = (("manufacturer", "ours"), ("distributor", "ours"), ("outlet", "outlets"))


def kpi(name: str) -> Measure:
    """A KPI of our company over the whole run."""
    return lambda market: float(kpi_values(_Result(market), [name])["value"].iloc[0])


class _Result:
    """What metrics need of a result, from a market of the tables."""

    def __init__(self, market: Market) -> None:
        self.scenario = market.scenario
        self.tables = {name: table.assign(replication=0) for name, table in market.tables.items()}


def interest_rows() -> Iterator[Row]:
    for tier, party in TIERS:
        paid = money("interest", party=party, tier=tier)
        yield Row(f"money.interest.{tier}_per_year", 0.0, 0.1, INTEREST, paid, starts)
        if tier != "outlet":
            rivals = money("interest", party="R1", tier=tier)
            yield Row(f"money.interest.{tier}_per_year", 0.0, 0.1, INTEREST, rivals, starts, note="of rivals alike")
    paid = money("interest")
    yield Row("mechanisms.interest", False, True, INTEREST, paid, starts)


VALUED: dict[str, Any] = {"money": {"end_value": {"margin_weeks": 1}}}
WITHOUT_MARGIN: Changes = {"money": {"end_value": {"margin_years": 0.0}}}


def worth(market: Market) -> float:
    """The value of our position at the end."""
    return kpi("profit_with_end_value")(market) - kpi("profit_manufacturer")(market)


def of_outlets(column: str) -> Measure:
    """A value a unit of a column of ours, in which all outlets are open and of equal weight."""
    return lambda market: worth(market) / (12.0 * state(column, 0, 0)(market))


FULL_SHELVES: dict[str, Any] = {
    **on("listing_fees", "listing_changes", "rival_field", "advisors"),
    **KNOWN,
    "retail": {"listing": {"initial_intercept": -20.0, "intercept": 20.0, "facings_per_product": 1000.0}},
    "rivals": {"list": [{"id": "R1", "field_calls_per_outlet_month": 20}]},
}
"""No shop lists anything, none has room, and everybody would take what is offered."""

PLAN: dict[str, Any] = {"capacity_plans": [{"first_date": "2026-01-08", "factor": 2.0}], "capacity_lead_days": 4}
EXTENDING: dict[str, Any] = {
    **on("capacity_plans"),
    "ours": {"factory": PLAN},
    "rivals": {"list": [{"id": "R1", "factory": PLAN}]},
}
"""Both factories are to double, from day 7 on."""
FREE: dict[str, Any] = {
    "ours": {"factory": {"capacity_cost_cents": 0}},
    "rivals": {"list": [{"id": "R1", "factory": PLAN | {"capacity_cost_cents": 0}}]},
}


def fees(party: str, _: int = 0) -> Measure:
    return money("listing_fee_cost", party=party)


def capacity(_: str, c: int) -> Measure:
    return state("factory_capacity_units", c)


def capacity_cost(party: str, _: int) -> Measure:
    return money("capacity_cost", party=party)


def coming(_: str, c: int) -> Measure:
    return state("capacity_coming_units", c)


DISCOUNTED: dict[str, Any] = {**on("pass_through", "stock_outs"), **days(28), PULLS: {"discount": 0.2}}
SHOPS_PAY = ratio(total("market", "sell_in_cents", company="ours"), total("market", "sell_in_units", company="ours"))
SHOPPERS_PAY = ratio(
    total("market", "sell_out_cents", company="ours"), total("market", "sell_out_units", company="ours")
)
TRADE: dict[str, Any] = {"trade_promotion": {"every_days": 14, "length_days": 4, "discount": 0.1}}
PROMOTED: dict[str, Any] = {
    **on("trade_promotions", "stock_outs"),
    **days(28),
    "ours": TRADE,
    "rivals": {"list": [{"id": "R1", **TRADE}]},
}
GROWING_OLD: dict[str, Any] = {
    **on("age_of_goods", "stock_outs"),
    **days(28),
    "distributors": {"shelf_life_days": 60, "opening_stock_days": 20.0},
}
CUTS = state("shelf_discount")


def given(party: str, _: int = 0) -> Measure:
    return money("promotion_cost", party=party)


def discount_rows() -> Iterator[Row]:
    through = "money.pass_through"
    yield Row(f"{through}.distributor_share", 0.0, 0.5, DISCOUNTED, SHOPS_PAY, times(0.9, 0.001))
    yield Row(f"{through}.shelf_share", 0.0, 1.0, DISCOUNTED, SHOPPERS_PAY, down)
    yield Row("mechanisms.pass_through", False, True, DISCOUNTED, SHOPS_PAY, times(0.9, 0.001))
    yield from each("trade_promotion.every_days", 0, 14, PROMOTED, given, starts)
    yield from each("trade_promotion.length_days", 1, 7, PROMOTED, given, up)
    yield from each("trade_promotion.discount", 0.0, 0.1, PROMOTED, given, starts)
    yield Row("mechanisms.trade_promotions", False, True, PROMOTED, given("ours"), starts)
    yield Row("money.forward_buying.stock_cost_per_year", 1.0, 10.0, PROMOTED, given("ours"), down)
    yield Row("lever:trade_promotion_every_days", 0, 14, PROMOTED, given("ours"), starts)
    yield Row("lever:trade_promotion_length_days", 1, 7, PROMOTED, given("ours"), up)
    yield Row("lever:trade_promotion_discount", 0.0, 0.1, PROMOTED, given("ours"), starts)
    yield Row("lever:trade_promotion_on", 0, 1, PROMOTED, given("ours"), starts)
    old = "money.age_of_goods"
    yield Row(f"{old}.old_after_share", 0.1, 1.0, GROWING_OLD, CUTS, down)
    yield Row(
        f"{old}.old_cut",
        0.0,
        0.2,
        merged(GROWING_OLD, {"money": {"age_of_goods": {"old_after_share": 0.1}}}),
        CUTS,
        starts,
    )
    yield Row("mechanisms.age_of_goods", False, True, GROWING_OLD, total("market", "outlet_age_sum"), starts)


def price_of_money_rows() -> Iterator[Row]:
    for _, party, _c in COMPANIES:
        yield Row("money.listing_fee.cents_per_shopper", 0.0, 500.0, FULL_SHELVES, fees(party), starts, note=party)
        yield Row("mechanisms.listing_fees", False, True, FULL_SHELVES, fees(party), starts, note=party)
    yield from each("budget.listing_fee_most_cents", 0, 10**9, FULL_SHELVES, fees, starts)
    yield Row("lever:listing_fee_most_cents", 0, 10**9, FULL_SHELVES, fees("ours"), starts)
    plan = "factory.capacity_plans.0"
    yield from each(f"{plan}.first_date", date(2026, 1, 8), date(2026, 1, 19), EXTENDING, capacity_cost, stops)
    yield from each(f"{plan}.factor", 1.0, 2.0, EXTENDING, capacity, times(2.0))
    yield from each("factory.capacity_lead_days", 4, 40, EXTENDING, coming, starts)
    yield from each("factory.capacity_cost_cents", 100, 30_100, EXTENDING, capacity_cost, up)
    yield from each("factory.capacity_upkeep_cents", 0, 10_000, merged(EXTENDING, FREE), capacity_cost, starts)
    yield Row("mechanisms.capacity_plans", False, True, EXTENDING, capacity("", 0), times(2.0))
    at_once = {**on("capacity_plans"), "ours": {"factory": {"capacity_lead_days": 0}}}
    yield Row("lever:capacity", 1.0, 3.0, at_once, capacity("", 0), times(3.0))
    yield Row("lever:capacity", 1.0, 0.5, at_once, capacity("", 0), times(0.5, 0.01), note="less")


ROWS: list[Row] = [
    *interest_rows(),
    *price_of_money_rows(),
    *discount_rows(),
    Row("money.end_value.margin_years", 1.0, 3.0, VALUED, worth, times(3.0)),
    Row("money.end_value.retention", 0.25, 0.5, VALUED, worth, times(2.0)),
    Row("money.end_value.retention", 0.0, 0.5, VALUED, worth, starts, note="nothing stays"),
    Row("money.end_value.margin_weeks", 1, 2, merged(VALUED, on("stock_outs")), worth, lambda low, high: low != high),
    Row("money.end_value.relation_cents", 0, 100, WITHOUT_MARGIN, worth, starts),
    Row("money.end_value.goodwill_cents", 0, 100, WITHOUT_MARGIN, of_outlets("goodwill"), equal(0.0, 1.0)),
]
