"""Exclusive agreements in degrees: what they keep from the others, what the shop asks, and what is back afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.agents.exclusives import asked, sign_exclusives
from sim.engine import Session
from sim.kernels.choice import cap_rivals
from sim.policies import ExclusiveDegree
from sim.world.accounts import Account
from tests.markets import STRESSED, assert_same, books_digest, finished, market, merged, ran

DAYS = 7
ON: dict[str, Any] = {
    "mechanisms": {"exclusive_degrees": True, "outlet_turnover": False, "rival_answers": False},
    "database": {"known_share": 1.0},
    "ours": {"relation": 0.9},
    "relations": {"exclusive_days": DAYS},
    "rivals": {"generate": None, "list": [{"id": "R1", "relation": 0.9}, {"id": "R2"}]},
    "products": {"generate": {"per_brand": 3}},
    "retail": {"listing": {"initial_intercept": 3.0}},
}
RIVAL_ASKS: dict[str, Any] = {"exclusive_per_month": 20, "relation": 0.9}


def opened(*changes: dict[str, Any]) -> Session:
    """The market in its fourth morning, when shops know what they sell."""
    session = Session(market(ON, *changes))
    session.step(3)
    return session


def rich(degree: str, most: int = 10**9) -> dict[str, Any]:
    """A company's budget for agreements."""
    return {"budget": {"exclusive_degree": degree, "exclusive_most_cents": most}}


def bound(session: Session, c: int, n: int = 100) -> NDArray[Any]:
    """Let a company offer agreements today; the rows that sign."""
    return sign_exclusives(session._context, session._today(), c, n)


def price_by_hand(session: Session, i: int, c: int, degree: ExclusiveDegree) -> int:
    """What one shop asks, product by product."""
    w, spec = session.world, session.scenario.relations.exclusive
    products = [p for p in range(w.sizes["product"]) if w.is_listed[i, p]]
    margin = {p: 30 * w.sales_rate[i, p] * (w.shelf_price_cents[i, p] - w.trade_price_cents[p]) for p in products}
    stay = []
    for other in set(range(w.sizes["company"])) - {c}:
        best = sorted((p for p in products if w.product_company[p] == other), key=lambda p: -w.sales_rate[i, p])
        stay += best[: {"cooler": None, "shelf": 1, "shop": 0}[degree.name]]
    own = sum(int(w.product_company[p]) == c for p in products)
    share = len(stay) / (len(stay) + own)
    part = max(0.0, 1.0 - spec.cooler_facings / share) if stay else 0.0
    gone = sum(margin[p] for p in products if w.product_company[p] != c and p not in stay)
    return round(float(spec.premium * (gone + part * sum(margin[p] for p in stay))))


@pytest.mark.parametrize("degree", ExclusiveDegree)
@pytest.mark.parametrize("c", [0, 1])
def test_the_price_is_what_the_shop_loses_to_the_cent(degree: ExclusiveDegree, c: int) -> None:
    session = opened()
    rows = np.arange(session.world.n_outlets)
    _, price = asked(session.world, rows, c, np.full(rows.shape, degree))
    carried = session.world.is_listed[:, session.world.product_company == c].any(axis=1)
    by_hand = [price_by_hand(session, int(i), c, degree) for i in rows[carried]]
    assert price[carried].tolist() == by_hand
    assert min(by_hand) >= 0
    assert max(by_hand) > 1000


