"""Firms for which companies compete: one contract at a time, who has the only one, what a firm takes along."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.agents.channel import poach_distributor, sign_distributor, win_distributor
from sim.agents.distributor import Distributors
from sim.engine import Session
from sim.streams import DecisionPoint
from sim.world.accounts import Account
from sim.world.firms import first_rows, holder, is_free, row_for
from sim.world.world import World
from tests.effects.by_hand import Draws, as_it_is, session
from tests.effects.market import on
from tests.identities import check_tables
from tests.markets import STRESSED, assert_same, books_digest, finished, market, merged

EAGER: dict[str, Any] = {"distributors": {"contracts": {"intercept": 20.0}}}
"""Whoever is asked says yes."""
POOL: dict[str, Any] = {
    **on("distributor_pool", "stock_outs"),
    "calendar": {"duration_days": 70},
    "territories": {"generate": {"n": 2}},
}
BARE: dict[str, Any] = {
    "rivals": {"list": [{"id": "R1"}, {"id": "R2"}]},
    "distributors": {
        "generate": None,
        "list": [{"id": "N", "territories": ["T01"], "signed": False}],
        "pool": {"free_per_territory": 0},
    },
}
"""Three companies, of whom none has a distributor, and one firm."""
HOT: dict[str, Any] = {
    "rivals": {
        "generate": None,
        "list": [
            {"id": "R1", "temperament": "aggressor", "answer_probability": 1.0, "poach_probability": 1.0},
            {"id": "R2", "offer_cents": 50_000},
        ],
    }
}
"""A rival that takes ours, and one that looks for others."""


def contracts(world: World) -> np.ndarray:
    """Contracts of each firm."""
    return np.bincount(world.distributor_firm, weights=world.is_contracted)


def row(held: Session, name: str) -> int:
    return held.world.names.distributors.index(name)


def listed(world: World, k: int) -> np.ndarray:
    return world.outlet_distributor[:, world.distributor_company[k]] == k


def test_every_firm_has_a_row_for_each_company_and_one_house() -> None:
    rivals = {"rivals": {"list": [{"id": "R1"}, {"id": "R2", "appeal": 0.5}]}}
    w = session(POOL, on("distributor_companies"), rivals).world
    n = w.sizes["company"]
    assert first_rows(w).sum() == 2 * (n + 1)
    assert w.sizes["distributor"] == n * 2 * (n + 1)
    for firm in np.flatnonzero(first_rows(w)):
        rows = np.flatnonzero(w.distributor_firm == firm)
        assert sorted(w.distributor_company[rows]) == list(range(n))
        for name in ("warehouse_units", "drops_per_day", "house_cents", "distributor_capability", "distributor_x_km"):
            assert np.unique(getattr(w, name)[rows]).shape == (1,), name
    alone = session(merged(POOL, {"mechanisms": {"distributor_pool": False}}), on("distributor_companies"), rivals)
    np.testing.assert_array_equal(w.warehouse_units[w.is_contracted], alone.world.warehouse_units)


def test_at_every_midnight_a_firm_has_one_contract_at_most_and_the_books_close() -> None:
    scenario = market(
        STRESSED, on("distributor_pool", "distributor_companies"), HOT, {"calendar": {"duration_days": 95}}
    )
    held = Session(scenario)
    w = held.world
    held.pull("poach_cents", 10**7)
    held.pull("offer_cents", 10**5, distributor="F-T01-1")
    owners = set()
    for day in range(1, held.calendar.n_days + 1):
        held.step(day)
        assert contracts(w).max() <= 1
        served = w.outlet_distributor[w.outlet_distributor >= 0]
        assert w.is_contracted[served].all()
        owners |= {tuple(holder(w))}
    tables = held.observe()
    check_tables(tables, scenario)
    assert len(owners) > 3
    poached = tables["events"].query("kind == 'distributor_poached'")
    assert set(poached["object"]) == {"ours", "R1"}


@pytest.mark.parametrize("seed", range(3))
def test_of_one_firm_the_clearest_yes_has_it_and_the_others_nobody(seed: int) -> None:
    held = session(POOL, BARE, EAGER, {"territories": {"generate": {"n": 1}}, "seed": seed})
    w, draws = held.world, Draws(held, 0)
    held.pull("offer_cents", 1, distributor="N")
    held.step(1)
    u = [draws.u(DecisionPoint.NEGOTIATION, slot) for slot in w.distributor_slot]
    assert w.distributor_company.tolist() == [0, 1, 2]
    has = int(np.argmin(u))
    assert w.is_contracted.tolist() == [k == has for k in range(3)]
    held.step(65)
    assert w.is_contracted.tolist() == [k == has for k in range(3)]
    for c in range(3):
        assert (w.outlet_distributor[:, c] >= 0).any() == (c == has)


def test_equal_companies_win_equally_often() -> None:
    n, slots = 45, {"territories": {"generate": {"n": 45}}, "outlets": {"generate": {"n": 45}}}
    rivals = {"rivals": {"list": [{"id": "R1", "offer_cents": 1}, {"id": "R2", "offer_cents": 1}]}}
    held = session(POOL, BARE, EAGER, slots, rivals, {"distributors": {"pool": {"free_per_territory": 1}}})
    w = held.world
    for k in np.flatnonzero(w.distributor_company == 0):
        held.pull("offer_cents", 1, distributor=w.names.distributors[k])
    held.step(1)
    assert not is_free(w).any()
    won = np.bincount(w.distributor_company[w.is_contracted], minlength=3)
    assert won.sum() == n + 1
    np.testing.assert_allclose(won, (n + 1) / 3, atol=3 * np.sqrt((n + 1) * 2 / 9))


def test_rivals_stop_at_the_number_that_they_seek() -> None:
    for sought in (0, 2):
        pool = {"pool": {"free_per_territory": 3, "sought": sought}}
        held = session(POOL, BARE, EAGER, {"distributors": pool})
        held.step(33)
        w = held.world
        mine = [(w.covers[(w.distributor_company == c) & w.is_contracted]).sum(axis=0).tolist() for c in (1, 2)]
        # The first territory has four firms, the second three: there one of the two finds one only.
        assert sorted(map(sum, mine)) == ([0, 0] if not sought else [3, 4])
        assert np.max(mine) <= sought


def test_who_is_bound_is_not_to_be_had_by_an_offer_but_by_poaching() -> None:
    contracts_ = {"contracts": {"intercept": 20.0, "poach_probability": 1.0, "outlets_brought": 0.3}}
    none = [{"id": "X", "territories": ["T02"], "signed": False}]
    change = {"distributors": {**contracts_, "generate": {}, "list": none}}
    only = {
        "outlets": {"generate": {"n": 60}},
        "rivals": {"list": [{"id": "R1"}]},
        "distributors": {"pool": {"free_per_territory": 0}},
    }
    held = session(POOL, only, on("distributor_companies"), change)
    w = held.world
    theirs, mine = row(held, "D-R1-T01"), row(held, "D-R1-T01@ours")
    assert row_for(w, theirs, 0) == mine
    held.pull("offer_cents", 10**9, distributor="D-R1-T01@ours")
    held.step(31)
    assert w.is_contracted[theirs]
    assert not w.is_contracted[mine]
    held.pull("offer_cents", 0, distributor="D-R1-T01@ours")
    held.step(60)
    w.distributor_relation[theirs] = 0.0
    w.distributor_capability[theirs], w.drops_per_day[theirs] = 0.8, 77
    before, lost = as_it_is(held), listed(w, theirs)
    assert 0 < lost.sum() < (w.outlet_territory == 0).sum()
    held.pull("poach_cents", 10**10, territory="T01")
    held.step(61)
    assert w.is_contracted[mine]
    assert not w.is_contracted[theirs]
    np.testing.assert_array_equal(listed(w, mine), lost)
    assert (w.outlet_distributor[w.outlet_territory == 0, 1] < 0).all()
    for name in ("distributor_capability", "distributor_reach", "drops_per_day"):
        assert getattr(w, name)[mine] == getattr(before, name)[theirs], name
    assert before.distributor_reach[mine] < before.distributor_reach[theirs] < 1.0
    brought = before.relation[lost, 0] + 0.3 * (1.0 - before.relation[lost, 0])
    np.testing.assert_allclose(w.relation[lost, 0], brought, rtol=1e-12)
    assert w.retainer_cents[mine] == 10**10
    paid = w.company_books[0, Account.SERVICES_COST] - before.company_books[0, Account.SERVICES_COST]
    assert paid == 10**10 * 12 // 365


def test_the_house_has_one_till() -> None:
    held = session(POOL, {"rivals": {"list": [{"id": "R1"}]}})
    held.step(3)
    w, theirs = held.world, row(held, "D-R1-T02")
    other = [k for k in range(w.sizes["distributor"]) if w.distributor_firm[k] == theirs and k != theirs]
    assert (w.distributor_books[other] == 0).all()
    mine = win_distributor(w, theirs, 0, 0)
    books = w.distributor_books.copy()
    left = books[theirs, Account.CASH] + books[theirs, Account.PAYABLE]
    journal = next(a for a in held.agents if isinstance(a, Distributors))._c.journal
    journal.share_tills()
    change = w.distributor_books - books
    assert left > 0
    assert change[mine, Account.CASH] == left == -change[mine, Account.EQUITY]
    np.testing.assert_array_equal(change[theirs], -change[mine])
    assert np.count_nonzero(change) == 4


def test_where_nobody_moves_the_pool_changes_nothing() -> None:
    none = {"distributors": {"pool": {"free_per_territory": 0}}}
    off = finished(market(STRESSED, HOT, none, {"mechanisms": {"rival_answers": False}}))
    on_ = finished(market(STRESSED, HOT, none, {"mechanisms": {"rival_answers": False, "distributor_pool": True}}))
    one, other = off.observe(), on_.observe()
    assert_same(
        {name: one[name] for name in ("market", "money", "advisor")},
        {name: other[name] for name in ("market", "money", "advisor")},
    )


def test_without_the_switch_its_numbers_move_nothing() -> None:
    pool = {"distributors": {"pool": {"free_per_territory": 9, "sought": 9}}}
    offers = {"rivals": {"generate": None, "list": [{"id": "R1", "offer_cents": 10**6}, {"id": "R2"}]}}
    plain = {"rivals": {"generate": None, "list": [{"id": "R1"}, {"id": "R2"}]}}
    assert books_digest(finished(market(pool, offers))) == books_digest(finished(market(plain)))


def test_every_midnight_is_a_seam() -> None:
    scenario = market(
        STRESSED, HOT, EAGER, on("distributor_pool", "distributor_companies"), {"calendar": {"duration_days": 40}}
    )
    whole = finished(scenario)
    assert (whole.observe()["events"]["kind"] == "distributor_poached").any()
    for day in (1, 2, 31):
        cut = Session(scenario)
        cut.step(day)
        cut = Session.restore(scenario, cut.save())
        cut.step(cut.calendar.n_days)
        assert books_digest(cut) == books_digest(whole)


def test_a_house_that_was_left_finds_no_new_owner_for_who_has_found_another() -> None:
    returns = {"returns": {"successor_per_month": 1.0, "patience_months": 1000}}
    pool = {"distributors": {"generate": {}, "list": [{"id": "X", "territories": ["T02"], "signed": False}]}}
    partners = {"distributors": {"partners": returns, "contracts": {"intercept": -20.0}}}
    for other in (False, True):
        held = session(POOL, on("distributor_companies"), {"rivals": {"list": [{"id": "R1"}]}}, pool, partners)
        held.step(20)
        w, k, free = held.world, row(held, "D-R1-T01"), row(held, "F-T01-1@R1")
        poach_distributor(w, k)
        w.left_day[k] = 19
        if other:
            sign_distributor(w, free)
        held.step(40)
        assert w.is_contracted[k] == (not other)
