"""With every lever away from its baseline, actors still change only what they declare."""

from __future__ import annotations

from sim.engine import Session
from tests.markets import STRESSED, market, merged
from tests.unit.agents.test_ownership import Watched
from tests.unit.levers.test_channel import TWO

PULLS: dict[str, float] = {
    "outlet_interval": 0.3, "transfer": 2.0, "handover": 0.0, "improve_route": 0.0, "suggested_orders": 0.0,
    "hire_farmer": 1.0, "offer_cents": 1e9, "poach_cents": 1e9, "core": 0.0, "overstock_days": 5.0,
    "markdown_rate": 0.3, "return_share": 0.7, "price_protection": 1.0, "discount": 0.1, "promotion_every_days": 9.0,
    "promotion_length_days": 4.0, "promotion_cut": 0.2, "promotion_on": 0.0, "shop_terms_days": 30.0,
    "shop_policy": 2.0, "shop_safety_factor": 3.0, "shop_cover_days": 9.0, "factory_stock_days": 30.0,
    "information_system": 1.0, "coaching_cents": 1e5,
}  # fmt: skip


def test_actors_write_only_what_they_declare() -> None:
    restless = {"shelf_life_days": 10, "contracts": {"poach_probability": 1.0}}
    trade = {"distributors": {**STRESSED["distributors"], **TWO["distributors"], **restless}}
    session = Session(
        market(merged(STRESSED, trade), {"team": {"generate": {"n": 3}}, "calendar": {"duration_days": 40}})
    )
    session.world.distributor_relation[:] = 0.0
    found: dict[str, set[str]] = {}
    session.agents = [Watched(agent, session, found) for agent in session.agents]
    session.step(6)
    for lever, value in PULLS.items():
        session.pull(lever, value)
    session.pull("advisors", 3, territory=0)
    session.pull("advisors", 0, territory=1)
    session.step(session.calendar.n_days - 5)
    session.pull("dismiss", 1, distributor="D1")
    session.step(session.calendar.n_days)
    kinds = set(session.observe()["events"]["kind"])
    assert {"advisor_moved", "distributor_signed", "distributor_poached", "distributor_dismissed"} <= kinds
    assert {"distributor", "journal"} <= found["Channel"]
