"""Numbers of conduct of distributors, factories and diverters: each moves what its description says."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import pytest

from sim.agents.delivery import Delivery
from sim.agents.distributor import Distributors
from sim.agents.diversion import Diversion
from sim.engine import Session
from sim.scenario.schema.channel import ContractsSpec
from tests.markets import market, ran

Actor = TypeVar("Actor")


def one(session: Session, kind: type[Actor]) -> Actor:
    """The actor of a kind."""
    return next(agent for agent in session.agents if isinstance(agent, kind))


def begun(**distributors: Any) -> Session:
    """A market before its first day."""
    return Session(market({"distributors": distributors}))


def test_shelves_begin_with_the_stated_part_of_the_sales_expected() -> None:
    """In units of one, so that packing in cases hides nothing."""
    product = {"products": {"list": [{"id": "ours-1", "brand": "ours", "case_units": 1}]}}
    held = {}
    for stock in (0.0, 1.2, 2.4):
        world = Session(market(product, {"retail": {"ordering": {"opening_stock": stock}}})).world
        sold = world.is_listed[:, 0] & world.is_open
        held[stock] = world.outlet_stock_units[sold, 0]
        risk = world.outlet_review_days[sold] + 2.0
        np.testing.assert_array_equal(held[stock], np.ceil(world.sales_rate[sold, 0] * risk * stock))
    assert held[0.0].sum() == 0 < held[1.2].sum() < held[2.4].sum()


@pytest.mark.parametrize(("capability", "drops"), [(0.0, 25), (0.5, 50), (1.0, 75)])
def test_a_crew_makes_the_drops_of_its_skill(capability: float, drops: int) -> None:
    session = begun(delivery={"unskilled_capacity": 0.25, "capacity_gain": 0.5})
    session.world.drops_per_day[:] = 100
    session.world.distributor_capability[:] = capability
    assert (one(session, Delivery)._capacity() == drops).all()


def test_larger_vans_make_fewer_kilometres() -> None:
    def km(drops: int) -> float:
        return float(ran(market({"distributors": {"delivery": {"drops_per_truck": drops}}}))["delivery"]["km"].sum())

    assert km(1) > km(40) > km(1000) > 0.0


@pytest.mark.parametrize("weight", [0.0, 0.25, 1.0])
def test_targets_follow_the_last_period_by_its_weight(weight: float) -> None:
    session = begun(push={"history_weight": weight, "period_days": 10, "target_growth": 2.0})
    world = session.world
    world.past_purchase_rate[:] = 40.0
    world.period_purchase_units[:] = 800
    one(session, Distributors).close_period(session._today())
    assert (world.past_purchase_rate == 40.0 + weight * 40.0).all()
    assert (world.period_target_units == np.floor(2.0 * world.past_purchase_rate * 10)).all()


@pytest.mark.parametrize(("waiting", "goal"), [(0, 0.2 + 0.7), (50, 0.2 + 0.35), (10**6, 0.2)])
def test_a_distributors_relation_goes_the_stated_way_to_what_supply_deserves(waiting: int, goal: float) -> None:
    session = begun(contracts={"tie_unserved": 0.2, "tie_supply_gain": 0.7, "tie_drift_per_month": 0.25})
    world = session.world
    world.distributor_relation[:] = 0.5
    world.past_purchase_rate[:] = 99 / 7
    world.factory_backlog_units[:] = 0
    world.factory_backlog_units[:, 0] = waiting
    one(session, Distributors)._move_ties()
    np.testing.assert_allclose(world.distributor_relation, 0.5 + 0.25 * (goal - 0.5), atol=1e-12)


def test_a_relation_that_supply_deserves_is_one() -> None:
    with pytest.raises(ValueError, match=r"tie_unserved \+ tie_supply_gain must not exceed 1"):
        ContractsSpec(tie_unserved=0.5, tie_supply_gain=0.6)


@pytest.mark.parametrize(("cents", "share"), [(0, 0.0), (3_000, 0.5), (9_000, 0.75)])
def test_coaching_has_half_its_effect_at_the_stated_amount(cents: int, share: float) -> None:
    session = begun(services={"coaching_gain_per_month": 0.4, "coaching_half_cents": 3_000})
    world = session.world
    world.distributor_capability[:] = 0.5
    world.lever_coaching_cents[:] = cents
    one(session, Distributors)._tie()
    np.testing.assert_allclose(world.distributor_capability, 0.5 + 0.4 * share * world.distributor_potential * 0.5)


def test_a_factory_smooths_its_orders_by_its_own_weight() -> None:
    session = Session(market({"ours": {"factory": {"order_smoothing": 1.0}}}))
    before = session.world.factory_order_rate.copy()
    session.step(8)
    world = session.world
    ours = world.product_company == 0
    ordered = world.ordered_today_units.sum(axis=0)
    np.testing.assert_array_equal(world.factory_order_rate[ours], ordered[ours])
    assert ((world.factory_order_rate > 0.5 * before) & ~ours).any()


@pytest.mark.parametrize("buyers", [1, 3])
def test_grey_goods_go_to_the_largest_buyers_only(buyers: int) -> None:
    session = Session(market({"diversion": {"buyers": buyers}}))
    world = session.world
    k, before = 0, world.outlet_stock_units.copy()
    world.distributor_stock_units[k, 0] = 10_000
    sold = one(session, Diversion)._sell(k, 0, 1, 1_000, 1)
    rows = np.flatnonzero(world.outlet_stock_units[:, 0] > before[:, 0])
    there = np.flatnonzero((world.outlet_territory == 1) & world.is_open & world.is_listed[:, 0])
    largest = there[np.argsort(-world.sales_rate[there, 0], kind="stable")[:buyers]]
    assert sold > 0
    assert set(rows) <= set(largest)
    assert rows.shape[0] <= buyers
