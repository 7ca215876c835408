"""What a new product costs on a full shelf: by size, only where it is listed, for every company alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine import Session
from sim.world.accounts import Account
from tests.markets import STRESSED, assert_same, books_digest, finished, market, merged, ran

FULL: dict[str, Any] = {
    "mechanisms": {"listing_fees": True, "outlet_turnover": False},
    "money": {"listing_fee": {"cents_per_shopper": 70.0}},
    "retail": {
        "listing": {
            "initial_intercept": -20.0,
            "intercept": 3.0,
            "facings_per_product": 1000.0,
            "crowding_rate_per_week": 0.0,
            "unprompted_per_month": 0.0,
        }
    },
    "database": {"known_share": 1.0},
    "rivals": {"generate": None, "list": [{"id": "R1", "field_calls_per_outlet_month": 10}]},
}
"""Nothing is listed in the beginning, no shelf has room, and nothing is listed but at calls or dropped."""


def paid(session: Session, c: int) -> int:
    return int(session.world.company_books[c, Account.LISTING_FEE_COST])


def test_every_company_pays_each_listing_by_the_shop_s_size() -> None:
    session = finished(market(FULL))
    world = session.world
    fee = np.floor(70.0 * world.outlet_size).astype(np.int64)
    assert np.array_equal(world.listing_fee_cents, fee)
    received = -world.outlet_books[:, Account.LISTING_FEE_INCOME]
    for c in (0, 1):
        listings = world.is_listed[:, world.product_company == c].sum(axis=1)
        assert listings.any()
        assert paid(session, c) == int(listings @ fee)
    assert np.array_equal(received, world.is_listed.sum(axis=1) * fee)


def test_who_offers_less_than_is_asked_is_not_listed() -> None:
    least = int(np.sort(Session(market(FULL)).world.listing_fee_cents)[10])
    scenario = market(FULL, {"rivals": {"list": [{"id": "R1", "budget": {"listing_fee_most_cents": least}}]}})
    session = Session(scenario)
    session.pull("listing_fee_most_cents", least)
    session.step(session.calendar.n_days)
    world = session.world
    asked_too_much = world.listing_fee_cents > least
    for c in (0, 1):
        mine = world.is_listed[:, world.product_company == c].any(axis=1)
        assert not mine[asked_too_much].any()
        assert mine[~asked_too_much].any()


def test_a_shelf_with_room_costs_nothing() -> None:
    session = finished(market(FULL, {"retail": {"listing": {"facings_per_product": 0.5}}}))
    assert session.world.is_listed.any()
    assert paid(session, 0) == paid(session, 1) == 0


def test_a_fee_of_nothing_changes_nothing() -> None:
    free = {"mechanisms": {"listing_fees": True}, "money": {"listing_fee": {"cents_per_shopper": 0.0}}}
    assert_same(ran(market(STRESSED)), ran(market(STRESSED, free)))


def test_every_midnight_is_a_seam() -> None:
    scenario = market(merged(STRESSED, {"mechanisms": {"listing_fees": True}}))
    whole, half = finished(scenario), Session(scenario)
    half.step(11)
    other = Session.restore(scenario, half.save())
    other.step(other.calendar.n_days)
    assert books_digest(other) == books_digest(whole)
