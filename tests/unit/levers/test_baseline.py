"""A lever at its baseline changes nothing: set everywhere to what the page of the model says, no bit of a run moves."""

from __future__ import annotations

import pytest

from sim.engine import Session
from sim.world.levers import LEVERS
from tests.markets import STRESSED, assert_same, books_digest, market

BASELINES: dict[str, float] = {
    "outlet_interval": 1.0,
    "transfer": 0.0,
    "handover": 1.0,
    "improve_route": 1.0,
    "suggested_orders": 1.0,
    "hire_farmer": 0.4,
    "offer_cents": 0.0,
    "poach_cents": 0.0,
    "core": 1.0,
    "dismiss": 0.0,
    "overstock_days": 10.0,
    "markdown_rate": 0.06,
    "return_share": 0.0,
    "price_protection": 0.0,
    "promotion_every_days": 56.0,
    "promotion_length_days": 10.0,
    "promotion_cut": 0.1,
    "promotion_on": 1.0,
    "shop_terms_days": 0.0,
    "shop_policy": 0.0,
    "shop_safety_factor": 1.4,
    "shop_cover_days": 0.0,
    "factory_stock_days": 12.0,
}


def test_every_lever_stands_within_its_bounds() -> None:
    world = Session(market()).world
    for lever in LEVERS.values():
        column = world.columns[lever.column]
        assert lever.low <= column.min() <= column.max() <= lever.high, lever.name


def test_levers_set_to_their_baseline_change_no_bit() -> None:
    plain, pulled = Session(market(STRESSED)), Session(market(STRESSED))
    for lever, value in BASELINES.items():
        pulled.pull(lever, value)
    for session in (plain, pulled):
        session.step(session.calendar.n_days)
    assert_same(plain.observe(), pulled.observe())
    assert books_digest(plain) == books_digest(pulled)


@pytest.mark.parametrize("lever", BASELINES)
def test_a_lever_moves_where_it_reaches_and_nowhere_else(lever: str) -> None:
    world = Session(market()).world
    session = Session(market())
    other = LEVERS[lever].high
    session.pull(lever, other)
    pulled = session.world.columns
    moved = {name for name, column in world.columns.items() if column.tobytes() != pulled[name].tobytes()}
    assert moved <= {LEVERS[lever].column}
