"""Distributors as companies against known answers: attention, return on capital, equal companies, what terms do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.world.accounts import BALANCE_SHEET, Account
from sim.world.business import attention_share, drops_for_us, strength
from tests.markets import ALL_OFF, STRESSED, assert_same, books_digest, finished, market, merged, ran

ON: dict[str, Any] = {"mechanisms": {"distributor_companies": True}}
YEARLY: dict[str, Any] = {"calendar": {"burn_in_days": 0, "duration_days": 200}, "recording": {"outlet_panel": False}}


# --- formulas ---
def test_attention_is_the_share_of_margin_at_an_exponent_of_one() -> None:
    ours, others = np.array([0.0, 1.0, 30.0, 100.0]), np.array([10.0, 3.0, 70.0, 0.0])
    for number in (1, 4):
        share = attention_share(ours, others, number, 1.0)
        np.testing.assert_allclose(share, [0.0, 0.25, 0.3, 1.0], rtol=1e-12)


@pytest.mark.parametrize("exponent", [1.0, 1.7, 4.0])
def test_all_principals_together_have_all_attention(exponent: float) -> None:
    """Of n + 1 principals who bring as much, each has 1/(n + 1); a larger and a smaller one share as x^η."""
    for n in (1, 2, 7):
        assert attention_share(np.array([5.0]), np.array([5.0 * n]), n, exponent) == pytest.approx(1 / (n + 1))
    first, second = (float(attention_share(np.array([x]), np.array([y]), 1, exponent)[0]) for x, y in ((2, 6), (6, 2)))
    assert first + second == pytest.approx(1.0)
    assert second / first == pytest.approx(3.0**exponent)


def test_who_loses_money_on_us_does_not_attend_to_us_and_nothing_at_all_divides_by_nothing() -> None:
    assert attention_share(np.array([-5.0, 0.0]), np.array([1.0, 0.0]), 3, 2.0).tolist() == [0.0, 1.0]


def test_a_return_speaks_by_its_distance_from_the_outside_option() -> None:
    spoken = strength(np.array([0.1, 0.4, -0.2, 1e9, -1e9]), 0.1, 0.3)
    np.testing.assert_allclose(spoken, [0.0, 0.5, -0.5, 1.0, -1.0], atol=1e-8)


def test_drops_follow_attention_by_the_share_that_is_free() -> None:
    drops, attention, usual = np.full(3, 40.0), np.array([0.25, 0.5, 0.0]), np.full(3, 0.25)
    assert drops_for_us(drops, attention, usual, 0.0).tolist() == [40.0, 40.0, 40.0]
    assert drops_for_us(drops, attention, usual, 1.0).tolist() == [40.0, 80.0, 0.0]
    assert drops_for_us(drops, attention, usual, 0.5).tolist() == [40.0, 60.0, 20.0]


# --- return on capital, to the cent ---
ONE: dict[str, Any] = {
    "territories": {"generate": {"n": 1}},
    "calendar": {"burn_in_days": 0, "duration_days": 12},
    "distributors": {"partners": {"returns": {"interest_per_year": 0.3}}},
}
"""One distributor for each company, so that the tables by company are its books."""


def test_profit_and_capital_of_every_day_are_those_of_the_books_to_the_cent() -> None:
    session = finished(market(ONE, ON))
    tables, fixed = session.observe(), session.world.distributor_fixed_cents
    balance_sheet = [account.name.lower() for account in BALANCE_SHEET]
    for row in tables["partner"].itertuples():
        where = f"tier == 'distributor' and party == '{row.company}' and day == {row.day}"
        money, balance = tables["money"].query(where), tables["balance"].query(where).iloc[0]
        tied = int(balance["inventory_cents"] + balance["receivable_cents"] - balance["payable_cents"])
        earned = -int(money[~money["account"].isin(balance_sheet)]["amount_cents"].sum())
        interest = tied * 3 // (10 * 365)
        k = session.world.names.distributors.index(row.distributor)
        assert row.profit_cents == earned - interest
        assert row.capital_cents == max(int(fixed[k]) + tied, -(-int(fixed[k]) // 4))


def test_the_month_gives_the_return_on_its_own_capital() -> None:
    """With a memory of one month alone, the return is 365 · profit ÷ Σ daily capital of those thirty days."""
    session = Session(market(ONE, ON, YEARLY, {"distributors": {"partners": {"returns": {"memory": 1.0}}}}))
    session.step(60)
    days = session.observe()["partner"].query("30 <= day < 60").groupby("distributor", sort=False)
    expected = 365.0 * days["profit_cents"].sum() / days["capital_cents"].sum()
    np.testing.assert_allclose(session.world.distributor_return, expected, rtol=1e-12)
    margin = -np.diff(_brought(session, 30, 60), axis=0)[0]
    np.testing.assert_allclose(session.world.distributor_margin_cents, margin, rtol=1e-12)


def _brought(session: Session, *midnights: int) -> np.ndarray[Any, Any]:
    """Balances of the accounts of goods and of the principal's payments, by company, at some midnights."""
    accounts = [Account.REVENUE, Account.COGS, Account.PRICE_VARIANCE, Account.REBATE_INCOME, Account.SERVICES_INCOME]
    books = session._context.recorder.books_distributor
    return np.array([books[day - 1][:, accounts].sum(axis=1) for day in midnights])