@pytest.mark.parametrize("c", [0, 1])
def test_both_companies_pay_the_price_for_the_term(c: int) -> None:
    session = opened({"ours": rich("shop"), "rivals": {"list": [{"id": "R1", "relation": 0.9, **rich("shop")}]}})
    w = session.world
    _, price = asked(w, np.arange(w.n_outlets), c, np.full(w.n_outlets, ExclusiveDegree.shop))
    before = w.outlet_books[:, Account.EXCLUSIVE_INCOME].copy()
    rows = bound(session, c)
    assert rows.shape[0] > 5
    received = before - w.outlet_books[:, Account.EXCLUSIVE_INCOME]
    assert received[rows].tolist() == (price[rows] * DAYS // 30).tolist()
    assert w.company_books[c, Account.EXCLUSIVE_COST] == received.sum() == received[rows].sum()
    assert not w.is_listed[rows][:, w.product_company != c].any()


def test_equal_companies_are_bound_alike() -> None:
    """The same relation, price and list: the same price and the same products that leave, but for the names."""
    session = opened()
    w = session.world
    first, second, third = (np.flatnonzero(w.product_company == c) for c in range(3))
    twin = np.empty(w.sizes["product"], dtype=np.int64)
    twin[first], twin[second], twin[third] = second, first, third
    rows, degree = np.arange(w.n_outlets), np.full(w.n_outlets, ExclusiveDegree.shelf)
    leaving, price = asked(w, rows, 0, degree)
    for name in ("is_listed", "sales_rate", "shelf_price_cents"):
        column = getattr(w, name)
        column[:] = column[:, twin].copy()
    w.trade_price_cents[:] = w.trade_price_cents[twin].copy()
    mirrored, other = asked(w, rows, 1, degree)
    assert other.tolist() == price.tolist()
    assert np.array_equal(mirrored[:, twin], leaving)


def test_a_shop_refuses_below_its_price_and_without_a_relation() -> None:
    session = opened()
    w = session.world
    _, price = asked(w, np.arange(w.n_outlets), 0, np.full(w.n_outlets, ExclusiveDegree.cooler))
    least = int(np.median(price))
    session = opened({"ours": rich("cooler", least)})
    rows = bound(session, 0)
    assert rows.shape[0] > 3
    assert (price[rows] <= least).all()
    assert (price > least).sum() > 3
    session = opened({"ours": rich("cooler")})
    session.world.relation[:, 0] = 0.0
    assert bound(session, 0).shape[0] == 0
    session.world.relation[:, 0] = 1.0
    assert bound(session, 0).shape[0] > 20


def test_a_shelf_keeps_the_best_seller_of_each_other_company() -> None:
    session = opened({"ours": rich("shelf")})
    w = session.world
    before, rate = w.is_listed.copy(), w.sales_rate.copy()
    rows = bound(session, 0)
    for i in rows:
        for c in (1, 2):
            mine = w.product_company == c
            assert w.is_listed[i, mine].sum() == min(1, before[i, mine].sum())
            if before[i, mine].any():
                assert rate[i, mine & w.is_listed[i]].max() == rate[i, mine & before[i]].max()
    session.step(session.day + DAYS - 2)
    for c in (1, 2):
        assert (w.is_listed[rows][:, w.product_company == c].sum(axis=1) <= 1).all()


def test_what_left_stays_away_for_the_term_and_comes_back() -> None:
    session = opened(
        {"ours": rich("shop")}, {"retail": {"listing": {"delist_weeks": 104, "crowding_rate_per_week": 0.0}}}
    )
    w = session.world
    before = w.is_listed.copy()
    rows = bound(session, 0)
    theirs = w.product_company != 0
    first = session.day - 1
    assert (w.exclusive_until[rows] == w.exclusive_until[rows][0]).all()
    while session.day <= int(w.exclusive_until[rows][0]):
        assert not w.is_listed[rows][:, theirs].any()
        session.step()
    assert session.day - first >= DAYS
    assert (w.is_listed[rows] >= before[rows])[:, theirs].all()
    assert before[rows][:, theirs].any()
    assert (w.exclusive_company[rows] == -1).all()
    assert not w.set_aside.any()


def test_a_cooler_leaves_the_others_a_quarter_of_the_shelf() -> None:
    weights, company = np.array([1.0, 2.0, 3.0, 2.0]), np.array([0, 1, 1, 2])
    cap_rivals(weights, 8.0, company, 0, 0.25)
    assert weights.tolist() == pytest.approx([6.0, 2.0 * 2 / 7, 2.0 * 3 / 7, 2.0 * 2 / 7])
    alone = np.array([0.0, 2.0, 3.0, 2.0])
    cap_rivals(alone, 7.0, company, 0, 0.25)
    assert alone.tolist() == [0.0, 2.0, 3.0, 2.0]
    session = opened({"ours": rich("cooler")})
    session.world.relation[:, 0] = 1.0
    before = session.world.is_listed.copy()
    rows = bound(session, 0)
    assert np.array_equal(before, session.world.is_listed)
    session.step()
    market_ = session.observe()["market"]
    share = market_.groupby(["day", "company"])["facings_share"].sum().unstack()
    assert rows.shape[0] > 20
    assert share["ours"].iloc[-1] > 1.5 * share["ours"].iloc[0]


def test_off_the_numbers_move_nothing() -> None:
    other = {
        "relations": {"exclusive": {"premium": 3.0, "cooler_facings": 0.01, "shelf_products": 0}},
        "ours": rich("shop", 1),
    }
    pulls = {"exclusive_outlets": 3.0}
    assert_same(ran(market(STRESSED), pulls=pulls), ran(market(STRESSED, other), pulls=pulls))


def test_nobody_who_offers_leaves_every_byte() -> None:
    none: dict[str, Any] = {"rivals": {"generate": {"n": 2}}}
    assert_same(ran(market(none)), ran(market(none, {"mechanisms": {"exclusive_degrees": True}})))


def test_every_midnight_is_a_seam() -> None:
    budget = rich("shelf")
    rivals = [{"id": "R1", **RIVAL_ASKS, **rich("shop")}, {"id": "R2"}]
    scenario = market(merged(STRESSED, ON, {"ours": budget, "rivals": {"list": rivals}}))

    def begun() -> Session:
        session = Session(scenario)
        session.pull("exclusive_outlets", 10)
        return session

    whole = begun()
    whole.step(whole.calendar.n_days)
    assert (whole.world.outlet_books[:, Account.EXCLUSIVE_INCOME] != 0).any()
    for day in (6, 13, 20):
        half = begun()
        half.step(day)
        other = Session.restore(scenario, half.save())
        other.step(other.calendar.n_days)
        assert books_digest(other) == books_digest(whole)


def test_rivals_sign_by_their_own_degree() -> None:
    session = finished(market(ON, {"rivals": {"list": [{"id": "R1", **RIVAL_ASKS, **rich("shop")}]}}))
    assert session.world.company_books[1, Account.EXCLUSIVE_COST] > 0
