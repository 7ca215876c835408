"""Ground: opening and leaving territories, what closed ground means, and when a platform pays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.engine import Session
from sim.errors import InputError
from sim.ledger.closing import check_ledger
from sim.scenario.load import load_scenario
from sim.scenario.schema.ground import GroundSpec
from sim.world.ground import platform_cents, posts_cents
from tests.markets import ALL_OFF, assert_same, finished, market, merged, ran

ON: dict[str, Any] = {"mechanisms": {"ground": True}}
FREE = {"opening_cents": 0, "platform": {"post_cents_per_month": 0}, "manager_cents_per_month": 0}
NEW = merged(ON, {"ours": {"absent_from": ["T02"], "ground": {"opening_days": 6, "notice_days": 4}}})
"""We have the first of two territories."""


def sold(tables: dict[str, pd.DataFrame], territory: str, column: str = "sell_out_units") -> pd.Series[float]:
    """Our sales there by day."""
    ours = tables["market"].query("company == 'ours' and territory == @territory")
    return ours.groupby("day")[column].sum()


def test_open_ground_that_costs_nothing_is_inert() -> None:
    rival = {"generate": None, "list": [{"id": "R1", "ground": FREE}]}
    base = {"ours": {"ground": FREE}, "rivals": rival}
    assert_same(ran(market(base, ON)), ran(market(base)))


def test_a_platform_pays_from_the_sales_at_which_margins_cover_its_posts() -> None:
    """Nothing but goods and the platform costs money: profit moves by units · (list price − factory cost) − platform.

    So the same ground, with the same sales, pays with posts a cent below units · margin ÷ days, and not with a cent
    above.
    """
    still: dict[str, Any] = {
        "mechanisms": ALL_OFF | {"ground": True},
        "outlets": {"generate": {"n": 60}},
        "calendar": {"burn_in_days": 0, "duration_days": 20},
        "ours": {"budget": {"advertising_cents": 0, "display_cents": 0}, "factory": {"freight_cents_per_unit": 0}},
        "recording": {"outlet_panel": False},
    }

    def profit(absent: list[str], cents_per_day: int) -> tuple[int, Session]:
        posts = {"regional_manager": 1, "planning": 0, "finance": 0, "market": 0, "storage": 0, "delivery": 0}
        platform = posts | {"post_cents_per_month": -(-cents_per_day * 365 // 12)}
        session = finished(market(still, {"ours": {"absent_from": absent, "ground": {"platform": platform}}}))
        posted = session.observe()["money"].query("tier == 'manufacturer' and party == 'ours'")
        balances = ["cash", "inventory", "receivable", "payable", "equity", "drawings"]
        return -int(posted[~posted["account"].isin(balances)]["amount_cents"].sum()), session

    without, apart = profit(["T02"], 0)
    gain, session = profit([], 0)
    assert sold(apart.observe(), "T02").sum() == 0
    pd.testing.assert_series_equal(sold(apart.observe(), "T01"), sold(session.observe(), "T01"))
    world = session.world
    (there,) = np.flatnonzero((world.distributor_company == 0) & world.covers[:, 1])
    bought = world.distributor_in_units[there] - Session(session.scenario).world.distributor_in_units[there]
    worth = int(bought @ (world.list_price_cents - world.factory_cost_cents))
    assert gain - without == worth > 0
    for cents, pays in ((worth // 20, True), (worth // 20 + 1, False)):
        dear, _ = profit([], cents)
        cheap, _ = profit(["T02"], cents)
        assert dear - cheap == worth - 20 * cents
        assert (dear >= cheap) is pays


def test_managers_grow_with_the_people_that_they_lead() -> None:
    spec = GroundSpec(span_of_control=8.0, manager_cents_per_month=1_000)
    managers = (platform_cents(spec, np.array([0.0, 1.0, 8.0, 8.1, 17.0])) - posts_cents(spec.platform)) / 1_000
    assert managers.tolist() == [0, 1, 1, 2, 3]


def opened_by_both() -> Session:
    """Two equal companies go into the same territory in the same morning, and leave it in the same one."""
    equal = {"absent_from": ["T02"], "ground": {"opening_days": 6, "notice_days": 4, "opening_cents": 700}}
    moves = [{"first_date": "2026-01-08", "duration_days": 13, "instrument": "ground", "territories": ["T02"]}]
    rival = {"id": "R1", "field_calls_per_outlet_month": 0, "campaigns": moves, **equal}
    session = Session(
        market(
            ON,
            {"mechanisms": ALL_OFF | {"ground": True}, "ours": equal, "outlets": {"generate": {"n": 60}}},
            {"rivals": {"generate": None, "list": [rival]}, "calendar": {"burn_in_days": 0}},
        )
    )
    session.step(4)
    session.pull("open", 1, territory="T02")
    session.step(16)
    session.pull("open", 0, territory="T02")
    session.step(session.calendar.n_days)
    return session


def test_equal_companies_are_treated_equally() -> None:
    tables = opened_by_both().observe()
    moves = tables["events"][tables["events"]["kind"].str.startswith("territory_")]
    columns = ["day", "kind", "territory", "value"]
    ours, theirs = (moves[moves["subject"] == name][columns].reset_index(drop=True) for name in ("ours", "R1"))
    assert ours["day"].tolist() == [4, 10, 16, 20]
    pd.testing.assert_frame_equal(ours, theirs)
    money = tables["money"].query("account in ['platform', 'opening_cost']")
    ours, theirs = (
        money[money["party"] == name][["day", "amount_cents"]].reset_index(drop=True) for name in ("ours", "R1")
    )
    pd.testing.assert_frame_equal(ours, theirs)


def test_an_opened_territory_begins_to_sell_and_a_closed_one_ends() -> None:
    session = Session(market(NEW, {"calendar": {"duration_days": 60}, "team": {"generate": {"n": 2}}}))
    session.pull("open", 1, territory="T02")
    session.pull("advisors", 1, territory="T02")
    session.step(40)
    here = session.world.outlet_territory == 1
    assert session.world.is_post.sum() == 3
    assert (session.world.outlet_distributor[here, 0] >= 0).all()
    session.pull("open", 0, territory="T02")
    session.step(session.calendar.n_days)
    world, tables = session.world, session.observe()
    delivered = sold(tables, "T02", "sell_in_units")
    assert delivered[delivered.index < 1].sum() == 0
    assert delivered.loc[1:38].sum() > 0
    assert delivered[delivered.index >= 39].sum() == 0
    assert not (world.advisor_territory[world.is_post] == 1).any()
    gone = (world.distributor_company == 0) & world.covers[:, 1]
    assert world.waits_for_ground[gone].all()
    assert not world.is_contracted[gone].any()
    # What was left in the warehouse has gone back, and nothing was lost on the way.
    assert world.distributor_stock_units[gone].sum() == 0
    assert tables["distributor"].query("company == 'ours' and territory == 'T02'")["returned_units"].sum() > 0
    check_ledger(world)


def test_on_closed_ground_there_is_nothing_of_ours_unless_it_is_diverted() -> None:
    tables = ran(market(NEW, {"mechanisms": {"diversion": False}}))
    assert sold(tables, "T02").sum() == 0
    assert tables["advisor"].query("territory == 'T02'").empty
    assert tables["territory"].query("territory == 'T02'")[["advertising_cents", "display_cents"]].sum().sum() == 0
    assert tables["brand_territory"].query("brand == 'ours' and territory == 'T02'")["promoters"].sum() == 0
    grey = {
        "distributors": {"opening_stock_days": 90.0, "push": {"overstock_days": 5.0}},
        "diversion": {"freight_cents_per_unit_km": 0.0, "penalty_cents_per_unit": 0.0},
        "ours": {"appeal": 2.0},
        "mechanisms": {"diversion": True},
    }
    session = Session(market(NEW, grey))
    session.world.adjacent[:] = ~np.eye(2, dtype=bool)
    session.step(session.calendar.n_days)
    tables = session.observe()
    assert sold(tables, "T02", "sell_in_units").sum() == 0
    assert tables["territory"].query("territory == 'T02'")["diverted_in_units"].sum() > 0
    assert sold(tables, "T02").sum() > 0


def test_a_change_of_mind_in_time_costs_only_the_opening() -> None:
    session = Session(market(NEW))
    session.pull("open", 1, territory="T02")
    session.pull("open", 0, territory="T01")
    session.step(3)
    session.pull("open", 0, territory="T02")
    session.pull("open", 1, territory="T01")
    session.step(session.calendar.n_days)
    assert session.world.ground_open[0].tolist() == [True, False]
    kinds = session.observe()["events"].query("subject == 'ours'")["kind"]
    assert sorted(kinds[kinds.str.startswith("territory_")]) == ["territory_leaving", "territory_opening"]


@pytest.mark.parametrize("midnight", [3, 6, 8, 22])
def test_a_midnight_in_the_middle_of_an_opening_is_a_seam(midnight: int) -> None:
    def moved(session: Session, first: int, last: int) -> Session:
        for day in range(first, last):
            if day in (2, 18):
                session.pull("open", int(day == 2), territory="T02")
            session.step(day + 1)
        return session

    scenario = market(NEW)
    whole = moved(Session(scenario), 0, 30)
    half = moved(Session(scenario), 0, midnight)
    assert_same(moved(Session.restore(scenario, half.save()), midnight, 30).observe(), whole.observe())


def test_posts_on_closed_ground_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "market.yaml"
    file.write_text("ours: {absent_from: [T01]}\nteam: {list: [{id: a, territory: T01}]}\n")
    with pytest.raises(InputError, match="open to us"):
        load_scenario(file)


def test_who_has_no_ground_yet_begins_with_what_is_opened() -> None:
    nowhere = {"ours": {"absent_from": ["T01", "T02"], "ground": {"opening_days": 3}}}
    session = Session(market(ON, nowhere, {"calendar": {"duration_days": 60}}))
    assert session.world.lever_advertising_cents.sum() == 0
    session.pull("open", 1, territory="T01")
    session.pull("advisors", 2, territory="T01")
    session.step(session.calendar.n_days)
    assert sold(session.observe(), "T01").sum() > 0
