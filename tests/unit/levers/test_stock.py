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
    "team": {"generate": {"n": 4}},
    "database": {"known_share": 1.0},
    "recording": {"outlet_panel": False},
}
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


def spent(tables: Tables, account: str) -> int:
    """Cents that our company posted to an account."""
    money = tables["money"].query("tier == 'manufacturer' and party == 'ours' and account == @account")
    return int(money["amount_cents"].sum())


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


FULL: dict[str, Any] = {"distributors": {"opening_stock_days": 90.0}}
STALE: dict[str, Any] = {"distributors": {"opening_stock_days": 90.0, "shelf_life_days": 20}}


class TestOverstock:
    def test_earlier_and_deeper_markdowns(self) -> None:
        plain, early, deep = (
            run_with(p, FULL) for p in ({"overstock_days": 700.0}, {"overstock_days": 20.0}, {"markdown_rate": 0.3})
        )
        price = [measured(t, "sell_in_cents") / measured(t, "sell_in_units") for t in (plain, early, deep)]
        assert price[2] < price[1] < price[0]
        assert set(early["events"].query("kind == 'markdown'")["subject"].str[:6]) >= {"D-ours"}
        ours = deep["events"].query("kind == 'markdown' and subject.str.startswith('D-ours')", engine="python")
        assert (ours["value"] == 0.3).all()


class TestReturns:
    def test_all_is_taken_back_and_paid(self) -> None:
        plain, back = run_with({}, STALE), run_with({"return_share": 1.0}, STALE)
        ours = back["distributor"].query("company == 'ours'")
        assert plain["distributor"]["returned_units"].sum() == 0
        assert ours["scrapped_units"].sum() == 0 < ours["returned_units"].sum()
        assert back["distributor"].query("company != 'ours'")["returned_units"].sum() == 0
        list_price = back["constants"].set_index("product")["list_price_cents"]
        value = (ours["returned_units"] * ours["product"].map(list_price)).sum()
        assert spent(back, "scrap") == value

    def test_goods_cost_what_the_distributor_paid(self) -> None:
        back = run_with({"return_share": 1.0, "discount": 0.2}, STALE)
        ours = back["distributor"].query("company == 'ours'")
        list_price = back["constants"].set_index("product")["list_price_cents"]
        value = (ours["returned_units"] * ours["product"].map(list_price)).sum()
        np.testing.assert_allclose(spent(back, "scrap"), 0.8 * value, rtol=1e-4)


class TestPriceProtection:
    def paid(self, share: float, steps: tuple[float, ...]) -> tuple[int, float]:
        """Cents paid, and the value of the stock that our distributors owned before the first step."""
        session = Session(market(CALM))
        session.pull("price_protection", share)
        session.step(10)
        world = session.world
        held = (world.distributor_stock_units + world.transit_units.sum(axis=0)) @ world.list_price_cents
        value = float(held[world.distributor_company == 0].sum())
        for discount in steps:
            session.pull("discount", discount)
            session.step()
        return spent(session.observe(), "rebate_cost"), value

    def test_the_fall_is_paid_once_on_all_that_is_owned(self) -> None:
        cents, value = self.paid(1.0, (0.1, 0.1, 0.1))
        assert 0.1 * value - 2 <= cents <= 0.1 * value
        half, _ = self.paid(0.5, (0.1,))
        assert 0.05 * value - 2 <= half <= 0.05 * value

    def test_a_rise_of_the_price_costs_nobody(self) -> None:
        once, _ = self.paid(1.0, (0.1,))
        back, _ = self.paid(1.0, (0.1, 0.0))
        assert once == back > 0
        assert self.paid(0.0, (0.3,))[0] == 0
