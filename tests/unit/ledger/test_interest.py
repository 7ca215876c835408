"""Interest to the cent, of a day and of a month, for every tier alike; and credit lines that follow terms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.ledger.closing import check_ledger
from sim.ledger.journal import Journal
from sim.world.accounts import Account, Sector
from sim.world.world import World
from tests.markets import STRESSED, assert_same, books_digest, finished, market, merged, ran

ON: dict[str, Any] = {"mechanisms": {"interest": True}}
PARTIES = ("company", "distributor", "outlet")


@pytest.fixture
def world() -> World:
    """A market on its first morning: opening stock and capital, nothing owed."""
    return Session(market(ON)).world


def tied(world: World, party: str) -> np.ndarray:
    books = world.columns[f"{party}_books"]
    sum_of_all = books[:, [Account.INVENTORY, Account.RECEIVABLE, Account.PAYABLE]].sum(axis=1)
    return np.maximum(sum_of_all, 0)


def interest(world: World, party: str) -> np.ndarray:
    return world.columns[f"{party}_books"][:, Account.INTEREST]


def test_a_day_costs_a_365th_of_the_yearly_rate_to_the_cent(world: World) -> None:
    # 3.65 % a year are 0.01 % a day: 1 cent for 10,000 cents.
    Journal(world).pay_interest(company=0.0365, distributor=0.073, outlet=0.365)
    for party, parts in zip(PARTIES, (10_000, 5_000, 1_000), strict=True):
        assert np.array_equal(interest(world, party), np.floor(tied(world, party) / parts + 0.5))
    check_ledger(world)
    paid = sum(int(interest(world, party).sum()) for party in PARTIES)
    assert paid > 0
    assert world.outside_books[Sector.BANKS, Account.CASH] == paid


def test_rests_of_cents_add_up_over_a_month(world: World) -> None:
    journal = Journal(world)
    for _ in range(30):
        journal.pay_interest(company=0.0365, distributor=0.073, outlet=0.0365)
    for party, parts in zip(PARTIES, (10_000, 5_000, 10_000), strict=True):
        exact = 30 * tied(world, party) / parts
        assert np.abs(interest(world, party) - exact).max() < 0.5 + 1e-6
        assert np.allclose(interest(world, party) + world.columns[f"{party}_interest_rest"], exact)
    # Parts of cents were due every day, and rounding each for itself would have lost them.
    daily = tied(world, "outlet") / 10_000
    assert np.abs(30 * np.floor(daily + 0.5) - interest(world, "outlet")).max() > 1


def test_who_owes_more_than_it_holds_earns_nothing(world: World) -> None:
    books = world.outlet_books
    books[:, Account.PAYABLE] -= 10 * books[:, Account.INVENTORY]
    books[:, Account.CASH] += 10 * books[:, Account.INVENTORY]
    Journal(world).pay_interest(company=0.0, distributor=0.0, outlet=0.5)
    assert not interest(world, "outlet").any()


def test_suppliers_credit_moves_the_cost_from_the_buyer_to_the_seller() -> None:
    long = ran(market(ON), pulls={"terms_days": 90})["money"].query("account == 'interest' and party == 'ours'")
    short = ran(market(ON), pulls={"terms_days": 0})["money"].query("account == 'interest' and party == 'ours'")
    paid = [frame.groupby("tier")["amount_cents"].sum() for frame in (short, long)]
    assert paid[1]["manufacturer"] > paid[0]["manufacturer"]
    assert paid[1]["distributor"] < paid[0]["distributor"]


def test_days_of_credit_lend_days_of_purchases() -> None:
    session = Session(market(ON))
    distributors = next(agent for agent in session.agents if type(agent).__name__ == "Distributors")
    before = distributors._purse()
    session.pull("terms_days", 37)
    lent = np.floor(7 * (session.world.distributor_forecast @ session.world.list_price_cents))
    ours = session.world.distributor_company == 0
    assert np.array_equal(distributors._purse() - before, np.where(ours, lent, 0))


def test_a_rate_of_nothing_is_no_interest() -> None:
    free = {"manufacturer_per_year": 0.0, "distributor_per_year": 0.0, "outlet_per_year": 0.0}
    assert_same(ran(market(STRESSED)), ran(market(STRESSED, ON, {"money": {"interest": free}})))


def test_every_midnight_is_a_seam() -> None:
    scenario = market(merged(STRESSED, ON))
    whole = finished(scenario)
    half = Session(scenario)
    half.step(13)
    other = Session.restore(scenario, half.save())
    other.step(other.calendar.n_days)
    assert books_digest(other) == books_digest(whole)
    assert whole.world.outlet_interest_rest.any()
