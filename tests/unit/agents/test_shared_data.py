"""Shared data: what a distributor with an information system sees, and orders that follow the shops' sales."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.agents.channel import sign_distributor
from sim.agents.distributor import Distributors
from sim.engine import Session
from sim.policies import ReplenishmentPolicy
from sim.world.setup import build_world
from tests.markets import assert_same, market, ran

EXPONENTIAL, VENDOR_MANAGED = ReplenishmentPolicy.exponential_smoothing, ReplenishmentPolicy.vendor_managed

CALM: dict[str, Any] = {
    "mechanisms": {"advisor_turnover": False, "outlet_turnover": False, "rival_answers": False},
    "calendar": {"burn_in_days": 5, "duration_days": 70},
    "distributors": {"policy": {"policy": "moving_average", "memory_days": 28}},
}
CANDIDATE: dict[str, Any] = {
    "distributors": {
        "list": [
            {"id": "D1", "territories": ["T01", "T02"], "x_km": 0.0, "y_km": 0.0, "service_radius_km": 500.0},
            {"id": "N1", "territories": ["T02"], "signed": False},
        ]
    }
}


def test_a_system_put_in_today_shows_the_weeks_before() -> None:
    """A forecast over 28 days doesn't fall when the data are switched on: they were there all the time."""
    session = Session(market(CALM))
    session.step(40)
    ours = session.world.distributor_company == 0
    before = session.world.distributor_forecast[ours].sum()
    session.pull("information_system", 1)
    session.step()
    assert 0.7 < session.world.distributor_forecast[ours].sum() / before < 1.3


def test_the_opening_rate_stands_for_sales_before_the_first_day() -> None:
    world = build_world(market(CALM))[0]
    assert world.sell_out_history.sum() > 0
    np.testing.assert_array_equal(world.sell_out_history, world.demand_history)


def test_who_signs_is_told_what_its_shops_sell() -> None:
    session = Session(market(CALM, CANDIDATE))
    session.step(10)
    world = session.world
    n = world.names.distributors.index("N1")
    assert not world.sell_out_history[n].any()
    sign_distributor(world, n)
    mine = world.product_company == 0
    np.testing.assert_array_equal(world.sell_out_history[n, :, 0], np.floor(world.distributor_forecast[n] + 0.5))
    assert world.sell_out_history[n, mine].all()


def test_shops_waiting_orders_do_not_reach_the_factory_where_stock_is_vendor_managed() -> None:
    """They only move goods inside the echelon; a policy of the distributor's own position answers them."""

    def ordered(policy: int, waiting: int) -> int:
        session = Session(market(CALM))
        session.pull("review_days", 1)
        session.pull("information_system", 1)
        session.pull("policy", policy)
        session.step(20)
        # More cover from now on, so that there is something to order.
        session.pull("cover_days", 20)
        world = session.world
        world.open_order_units[:, world.product_company == 0] += waiting
        agent = next(a for a in session.agents if isinstance(a, Distributors))
        agent._review(session._today(), is_due=world.is_contracted)
        return int(world.ordered_today_units[world.distributor_company == 0].sum())

    assert ordered(VENDOR_MANAGED, 48) == ordered(VENDOR_MANAGED, 0) > 0
    assert ordered(EXPONENTIAL, 48) > ordered(EXPONENTIAL, 0)


def test_without_shared_data_vendor_managed_orders_are_those_of_smoothing() -> None:
    """Nobody sees the shops' stock then, so it must not matter."""
    assert_same(ran(market(CALM), pulls={"policy": VENDOR_MANAGED}), ran(market(CALM), pulls={"policy": EXPONENTIAL}))
