"""What parties can carry at the beginning: warehouses, purses, crews, factories; who starts with nothing can grow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.world.setup import build_world
from tests.identities import check_tables
from tests.markets import market, merged

PLACES = [{"outlet_id": f"S{k}", "x_km": k % 5, "y_km": k // 5, "size": 20.0, "territory": "T01"} for k in range(20)]
USUAL: dict[str, Any] = {
    "territories": {"generate": {"n": 1}},
    "outlets": {"generate": None, "list": PLACES},
    "distributors": {"generate": {}, "list": [{"id": "D1", "territories": ["T01"], "x_km": 1.0, "y_km": 1.0}]},
    "calendar": {"duration_days": 150},
    "ours": {"listing_bonus": 0.0},
    "mechanisms": dict.fromkeys(("outlet_turnover", "advisor_turnover", "rival_answers", "factory_limits"), False),
}
UNLISTED: dict[str, Any] = merged(USUAL, {"ours": {"listing_bonus": -20.0}})
"""Nobody carries ours."""


def test_who_starts_unlisted_has_room_and_capital_to_grow() -> None:
    world = build_world(market(UNLISTED))[0]
    rate = world.outlet_size.sum() / 3.0 / 3.0
    assert not world.is_listed[:, world.product_company == 0].any()
    days = market().distributors.opening_cash_days
    assert world.warehouse_units[0] == pytest.approx(60.0 * rate)
    price = world.list_price_cents[world.product_company == 0].mean()
    assert world.distributor_working_capital_cents[0] == pytest.approx(days * rate * price + 100_000, abs=1)
    assert world.distributor_forecast[0].sum() == 0.0, "it expects nothing before the first order"


def test_usual_listings_set_room_and_capital_by_themselves() -> None:
    world = build_world(market(USUAL))[0]
    by_distributor = world.distributor_forecast.sum(axis=1)
    np.testing.assert_allclose(world.warehouse_units, np.maximum(60.0 * by_distributor, 500.0))


def test_a_shop_that_lists_nothing_has_a_purse() -> None:
    alone = {"rivals": {"generate": {"n": 0}}}
    world = build_world(market(UNLISTED, alone))[0]
    assert not world.is_listed.any()
    days = market().retail.payment.opening_cash_days
    least = days * 0.25 * world.outlet_size * world.trade_price_cents.mean()
    assert (world.outlet_working_capital_cents >= least).all()


def test_who_starts_unlisted_can_serve_a_market_that_lists_it() -> None:
    """Everything of ours is taken in on the first day; a month later the shelves are filled as the rivals' are."""
    session = Session(market(UNLISTED))
    world = session.world
    world.is_listed[:, world.product_company == 0] = True
    world.weight_is_stale[:] = True
    session.step(session.calendar.n_days)
    tables = session.observe()
    check_tables(tables, session.scenario)
    late = tables["market"].query("day >= 60").groupby("company")[["available_outlets", "listed_outlets"]].sum()
    share = late["available_outlets"] / late["listed_outlets"]
    assert share["ours"] > 0.8 * share.drop("ours").mean()
