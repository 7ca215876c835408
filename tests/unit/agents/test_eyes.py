"""Visits and surveys fill the database; nobody else does."""

from __future__ import annotations

import numpy as np

from sim.engine import Session
from sim.world.setup.market import SEEN_INSIDE
from tests.markets import finished, market

STILL = {"mechanisms": {"listing_changes": False, "habit": False}, "database": {"share_error": 0.0}}
"""Shelf lists and purchase shares stay as they are, and shopkeepers know them."""


def by_company(session: Session, values: np.ndarray) -> np.ndarray:
    """Sum over each company's products, shape (n_outlets, n_companies)."""
    owner = session.world.product_company
    return np.stack([values[:, owner == c].sum(axis=1) for c in range(session.world.sizes["company"])], axis=1)


def test_nobody_has_been_inside_at_the_beginning() -> None:
    world = Session(market()).world
    for name in SEEN_INSIDE:
        assert np.isnan(world.columns[name]).all(), name


def test_an_advisors_call_writes_down_what_is_there() -> None:
    session = Session(market(STILL))
    while session.world.visit_count.sum() == 0:
        session.step()
    world = session.world
    visited = world.visit_count > 0
    assert not visited.all()
    for name in ("seen_share", "seen_products", "seen_promoter"):
        column = world.columns[name]
        assert not np.isnan(column[visited]).any(), name
        assert np.isnan(column[~visited]).all(), name
    np.testing.assert_array_equal(world.seen_products[visited], by_company(session, world.is_listed)[visited])
    brands = np.stack([world.habit[:, [b]].sum(axis=1) for b in range(world.sizes["brand"])], axis=1)
    np.testing.assert_allclose(world.seen_share[visited], brands[visited], atol=1e-6)


def test_a_later_call_writes_anew() -> None:
    session = finished(market(STILL))
    world = session.world
    often = world.visit_count >= 2
    assert often.any()
    world.seen_products[:] = -1.0
    session = Session(market(STILL))
    session.step(20)
    session.world.seen_products[:] = 99.0
    before = session.world.visit_count.copy()
    session.step(30)
    again = session.world.visit_count > before
    assert again.any()
    assert not (session.world.seen_products[again] == 99.0).any()
    assert (session.world.seen_products[~again] == 99.0).all()


def test_promoters_are_met_on_their_days_only() -> None:
    """The last calls of a Friday meet those who stand there on this Friday."""
    daily = {"visit": {"every_days_a": 1, "every_days_b": 1, "every_days_c": 1}}
    session = Session(market({"ours": {"budget": {"promoters": 30}}, "team": daily}))
    met = set()
    while not session.finished:
        before, weekday = session.world.visit_count.copy(), session.calendar.date_of(session.day).weekday()
        session.world.seen_promoter[:] = np.nan
        session.step()
        called = session.world.visit_count > before
        if (session.world.seen_promoter[called, 0] > 0).any():
            met.add(weekday)
        stands = (session.world.promoter_companies & 1).astype(bool)
        np.testing.assert_array_equal(session.world.seen_promoter[called, 0], stands[called])
    assert met
    assert met <= {4, 5, 6}


def test_a_survey_looks_once() -> None:
    off = {"advisors": False, "listing_changes": False}
    session = Session(market({"database": {"census_outlets_per_month": 6}, "mechanisms": off}))
    session.step()
    world = session.world
    seen = ~np.isnan(world.seen_products[:, 0])
    assert 0 < seen.sum() <= 6
    assert world.is_known[seen].all()
    assert (world.visit_count == 0).all()
    np.testing.assert_array_equal(world.seen_products[seen], by_company(session, world.is_listed)[seen])


def test_promoters_report_what_they_see() -> None:
    """Where one of ours stood we know the shelf, and nowhere else: nobody else looks into any shop."""
    off = {"advisors": False, "listing_changes": False}
    for reports in (True, False):
        session = Session(
            market({"ours": {"budget": {"promoters": 3}}, "mechanisms": {**off, "task_minutes": reports}})
        )
        world = session.world
        stood = np.zeros(world.n_outlets, dtype=bool)
        while not session.finished:
            session.step()
            stood |= (world.promoter_companies & 1).astype(bool)
        seen = ~np.isnan(world.seen_products[:, 0])
        assert 0 < stood.sum() < world.is_known.sum()
        np.testing.assert_array_equal(seen, stood & reports)
        np.testing.assert_array_equal(world.seen_products[seen], by_company(session, world.is_listed)[seen])


def test_closed_shops_are_found_closed_when_a_call_is_due() -> None:
    session = finished(market({"retail": {"closing_per_year": 1.0}, "calendar": {"duration_days": 120}}))
    world = session.world
    closed = world.is_known & (world.outlet_closed_day >= 0)
    assert (closed & (world.outlet_advisor < 0)).any(), "nobody goes there"
    assert world.known_closed.any()
    assert not (world.known_closed & ~closed).any()
    late = closed & (world.outlet_advisor >= 0) & (session.day - world.outlet_closed_day > 60)
    assert late.any()
    assert world.known_closed[late].all()
