"""Levers of stock: shops', distributors' and the factory's; what is marked down, taken back and protected."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine import Session
from tests.identities import check_tables
from tests.markets import Tables, market

CALM: dict[str, Any] = {
    "mechanisms": {"advisor_turnover": False, "outlet_turnover": False, "rival_answers": False},
    "calendar": {"burn_in_days": 20, "duration_days": 60},
    "team": {"generate": {"n": 4}}, "database": {"known_share": 1.0}, "recording": {"outlet_panel": False},
}  # fmt: skip
NOBODY: dict[str, Any] = {"mechanisms": {"advisors": False}}


def run_with(pulls: dict[str, float], *changes: dict[str, Any], **where: Any) -> Tables:
    session = Session(market(CALM, *changes))
    for lever, value in pulls.items():
        session.pull(lever, value, **where)
    session.step(session.calendar.n_days)
    tables = session.observe()
    check_tables(tables, session.scenario)
    return tables


def measured(tables: Tables, column: str, company: str = "ours", table: str = "market") -> float:
    return float(tables[table].query("day >= 0 and company == @company")[column].sum())


class TestShops:
    def test_more_safety_stock_of_ours_only(self) -> None:
        plain, pulled = run_with({}), run_with({"shop_safety_factor": 4.0})
        assert measured(pulled, "outlet_stock_units") > 1.2 * measured(plain, "outlet_stock_units")
        assert measured(pulled, "available_outlets") > measured(plain, "available_outlets")
        for rival in ("R1", "R2"):
            stock = measured(pulled, "outlet_stock_units", rival) / measured(plain, "outlet_stock_units", rival)
            assert 0.9 < stock < 1.1

    def test_one_territory_at_a_time(self) -> None:
        plain, pulled = run_with({}), run_with({"shop_safety_factor": 5.0}, territory="T01")
        stock = [
            t["market"].query("company == 'ours' and day > 20").groupby("territory")["outlet_stock_units"].sum()
            for t in (plain, pulled)
        ]
        assert stock[1]["T01"] > 1.2 * stock[0]["T01"]
        assert 0.9 < stock[1]["T02"] / stock[0]["T02"] < 1.1

    def test_lots_make_fewer_and_larger_orders(self) -> None:
        plain = run_with({"suggested_orders": 0.0})
        lots = Session(market(CALM))
        lots.pull("suggested_orders", 0)
        lots.pull("shop_policy", 2)
        lots.pull("shop_cover_days", 20.0)
        lots.step(lots.calendar.n_days)
        drops = [measured(t, "drops", table="delivery") for t in (plain, lots.observe())]
        assert drops[1] < 0.8 * drops[0]

    def test_cover_raises_the_stock_under_order_up_to(self) -> None:
        plain, pulled = run_with({}), run_with({"shop_cover_days": 10.0})
        assert measured(pulled, "outlet_stock_units") > 1.2 * measured(plain, "outlet_stock_units")

    def test_shops_on_which_nobody_calls_are_not_reached(self) -> None:
        plain, pulled = run_with({}, NOBODY), run_with({"shop_safety_factor": 5.0, "shop_policy": 2.0}, NOBODY)
        np.testing.assert_array_equal(plain["market"].to_numpy(), pulled["market"].to_numpy())


def test_the_factory_holds_what_the_lever_says() -> None:
    low, plain, high = (run_with(p) for p in ({"factory_stock_days": 2.0}, {}, {"factory_stock_days": 40.0}))
    stock = [measured(t, "stock_units", table="factory") for t in (low, plain, high)]
    assert stock[0] < 0.7 * stock[1] < 0.7 * stock[2]
    rivals = [measured(t, "stock_units", "R1", "factory") for t in (low, high)]
    assert 0.9 < rivals[0] / rivals[1] < 1.1
