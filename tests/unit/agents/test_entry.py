"""Newcomers: the chance of an entry by hand, nothing of them before it, and everything after; midnights."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.agents.entry import entry_chance
from sim.engine import Session
from sim.scenario.schema.rivalry import EntrySpec
from sim.streams import DecisionPoint
from tests.effects.by_hand import Draws, as_it_is, session
from tests.effects.market import on
from tests.markets import STRESSED, books_digest, finished, market

ENTRY: dict[str, Any] = {"probability_per_year": 0.6, "barrier": 1.5}
OUTSIDE: dict[str, Any] = {
    **on("entry", "stock_outs", "rival_field", "listing_changes", "relations", "goodwill"),
    "calendar": {"duration_days": 150},
    "territories": {"generate": {"n": 6}},
    "outlets": {"generate": {"n": 60}},
    "rivals": {"list": [{"id": "R1", "entry": ENTRY}]},
}


def test_the_chance_by_hand_and_its_limits() -> None:
    assert entry_chance(EntrySpec(**ENTRY), 0.4) == pytest.approx(1 - 0.4 ** (math.exp(-0.6) / 12), rel=1e-12)
    free = EntrySpec(probability_per_year=0.6, barrier=1.5)
    assert 1 - (1 - entry_chance(free, 0.0)) ** 12 == pytest.approx(0.6)
    assert entry_chance(EntrySpec(probability_per_year=0.0), 0.0) == 0.0
    assert entry_chance(EntrySpec(**ENTRY), 0.9) < entry_chance(EntrySpec(**ENTRY), 0.1)


def test_it_enters_where_the_draw_says_and_is_nowhere_before() -> None:
    held = session(OUTSIDE, {"rivals": {"list": [{"id": "R1", "entry": {**ENTRY, "probability_per_year": 0.99999}}]}})
    w = held.world
    w.relation[:, 0] = (np.arange(w.n_outlets) * 0.618) % 1.0
    opening = w.company_books[1].copy()
    held.step(1)
    theirs = w.product_company == 1
    assert not w.is_listed[:, theirs].any()
    np.testing.assert_array_equal(w.company_books[1], opening)
    before, draws = as_it_is(held), Draws(held, 1)
    held.step(2)
    entered = w.withdrawn_day[1] < 0
    for t in range(6):
        here = (before.outlet_territory == t) & before.is_open
        size = before.outlet_size[here]
        holds = float((size * before.relation[here, 0]).sum() / size.sum())
        chance = 1 - (1 - 0.99999) ** (math.exp(-1.5 * holds) / 12)
        u = draws.u(DecisionPoint.ENTRY, before.company_slot[1] ^ before.territory_slot[t])
        assert entered[t] == (u < chance)
    assert 0 < entered.sum() < 6
    held.step(150)
    assert w.is_listed[:, theirs].any()
    sold = held.observe()["market"]
    assert sold[(sold["company"] == "R1") & (sold["day"] > 2)]["sell_out_units"].sum() > 0
    never = w.withdrawn_day[1] >= 0
    assert not w.is_listed[np.isin(w.outlet_territory, np.flatnonzero(never))][:, theirs].any()


@pytest.mark.parametrize("switch", ["entry", "ground"])
def test_on_its_date_it_enters_everywhere_and_without_the_switch_never(switch: str) -> None:
    entry = {"first_date": "2026-02-01", "probability_per_year": 0.0}
    spec = {"id": "R1", "entry": entry, "ground": {"opening_days": 10}}
    held = session(OUTSIDE, on(switch), {"rivals": {"list": [spec]}, "territories": {"generate": {"n": 2}}})
    held.step(150)
    events = held.observe()["events"]
    # It looks on the days 1, 31, …; 31 is the first from 1 February on.
    assert events[events["kind"] == "rival_entry"]["day"].tolist() == [31, 31]
    assert held.world.is_contracted[held.world.distributor_company == 1].all()
    off = session(OUTSIDE, {"mechanisms": {"entry": False}, "rivals": {"list": [spec]}})
    opening = off.world.company_books[1].copy()
    off.step(60)
    np.testing.assert_array_equal(off.world.company_books[1], opening)


def test_every_midnight_is_a_seam() -> None:
    rivals = [{"id": "R1"}, {"id": "R2", "entry": {"probability_per_year": 1.0, "barrier": 0.0}}]
    long = {"calendar": {"burn_in_days": 5, "duration_days": 60}}
    scenario = market(STRESSED, on("entry", "rival_companies"), long, {"rivals": {"list": rivals}})
    whole = finished(scenario)
    assert (whole.world.withdrawn_day[2] < 0).all()
    for day in (2, 31, 33, 50):
        cut = Session(scenario)
        cut.step(day)
        cut = Session.restore(scenario, cut.save())
        cut.step(cut.calendar.n_days)
        assert books_digest(cut) == books_digest(whole)
