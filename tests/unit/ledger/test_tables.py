"""Shapes of the tables that a run leaves: names, keys, one row for each place and day."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.ledger.recorder import Event
from sim.ledger.result import RunResult, join_replications
from sim.ledger.tables import STATIC
from sim.world.panels import PANELS
from tests.markets import STRESSED, Tables, finished, market

KEYS = {
    "market": ["day", "territory", "product"],
    "territory": ["day", "territory"],
    "brand_territory": ["day", "territory", "brand"],
    "distributor": ["day", "distributor", "product"],
    "delivery": ["day", "distributor"],
    "partner": ["day", "distributor"],
    "advisor": ["day", "advisor"],
    "factory": ["day", "product"],
    "money": ["day", "tier", "party", "account"],
    "balance": ["day", "tier", "party"],
    "outlets": ["outlet"],
    "visits": ["day", "advisor", "stop"],
    "constants": ["product"],
    "outlet_panel": ["day", "outlet", "product"],
}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return finished(market(STRESSED)).observe()


@pytest.mark.parametrize("name", KEYS)
def test_each_key_stands_once(tables: Tables, name: str) -> None:
    table = tables[name]
    assert len(table)
    assert list(table.columns[: len(KEYS[name])]) == KEYS[name] or set(KEYS[name]) <= set(table.columns)
    assert not table.duplicated(KEYS[name]).any()


def test_daily_panels_have_every_day_and_place(tables: Tables) -> None:
    days = list(range(-5, 25))
    for name in set(PANELS) - {"advisor"}:
        table = tables[name]
        assert sorted(table["day"].unique()) == days
        assert len(table) == len(days) * len(table.groupby(KEYS[name][1:]))
        assert table["day"].is_monotonic_increasing
        assert set(PANELS[name].fields) <= set(table.columns)


def test_counts_are_whole_and_ids_are_text(tables: Tables) -> None:
    for name in PANELS:
        for column in tables[name].columns:
            kind = tables[name][column].dtype.kind
            if column.endswith(("_units", "_cents")) or column == "day":
                assert kind == "i" or column == "diverted_in_units", f"{name}.{column} is {kind}"
    for name, columns in (("market", ["territory", "product", "brand", "company"]), ("visits", ["advisor", "outlet"])):
        for column in columns:
            assert tables[name][column].map(type).eq(str).all()


def test_owners_stand_beside_what_they_own(tables: Tables) -> None:
    market_table, constants = tables["market"], tables["constants"].set_index("product")
    for owner in ("brand", "company"):
        assert (market_table[owner].to_numpy() == constants[owner].reindex(market_table["product"]).to_numpy()).all()


def test_events_are_of_known_kinds_and_name_their_subjects(tables: Tables) -> None:
    events = tables["events"]
    assert set(events["kind"]) <= {e.name.lower() for e in Event}
    assert events["day"].between(-5, 24).all()
    won = events.query("kind == 'listing_won'")
    assert set(won["subject"]) <= set(tables["outlets"]["outlet"])
    assert set(won["object"]) <= set(tables["constants"]["product"])
    left = events.query("kind == 'advisor_left'")
    assert left["subject"].str.len().gt(0).all()


def test_nobody_visits_on_a_day_of_rest(tables: Tables) -> None:
    """Day 0 is a Monday."""
    assert not tables["visits"]["day"].mod(7).isin([5, 6]).any()
    assert not tables["advisor"]["day"].mod(7).isin([5, 6]).any()
    visits = tables["visits"]
    assert (visits["leave_minute"] > visits["arrive_minute"]).all()
    in_order = visits.groupby(["day", "advisor"])["arrive_minute"].apply(lambda m: m.is_monotonic_increasing)
    assert in_order.all()


def test_replications_stand_under_each_other() -> None:
    one = {"market": pd.DataFrame({"day": [0, 1]}), "constants": pd.DataFrame({"product": ["p"]})}
    two = {"market": pd.DataFrame({"day": [5]}), "constants": pd.DataFrame({"product": ["p"]})}
    joined = join_replications([one, two], STATIC)
    assert joined["market"].to_dict("list") == {"replication": [0, 0, 1], "day": [0, 1, 5]}
    assert list(joined["constants"].columns) == ["product"]
    result = RunResult(market(), 7, joined, {"replications": 2})
    assert result.seeds == [0, 1]
    assert result["market"] is joined["market"]


def test_sold_by_brand_adds_up(tables: Tables) -> None:
    outlets = tables["outlets"]
    brands = [c for c in outlets.columns if c.startswith("sold_") and not c.startswith("sold_units")]
    assert len(brands) == tables["constants"]["brand"].nunique()
    np.testing.assert_array_equal(outlets[brands].sum(axis=1), outlets["sold_units_all"])
    np.testing.assert_array_equal(outlets["sold_ours"], outlets["sold_units_ours"])