# --- inert, equal, over midnights ---
INERT: dict[str, Any] = {
    "distributors": {
        "opening_cash_days": 3000.0,
        "partners": {
            "upkeep_cents": 0,
            "missed_review": 0.0,
            "returns": {
                "house_share": 0.0,
                "relation_gain": 0.0,
                "capability_per_month": 0.0,
                "leaving_per_month": 0.0,
            },
            "principals": {"drops": 0.0, "relation_gain": 0.0},
            "salesmen": {"calls_per_day": 0.0},
            "reach": {"start": 1.0},
        },
    }
}


@pytest.mark.parametrize("base", [{}, STRESSED], ids=["plain", "stressed"])
def test_without_reach_salesmen_and_gains_nothing_moves(base: dict[str, Any]) -> None:
    changes = merged(base, {"calendar": {"duration_days": 70}}, INERT)
    assert_same(ran(market(changes)), ran(market(changes, ON)), leave_out=["partner"])


def test_off_no_number_of_the_section_moves_anything() -> None:
    moved = {"distributors": {"partners": {"upkeep_cents": 9**9, "missed_review": 1.0, "reach": {"start": 0.1}}}}
    assert_same(ran(market(STRESSED)), ran(market(STRESSED, moved)))


def test_any_midnight_is_a_seam() -> None:
    hard = {"distributors": {"partners": {"returns": {"outside_per_year": 5.0, "patience_months": 1}}}}
    scenario = market(STRESSED, ON, hard, {"calendar": {"duration_days": 95}})
    whole = Session(scenario)
    whole.step(60)
    states = []
    for _ in range(2):
        states.append(whole.save())
        whole.step()
    whole.step(scenario.calendar.duration_days)
    assert {"distributor_left", "distributor_succeeded"} <= set(whole.observe()["events"]["kind"])
    for state in states:
        continued = Session.restore(scenario, state)
        continued.step(scenario.calendar.duration_days)
        assert books_digest(continued) == books_digest(whole)
        assert_same(continued.observe(), whole.observe())


TWIN: dict[str, Any] = {
    "mechanisms": ALL_OFF | {"distributor_companies": True, "relations": True, "stock_outs": True},
    "territories": {"generate": {"n": 1}},
    "calendar": {"burn_in_days": 0, "duration_days": 95},
    "rivals": {"generate": None, "list": [{"id": "R1"}]},
    "products": {"generate": {"per_brand": 1}},
    "retail": {"listing": {"initial_intercept": 20.0}},
    "distributors": {
        "generate": None,
        "list": [
            {"id": "D", "territories": ["T01"], "x_km": 0.0, "y_km": 0.0},
            {"id": "E", "territories": ["T01"], "company": "R1", "x_km": 0.0, "y_km": 0.0},
        ],
        "partners": {"reach": {"start": 1.0}, "missed_review": 0.0, "salesmen": {"calls_per_day": 0.0}},
    },
    "ours": {"budget": {"advertising_cents": 0, "display_cents": 0, "promoters": 0, "overhead_cents": 0}},
}
"""Two equal companies, each with one distributor at one place, who begin with the same and are told nothing apart."""


