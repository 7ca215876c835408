"""Limits that hold for everybody: warehouses, purses, closed shops, holidays, single drops, switches that are off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.agents.channel import Channel
from sim.agents.distributor import Distributors
from sim.agents.diversion import Diversion
from sim.engine import Session
from sim.world.setup import build_world
from tests.markets import market

CALM: dict[str, Any] = {
    "mechanisms": {"advisor_turnover": False, "outlet_turnover": False, "rival_answers": False},
    "calendar": {"burn_in_days": 5, "duration_days": 70},
}
REBATE: dict[str, Any] = {"distributors": {"push": {"rebate_rate": 0.5, "loading_reach": 2.0, "target_growth": 2.0}}}
HOLIDAY: dict[str, Any] = {
    "calendar": {
        "start_date": "2026-01-05",
        "burn_in_days": 0,
        "duration_days": 14,
        "holidays": [{"first_date": "2026-01-08", "duration_days": 4, "field_works": False}],
    }
}
"""From Thursday to Sunday of the first week."""


def agent_of(session: Session, kind: type) -> Any:
    return next(a for a in session.agents if isinstance(a, kind))


def loaded_units(column: str = "", value: float = 0.0) -> int:
    """What distributors load on the first of the last days of a target period, with a column set that evening."""
    session = Session(market(CALM, REBATE))
    session.step(25)
    world = session.world
    if column:
        world.columns[column][:] = value
    # No review is due, so all that is ordered is loaded for the rebate.
    agent_of(session, Distributors)._review(session._today(), is_due=np.zeros_like(world.is_contracted))
    return int(world.ordered_today_units.sum())


@pytest.mark.parametrize(
    ("column", "value"), [("warehouse_units", 0.0), ("distributor_working_capital_cents", -(10**12))]
)
def test_loading_for_a_rebate_keeps_within_warehouse_and_purse(column: str, value: float) -> None:
    assert loaded_units() > 0
    assert loaded_units(column, value) == 0


def test_loading_fills_what_is_left_of_the_warehouse() -> None:
    session = Session(market(CALM, REBATE))
    session.step(25)
    world, agent = session.world, agent_of(session, Distributors)
    orders = np.zeros_like(world.factory_backlog_units)
    room = np.full(world.sizes["distributor"], 2.5 * world.case_units.max())
    agent._load_for_rebate(session._today(), orders, room, np.full(room.shape, 10**12))
    assert orders.any()
    assert (orders.sum(axis=1) <= room).all()
    assert not (orders % world.case_units).any()


def closed_shop(session: Session) -> int:
    """Close our best shop, and let its rate stand as it was; its row."""
    world = session.world
    i = int(np.argmax(world.sales_rate[:, world.product_company == 1].sum(axis=1)))
    world.is_open[i] = False
    return i


def test_a_closed_shop_tempts_nobody_and_dampens_no_disorder() -> None:
    chances, disorder = [], []
    for frozen in (0.0, 1000.0):
        session = Session(market(CALM))
        world = session.world
        i = closed_shop(session)
        world.sales_rate[i] = frozen
        c, t = 1, int(world.outlet_territory[i])
        k = int(world.outlet_distributor[i, c])
        chances.append(agent_of(session, Channel).poaching_chance(k, 100_000.0))
        p = int(np.flatnonzero(world.product_company == c)[0])
        agent_of(session, Diversion)._consequences(session._today(), k, p, t, 50, 0.0)
        disorder.append(float(world.price_disorder[t, c]))
    assert chances[0] == chances[1]
    assert disorder[0] == disorder[1] > 0.0


def test_what_has_left_the_list_dampens_no_disorder() -> None:
    disorder = []
    for frozen in (0.0, 1000.0):
        session = Session(market(CALM))
        world = session.world
        p = int(np.flatnonzero(world.product_company == 1)[0])
        world.is_listed[:, p] = False
        world.sales_rate[:, p] = frozen
        k = int(np.flatnonzero(world.distributor_company == 1)[0])
        agent_of(session, Diversion)._consequences(session._today(), k, p, 0, 50, 0.0)
        disorder.append(float(world.price_disorder[0, 1]))
    assert disorder[0] == disorder[1] > 0.0


def test_nobody_works_on_a_holiday() -> None:
    """Neither promoters on its Friday to Sunday, nor trucks on its Saturday; a week later both do."""
    session = Session(market(CALM, HOLIDAY))
    session.step(14)
    promoters = session.recorder.panels["brand_territory"].promoters.sum(axis=(1, 2))
    drops = session.recorder.panels["delivery"].drops.sum(axis=1)
    assert not promoters[3:7].any()
    assert not drops[3:7].any()
    assert (promoters[11:14] > 0).all()
    assert drops[12] > 0


def test_a_factory_without_capacity_makes_nothing() -> None:
    scenario = market(CALM, {"ours": {"factory": {"capacity_factor": 0.0}}})
    assert build_world(scenario)[0].factory_capacity_units[0] == 0
    session = Session(scenario)
    session.step(20)
    made = session.observe()["factory"].query("company == 'ours'")["made_units"]
    assert made.sum() == 0


def test_a_crew_makes_one_drop_at_least() -> None:
    alone = {"id": "D1", "territories": ["T01", "T02"], "service_radius_km": 500.0, "capability": 0.1}
    for planned in (0, 1):
        listed = {"distributors": {"list": [alone | {"drops_per_day": planned}]}}
        session = Session(market(CALM, listed))
        session.step(20)
        row = session.world.names.distributors.index("D1")
        drops = session.recorder.panels["delivery"].drops[:20, row]
        assert drops.max() == planned


def test_without_relations_distributors_ties_stand_still() -> None:
    for on in (False, True):
        session = Session(market(CALM, {"mechanisms": {"relations": on}}))
        session.pull("offer_cents", 200_000)
        before = session.world.distributor_relation.copy()
        session.step(40)
        assert np.array_equal(before, session.world.distributor_relation) == (not on)
