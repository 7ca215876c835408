"""All levers away from their baseline at once: actors change only what they declare, and every midnight is a seam."""

from __future__ import annotations

from sim.engine import Session
from sim.scenario.schema import Scenario
from sim.world.levers import LEVERS
from tests.identities import check_tables
from tests.markets import STRESSED, assert_same, books_digest, market, merged
from tests.unit.agents.test_ownership import Watch
from tests.unit.levers.test_baseline import BASELINES
from tests.unit.levers.test_channel import TWO

PULLS: dict[str, float] = {
    "outlet_interval": 0.3,
    "transfer": 2.0,
    "handover": 0.0,
    "improve_route": 0.0,
    "suggested_orders": 0.0,
    "hire_farmer": 1.0,
    "offer_cents": 1e9,
    "poach_cents": 1e9,
    "core": 0.0,
    "overstock_days": 5.0,
    "markdown_rate": 0.3,
    "return_share": 0.7,
    "price_protection": 1.0,
    "discount": 0.1,
    "promotion_every_days": 9.0,
    "promotion_length_days": 4.0,
    "promotion_cut": 0.2,
    "promotion_on": 0.0,
    "shop_terms_days": 30.0,
    "shop_policy": 2.0,
    "shop_safety_factor": 3.0,
    "shop_cover_days": 9.0,
    "factory_stock_days": 30.0,
    "information_system": 1.0,
    "coaching_cents": 1e5,
}
FIRST, LAST = 6, 40
"""Days of the pulls, and of a dismissal. A month ends between them."""


def restless() -> Scenario:
    moving = {"shelf_life_days": 10, "contracts": {"poach_probability": 1.0}}
    trade = {"distributors": {**STRESSED["distributors"], **TWO["distributors"], **moving}}
    return market(merged(STRESSED, trade), {"team": {"generate": {"n": 3}}, "calendar": {"duration_days": 40}})


def pull_all(session: Session) -> None:
    for lever, value in PULLS.items():
        session.pull(lever, value)
    session.pull("advisors", 3, territory=0)
    session.pull("advisors", 0, territory=1)


def test_nothing_is_left_out() -> None:
    assert set(BASELINES) - {"dismiss"} <= set(PULLS)
    assert set(PULLS) <= set(LEVERS)


def test_actors_write_only_what_they_declare() -> None:
    session = Session(restless())
    session.world.distributor_relation[:] = 0.0
    found = Watch(session).found
    session.step(FIRST)
    pull_all(session)
    session.step(LAST)
    session.pull("dismiss", 1, distributor="D1")
    session.step(session.calendar.n_days)
    tables = session.observe()
    check_tables(tables, session.scenario)
    kinds = set(tables["events"]["kind"])
    assert {"advisor_moved", "distributor_signed", "distributor_poached", "distributor_dismissed"} <= kinds
    assert {"distributor", "journal"} <= found["Channel"]


def test_a_market_under_levers_continues_over_any_midnight() -> None:
    scenario = restless()
    whole = Session(scenario)
    whole.step(FIRST)
    pull_all(whole)
    whole.step(FIRST + 2)
    continued = Session.restore(scenario, whole.save())
    for session in (whole, continued):
        session.step(session.calendar.n_days)
    assert_same(whole.observe(), continued.observe())
    assert books_digest(whole) == books_digest(continued)
