"""Levers of our promotions and of shops' terms of payment."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sim.agents.promotion import Promotions
from sim.engine import Session
from tests.identities import check_tables
from tests.markets import Tables, market

CALM: dict[str, Any] = {
    "mechanisms": {"rival_answers": False, "outlet_turnover": False},
    "calendar": {"burn_in_days": 10, "duration_days": 50},
    "recording": {"outlet_panel": False},
}


def run_with(pulls: dict[str, float], *changes: dict[str, Any], **where: Any) -> Tables:
    session = Session(market(CALM, *changes))
    for lever, value in pulls.items():
        session.pull(lever, value, **where)
    session.step(session.calendar.n_days)
    tables = session.observe()
    check_tables(tables, session.scenario)
    return tables


def started(tables: Tables, company: str = "ours") -> list[int]:
    return sorted(set(tables["events"].query("kind == 'promotion_started' and subject == @company")["day"]))


def paid(tables: Tables) -> int:
    money = tables["money"].query("tier == 'manufacturer' and party == 'ours' and account == 'promotion_cost'")
    return int(money["amount_cents"].sum())


class TestPromotions:
    def test_the_calendar_is_ours_alone(self) -> None:
        plain, often = run_with({}), run_with({"promotion_every_days": 15.0, "promotion_length_days": 5.0})
        assert started(often) == [-10, 5, 20, 35]
        assert started(plain) == [-10, 46]
        assert started(often, "R1") == started(plain, "R1")
        ended = often["events"].query("kind == 'promotion_ended' and subject == 'ours'")["day"]
        assert sorted(set(ended)) == [-5, 10, 25, 40]

    def test_none_at_all(self) -> None:
        none = run_with({"promotion_every_days": 0.0})
        assert started(none) == []
        assert paid(none) == 0
        assert started(none, "R1")

    def test_a_deeper_cut_sells_and_costs_more(self) -> None:
        plain, deep = run_with({}), run_with({"promotion_cut": 0.3})
        assert paid(deep) > 2 * paid(plain) > 0
        sold = [t["market"].query("company == 'ours'")["sell_out_units"].sum() for t in (plain, deep)]
        assert sold[1] > sold[0]

    def test_only_where_they_are_on(self) -> None:
        session = Session(market(CALM))
        session.pull("promotion_on", 0, territory="T02")
        session.step()
        ours = session.world.product_company == 0
        assert session.world.price_cut[0, ours].max() == pytest.approx(0.1)
        assert session.world.price_cut[1, ours].max() == session.world.promotion_utility[1, ours].max() == 0.0

    def test_nowhere_is_never(self) -> None:
        tables = run_with({"promotion_on": 0.0})
        assert started(tables) == []
        assert paid(tables) == 0

    def test_rivals_know_nothing_of_our_levers(self) -> None:
        session = Session(market(CALM))
        session.pull("promotion_cut", 0.5)
        promotions = next(a for a in session.agents if isinstance(a, Promotions))
        assert [promotions._plan(c).price_cut for c in range(3)] == [0.5, 0.1, 0.1]


class TestTerms:
    @staticmethod
    def owed(tables: Tables, party: str) -> pd.Series:
        frame = tables["balance"].query("tier == 'distributor' and party == @party and day >= 20")
        return frame["receivable_cents"].mean()

    def test_our_distributors_wait_longer_for_their_money(self) -> None:
        plain, longer = run_with({}), run_with({"shop_terms_days": 20.0})
        assert self.owed(longer, "ours") > 1.5 * self.owed(plain, "ours")
        assert self.owed(longer, "R1") == pytest.approx(self.owed(plain, "R1"), rel=0.15)

    def test_shops_are_not_stopped_for_using_the_days_they_were_given(self) -> None:
        tight = {"retail": {"payment": {"credit_limit_days": 9.0}}}
        sold = []
        for days in (0.0, 30.0):
            tables = run_with({"shop_terms_days": days}, tight)
            sold.append(tables["market"].query("company == 'ours' and day >= 0")["sell_in_units"].sum())
        assert sold[1] > 0.8 * sold[0]

    def test_terms_mean_nothing_for_cash_on_delivery(self) -> None:
        cash = {"mechanisms": {"payment_delay": False}}
        plain, longer = run_with({}, cash), run_with({"shop_terms_days": 20.0}, cash)
        for table in ("market", "balance", "money"):
            pd.testing.assert_frame_equal(plain[table], longer[table], check_exact=True)
