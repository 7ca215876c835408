"""What money costs: interest by tier and the value of a position."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.metrics.table import kpi_values
from tests.effects.market import Changes, Market, Measure, Row, days, equal, on, starts, times
from tests.effects.measures import money, state
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


ROWS: list[Row] = [
    *interest_rows(),
    Row("money.end_value.margin_years", 1.0, 3.0, VALUED, worth, times(3.0)),
    Row("money.end_value.retention", 0.25, 0.5, VALUED, worth, times(2.0)),
    Row("money.end_value.retention", 0.0, 0.5, VALUED, worth, starts, note="nothing stays"),
    Row("money.end_value.margin_weeks", 1, 2, merged(VALUED, on("stock_outs")), worth, lambda low, high: low != high),
    Row("money.end_value.relation_cents", 0, 100, WITHOUT_MARGIN, worth, starts),
    Row("money.end_value.goodwill_cents", 0, 100, WITHOUT_MARGIN, of_outlets("goodwill"), equal(0.0, 1.0)),
]