def test_equal_companies_begin_with_equal_distributors_and_are_moved_by_the_same_law() -> None:
    session = Session(market(TWIN))
    world = session.world
    for name in ("distributor_fixed_cents", "other_business_cents", "usual_attention", "house_cents"):
        first, second = world.columns[name]
        assert first == second, name
    means = [ran(market(TWIN), replication=r)["partner"].groupby("company")["profit_cents"].mean() for r in range(5)]
    ours, theirs = (np.array([m[c] for m in means]) for c in ("ours", "R1"))
    gap = ours - theirs
    assert abs(gap.mean()) < 3.0 * gap.std(ddof=1) / np.sqrt(len(gap)) + 0.02 * abs(theirs.mean())


# --- terms act ---
PAYING: dict[str, Any] = {
    "outlets": {"generate": {"n": 20}},
    "territories": {"generate": {"n": 1}},
    "rivals": {"generate": {"n": 1}},
    "calendar": {"duration_days": 95},
    "distributors": {"partners": {"returns": {"house_share": 0.0}, "salesmen": {"calls_per_day": 0.0}}},
}
"""A small market in which distributors earn their interest."""


def _after(pulls: dict[str, float], *changes: dict[str, Any]) -> Session:
    session = Session(market(YEARLY, ON, *changes))
    for lever, value in pulls.items():
        session.pull(lever, value)
    session.step(session.calendar.n_days)
    return session


def _ours(session: Session, column: str) -> float:
    world = session.world
    return float(world.columns[column][world.distributor_company == 0].mean())


@pytest.mark.parametrize(("lever", "values"), [("discount", (0.0, 0.03, 0.08)), ("terms_days", (0.0, 30.0, 90.0))])
def test_better_terms_raise_return_and_with_it_relation_and_capability(lever: str, values: tuple[float, ...]) -> None:
    sessions = [_after({lever: value}, PAYING) for value in values]
    for column in ("distributor_return", "distributor_relation", "distributor_capability"):
        seen = [_ours(session, column) for session in sessions]
        assert seen == sorted(seen), column
        assert seen[0] < seen[-1], column


def test_a_discount_raises_attention() -> None:
    plain, given = (_ours(_after({"discount": value}, PAYING), "distributor_attention") for value in (0.0, 0.05))
    assert plain < given


def test_longer_terms_raise_what_a_distributor_without_money_can_buy() -> None:
    poor = {"distributors": {"opening_cash_days": 1.0, "opening_stock_days": 2.0}}
    bought = []
    for terms in (0.0, 10.0, 60.0):
        table = _after({"terms_days": terms}, poor, {"calendar": {"duration_days": 60}}).observe()["distributor"]
        bought.append(table.query("company == 'ours'")["received_units"].sum())
    assert bought[0] < bought[1] < bought[2]


def test_who_could_earn_more_elsewhere_leaves_and_a_full_tie_holds_it() -> None:
    hard = {"returns": {"outside_per_year": 9.0, "patience_months": 2, "leaving_per_month": 1.0}}
    base = {"distributors": {"partners": hard}, "mechanisms": {"relations": False}}
    world = _after({}, base).world
    assert not world.is_contracted.all()
    gone = ~world.is_contracted
    assert not np.isin(world.outlet_distributor, np.flatnonzero(gone)).any()
    tied = Session(market(YEARLY, ON, base))
    tied.world.distributor_relation[:] = 1.0
    tied.step(tied.calendar.n_days)
    assert tied.world.is_contracted.all()


def test_invoices_of_a_distributor_that_shares_its_data_show_its_shops() -> None:
    blind = {"database": {"known_share": 0.0}, "mechanisms": {"advisors": False}, "calendar": {"duration_days": 30}}
    assert not _after({}, blind).world.is_known.any()
    world = _after({"information_system": 1.0}, blind).world
    served = (world.outlet_distributor[:, 0] >= 0) & (world.outlet_in_units[:, world.product_company == 0].sum(1) > 0)
    assert world.is_known[served].mean() > 0.7
    assert not world.is_known[~served & world.is_open].any()
