"""Builders of small results by hand: every row has the columns of the recorder, 0 where a test says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.metrics.cut import Cut, Reader, cuts
from sim.scenario.schema import Scenario

COLUMNS: dict[str, str] = {
    "market": "day territory product brand company sell_out_units sell_out_cents sell_in_units sell_in_cents "
    "shoppers_first_choice lost_ordering lost_delivery lost_supply substituted_brand substituted_product moved_store "
    "deferred outlet_stock_units listed_outlets listed_weight in_stock_outlets available_outlets in_stock_weight "
    "facings_share displaced outlet_age_sum",
    "territory": "day territory open_outlets open_weight known_outlets unvisited_outlets listed_ours active_ours "
    "first_ours shoppers no_purchase price_disorder diverted_in_units exclusive_rival exclusive_ours exclusive_cooler "
    "exclusive_shelf exclusive_shop open_ground platform_cents advertising_cents display_cents "
    "free_firms",
    "brand_territory": "day territory brand company goodwill relation first_outlets promoters price_index",
    "distributor": "day distributor company territory product stock_units transit_units ordered_by_outlets "
    "delivered_units cancelled_units backlog_units ordered_units received_units diverted_units scrapped_units "
    "returned_units age_sum",
    "delivery": "day distributor company drops late_drops orders_completed orders_in_full_on_time waiting_orders "
    "lead_time_days_sum km capacity_drops",
    "advisor": "day advisor territory calls productive_calls lines order_units new_listings attempts driving_minutes "
    "visiting_minutes idle_minutes survey_minutes coaching_minutes found_outlets km selling service coaching farmer "
    "talent effort by_plan patch_outlets",
    "partner": "day distributor company profit_cents capital_cents contracts attention reach upkeep_cents left calls",
    "factory": "day company product made_units shipped_units ordered_units stock_units backlog_units age_sum",
    "money": "day tier party account amount_cents",
    "targets": "day level subject units achieved_units",
    "events": "day kind territory subject object value",
    "balance": "day tier party cash_cents receivable_cents payable_cents inventory_cents",
    "outlets": "outlet name territory channel abc x_km y_km size open open_day close_day known last_visit_day visits "
    "advisor distributor relation_ours leading_brand leading_company share_ours listed_ours sold_units_ours "
    "sold_units_all",
    "households": "day household outlet product brand units",
    "constants": "product brand company factory_cost_cents list_price_cents trade_price_cents retail_price_cents",
}
TEXT = {"territory", "product", "brand", "company", "distributor", "advisor", "tier", "party", "account", "outlet"}
TEXT |= {"name", "channel", "abc", "leading_brand", "leading_company", "household"}
DEFAULTS: dict[str, Any] = {"territory": "north", "company": "ours", "product": "p1", "brand": "b1", "open": True}


@dataclass(frozen=True)
class FakeResult:
    """What metrics need of a `RunResult`."""

    scenario: Scenario
    tables: dict[str, pd.DataFrame]


def scenario(**parts: Any) -> Scenario:
    """Return a scenario of the given parts; everything else has its default."""
    return Scenario.model_validate(parts)


def table(name: str, *rows: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table with every contracted column; extra columns of the rows are kept."""
    columns = ["replication", *COLUMNS[name].split()]
    columns += [key for row in rows for key in row if key not in columns]
    filled = [{c: row.get(c, _default(c)) for c in dict.fromkeys(columns)} for row in rows]
    return pd.DataFrame(filled, columns=list(dict.fromkeys(columns)))


def _default(column: str) -> Any:
    return DEFAULTS.get(column, "" if column in TEXT else 0)


def result(spec: Scenario | None = None, **tables: list[dict[str, Any]]) -> FakeResult:
    """Return a result with the given tables; the others are missing."""
    return FakeResult(spec or scenario(), {name: table(name, *rows) for name, rows in tables.items()})


def cut(of: FakeResult, first: int = 0, last: int | None = None, **options: Any) -> Cut:
    """Return a cut over the first replication."""
    reader = Reader(of)
    territory = options.pop("territory", None)
    (seen, *_) = cuts(reader, (first, reader.last_day if last is None else last), **options)
    return seen if territory is None else seen.within(territory)


def days(n: int, **row: Any) -> list[dict[str, Any]]:
    """Return the same row on days 0 … n − 1."""
    return [{"day": day, **row} for day in range(n)]


def booking(day: int, account: str, amount: int, tier: str = "manufacturer", party: str = "ours") -> dict[str, Any]:
    """Return a row of `money`; debit positive."""
    return {"day": day, "tier": tier, "party": party, "account": account, "amount_cents": amount}
