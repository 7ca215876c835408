"""Markets at their ends: nobody, nothing, one of each, everything; and responses that must not run the wrong way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.agents.base import Day
from sim.runs.replications import run
from tests.identities import check_tables
from tests.markets import ALL_OFF, ALL_ON, STRESSED, Tables, market, merged, ran

LOST = ["lost_ordering", "lost_delivery", "lost_supply"]
NO_MONEY: dict[str, Any] = {"budget": {"advertising_cents": 0, "display_cents": 0, "promoters": 0, "overhead_cents": 0}}
FAR = {"outlet_id": "far", "x_km": 9000.0, "y_km": 9000.0, "size": 20.0, "territory": "T01"}
EMPTY_PLACE = {"id": "empty", "x_km": 5000.0, "y_km": 5000.0, "population": 1000.0}


def checked(*changes: dict[str, Any]) -> Tables:
    """Run a market to its end and hold its tables to every law."""
    scenario = market(*changes)
    tables = ran(scenario)
    check_tables(tables, scenario)
    return tables


def total(tables: Tables, *columns: str, table: str = "market") -> int:
    return int(tables[table][list(columns)].to_numpy().sum())


def test_no_advisors() -> None:
    for changes in ({"team": {"generate": {"n": 0}}}, {"mechanisms": {"advisors": False}}):
        tables = checked(changes)
        assert len(tables["advisor"]) == len(tables["visits"]) == 0
        assert total(tables, "sell_out_units") > 0
        paid = tables["money"].query("party == 'ours' and account in ('advisor_cost', 'travel')")["amount_cents"]
        assert paid.sum() == 0


@pytest.mark.parametrize("rivals", [{"generate": {"n": 0}}, {"generate": None, "list": []}])
def test_no_rivals(rivals: dict[str, Any]) -> None:
    tables = checked({"rivals": rivals})
    assert set(tables["market"]["company"]) == {"ours"}
    assert total(tables, "substituted_brand") == 0
    assert total(tables, "sell_out_units") > 0


def test_zero_demand() -> None:
    """A holiday without shoppers for the whole run."""
    tables = checked(
        {
            "calendar": {
                "holidays": [
                    {"first_date": "2025-12-20", "duration_days": 60, "demand_multiplier": 0.0, "field_works": True}
                ]
            }
        }
    )
    assert total(tables, "sell_out_units", "shoppers_first_choice", *LOST) == 0
    assert total(tables, "shoppers", table="territory") == 0


def test_hardly_any_demand() -> None:
    tables = checked({"outlets": {"shoppers_per_size_unit": 1e-6}})
    assert total(tables, "shoppers", table="territory") <= 1


def test_endless_shelves() -> None:
    """With stock-outs off nobody is lost, moves, waits or takes another product, and sales are first choices."""
    tables = checked({"mechanisms": {"stock_outs": False}})
    assert total(tables, *LOST, "moved_store", "deferred", "substituted_brand", "substituted_product") == 0
    assert total(tables, "sell_out_units") == total(tables, "shoppers_first_choice") > 0
    limited = checked()
    assert total(limited, *LOST) > 0
    # What is rushed to the shelf is counted in every tier.
    assert total(tables, "sell_in_units") > 0.8 * total(tables, "sell_out_units")


def test_one_outlet() -> None:
    tables = checked({"outlets": {"generate": {"n": 1}}, "mechanisms": {"outlet_turnover": False}})
    assert tables["outlets"]["outlet"].tolist() == ["O000001"]
    assert total(tables, "moved_store") == 0
    assert total(tables, "shoppers", table="territory") > 0


def test_one_day() -> None:
    tables = checked({"calendar": {"burn_in_days": 0, "duration_days": 1}})
    assert set(tables["market"]["day"]) == {0}
    assert total(tables, "sell_out_units") > 0


def test_one_product_of_one_company() -> None:
    tables = checked({"rivals": {"generate": {"n": 0}}, "products": {"generate": {"per_brand": 1}}})
    assert tables["constants"]["product"].tolist() == ["ours-1"]
    assert total(tables, "substituted_brand", "substituted_product") == 0
    assert total(tables, "sell_out_units") > 0


def test_a_territory_without_outlets() -> None:
    tables = checked(
        {
            "territories": {"list": [EMPTY_PLACE]},
            "outlets": {
                "generate": None,
                "list": [
                    {"outlet_id": "a", "x_km": 0.0, "y_km": 0.0, "size": 30.0, "territory": "T01"},
                    {"outlet_id": "b", "x_km": 1.0, "y_km": 0.0, "size": 30.0, "territory": "T01"},
                ],
            },
        }
    )
    there = tables["territory"].query("territory == 'empty'")
    assert not there[["open_outlets", "shoppers", "known_outlets"]].to_numpy().any()
    assert total(tables, "sell_out_units") > 0


def test_an_outlet_beyond_every_distributor() -> None:
    tables = checked({"outlets": {"list": [FAR]}})
    panel = tables["outlet_panel"].query("outlet == 'far'")
    assert panel["shoppers"].sum() > 0
    assert not panel[["sold_units", "stock_units"]].to_numpy().any()
    row = tables["outlets"].set_index("outlet").loc["far"]
    assert row["distributor"] == ""
    assert row["listed_ours"] == 0


@pytest.mark.parametrize("capacity", [0.0, 1e-9])
def test_a_factory_that_hardly_makes_anything(capacity: float) -> None:
    tables = checked(
        {
            "ours": {"factory": {"capacity_factor": capacity, "stock_days": 0.0}},
            "distributors": {"opening_stock_days": 0.0},
            "calendar": {"duration_days": 60},
        }
    )
    ours = tables["market"].query("company == 'ours'")
    made = tables["factory"].query("company == 'ours'").groupby("day")["made_units"].sum()
    assert made.max() <= 1
    assert ours["lost_supply"].sum() > 0
    # Our shelves run dry, the rivals' do not.
    last = tables["market"].query("day >= 50").groupby("company")["sell_out_units"].sum()
    assert last["ours"] < 0.3 * last["R1"]


def test_no_budgets() -> None:
    rivals = [{"id": "R1", **NO_MONEY}, {"id": "R2", **NO_MONEY}]
    tables = checked({"ours": NO_MONEY, "rivals": {"generate": None, "list": rivals}})
    accounts = set(tables["money"].query("tier == 'manufacturer'")["account"])
    assert not accounts & {"advertising", "display_cost", "promoter_cost", "overhead"}
    assert total(tables, "promoters", table="brand_territory") == 0


def test_everything_off() -> None:
    tables = checked({"mechanisms": ALL_OFF})
    assert total(tables, *LOST, "moved_store", "deferred") == 0
    assert total(tables, "diverted_units", table="distributor") == 0
    assert len(tables["visits"]) == 0
    days = tables["market"]["day"]
    first, last = (tables["market"][days == d] for d in (days.min(), days.max()))
    for frozen in ("listed_outlets", "facings_share"):
        np.testing.assert_array_equal(first[frozen].to_numpy(), last[frozen].to_numpy())
    for frozen in ("goodwill", "relation", "price_index"):
        by_day = tables["brand_territory"].groupby(["territory", "brand"])[frozen].nunique()
        assert (by_day == 1).all(), frozen


@pytest.mark.parametrize("switch", sorted(ALL_ON))
def test_each_switch_alone(switch: str) -> None:
    """Each mechanism runs without the others, and all the others without it."""
    short = {"calendar": {"duration_days": 12}}
    checked(short, STRESSED, {"mechanisms": ALL_OFF | {switch: True}})
    checked(short, STRESSED, {"mechanisms": {switch: False}})


def test_everything_on_and_stressed() -> None:
    tables = checked(STRESSED, {"mechanisms": ALL_ON, "calendar": {"duration_days": 40}})
    kinds = set(tables["events"]["kind"])
    assert {
        "outlet_opened",
        "outlet_closed",
        "listing_won",
        "advisor_left",
        "advisor_hired",
        "promotion_started",
        "rival_answer",
        "rival_campaign",
        "exclusive_signed",
        "distributor_loading",
        "markdown",
        "diversion",
        "product_launched",
        "target_set",
        "census",
    } <= kinds
    assert len(tables["households"])


def test_a_region_of_empty_shelves_sends_away_as_many_as_the_reactions_say() -> None:
    """Twelve huge shops that are never supplied: 31 % go to another store, 15 % come back, however many they are."""
    nothing = {"factory": {"capacity_factor": 0.0, "stock_days": 0.0}}
    places = [
        {"outlet_id": f"o{k}", "x_km": 0.1 * k, "y_km": 0.0, "size": 3000.0, "territory": "T01"} for k in range(12)
    ]
    tables = checked(
        {
            "outlets": {"generate": None, "list": places},
            "mechanisms": {"outlet_turnover": False},
            "calendar": {"burn_in_days": 20, "duration_days": 3},
            "distributors": {"opening_stock_days": 0.0},
            "ours": nothing,
            "rivals": {"generate": None, "list": [{"id": "R1", **nothing}]},
            "team": {"generate": {"n": 0}},
        }
    )
    last = tables["market"].query("day == 2")
    wanted = total({"market": last}, "shoppers_first_choice")
    assert wanted > 20_000
    assert total({"market": last}, "moved_store") / wanted == pytest.approx(0.31, abs=0.015)
    assert total({"market": last}, "deferred") / wanted == pytest.approx(0.15, abs=0.015)


def test_replications_are_joined() -> None:
    result = run(market({"calendar": {"duration_days": 3}}), replications=2)
    assert set(result["market"]["replication"]) == {0, 1}
    for r in (0, 1):
        part = {
            name: table[table["replication"] == r].drop(columns="replication") if "replication" in table else table
            for name, table in result.tables.items()
        }
        check_tables(part, result.scenario)


def test_a_day_knows_its_rhythm() -> None:
    from datetime import date

    day = Day(37, date(2026, 2, 1), True)
    assert day.weekday == 6
    assert day.every(7, 2)
    assert not day.every(7)
    assert not day.every(0)


# --- responses on common luck -----------------------------------------------------------------------------------------
def our_share(tables: Tables) -> float:
    sold = tables["market"].query("day >= 0").groupby("company")["sell_out_units"].sum()
    return float(sold["ours"] / sold.sum())


def availability(tables: Tables) -> float:
    daily = tables["market"].query("day >= 0")
    return float(daily["available_outlets"].sum() / daily["listed_outlets"].sum())


def our_distribution(tables: Tables) -> float:
    daily = tables["market"].query("day >= 10 and company == 'ours'")
    return float(daily["listed_weight"].mean())


def lost_for_supply(tables: Tables) -> float:
    return float(tables["market"].query("day >= 0 and company == 'ours'")["lost_supply"].sum())


CHEAP = {
    "id": "R1",
    "campaigns": [{"first_date": "2025-12-01", "duration_days": 400, "instrument": "price", "strength": 0.15}],
}
SIX = {"team": {"generate": {"n": 6}}}
STEADY = {"calendar": {"burn_in_days": 15, "duration_days": 45}}
RELIABLE = {"distributors": {"opening_stock_days": 4.0}, "ours": {"factory": {"stock_days": 4.0}}}
DAILY = {"visit_every_days": 2.0}
Side = tuple[dict[str, Any], dict[str, float]]
RESPONSES: dict[str, tuple[Callable[[Tables], float], Side, Side]] = {
    "more safety stock, more on the shelf": (
        availability,
        ({"retail": {"ordering": {"safety_factor": 0.0}}}, {}),
        ({"retail": {"ordering": {"safety_factor": 2.5}}}, {}),
    ),
    "a higher own price, a lower own share": (our_share, ({}, {}), ({}, {"price_cut": 0.05})),
    "a lower price of the rivals, a lower own share": (
        our_share,
        ({"rivals": {"generate": None, "list": [CHEAP, {"id": "R2"}]}}, {}),
        ({"rivals": {"generate": None, "list": [{"id": "R1"}, {"id": "R2"}]}}, {}),
    ),
    "more visits, no less distribution": (our_distribution, ({"team": {"generate": {"n": 0}}}, {}), (SIX, DAILY)),
    "a less reliable factory, more lost for want of supply": (
        lost_for_supply,
        (RELIABLE, {}),
        (merged(RELIABLE, {"ours": {"factory": {"reliability": 0.1}}}), {}),
    ),
    "more appeal, a higher share": (our_share, ({}, {}), ({"ours": {"appeal": 0.3}}, {})),
    "more advertising, a higher share": (our_share, ({}, {"advertising_cents": 0.0}), ({}, {"advertising_cents": 1e8})),
}
"""What is measured, and two markets (changes and levers) of which the second must have more of it."""

N_PAIRS = 6


@pytest.mark.parametrize("name", RESPONSES)
def test_responses_go_the_right_way(name: str) -> None:
    """Paired differences on common luck: the mean lies on the right side by more than three standard errors."""
    measure, less, more = RESPONSES[name]
    values = np.array(
        [
            [measure(ran(market(STEADY, changes), replication=r, pulls=pulls)) for changes, pulls in (less, more)]
            for r in range(N_PAIRS)
        ]
    )
    difference = values[:, 1] - values[:, 0]
    error = difference.std(ddof=1) / np.sqrt(N_PAIRS)
    print(f"{name}: {difference.mean():.4g} ± {error:.2g}")
    assert difference.mean() > 3 * error
