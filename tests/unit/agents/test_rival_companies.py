"""Rivals as companies: means by hand, retreat after exactly so many months of loss, return, notice, midnights."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.agents.notice import notice_chance
from sim.engine import Session
from sim.scenario.schema.rivalry import ConductSpec
from sim.world.accounts import Account
from tests.effects.by_hand import as_it_is, session
from tests.effects.market import on
from tests.markets import STRESSED, books_digest, finished, market

MONTH = 30
COMPANY: dict[str, Any] = {
    **on("rival_companies", "rival_field", "stock_outs", "promoters"),
    "calendar": {"duration_days": 400},
    "territories": {"generate": {"n": 2}},
    "outlets": {"generate": {"n": 40}},
}


def rival(**spec: Any) -> dict[str, Any]:
    """A market with one rival."""
    return {"rivals": {"list": [{"id": "R1", **spec}]}}


def test_means_go_with_the_revenue_of_the_territory() -> None:
    held = session(COMPANY, rival(conduct={"revenue_memory": 0.4}))
    w = held.world
    held.step(91)
    theirs = w.product_company == 1
    w.opening_revenue[1] = np.array([2.0, 0.5]) * w.revenue_reckoned[1]
    before = as_it_is(held)
    held.step(92)
    table = held.observe()["market"]
    table = table[(table["day"] >= 91 - 28) & (table["day"] < 91) & (table["company"] == "R1")]
    units = table.groupby("territory")["sell_in_units"].sum().to_numpy()
    month = MONTH * units / 28 * w.list_price_cents[theirs][0]
    reckoned = 0.6 * before.revenue_reckoned[1] + 0.4 * month
    np.testing.assert_allclose(w.revenue_reckoned[1], reckoned)
    np.testing.assert_allclose(w.rival_means[1], reckoned / before.opening_revenue[1])
    paid = w.company_books[1, Account.ADVERTISING]
    held.step(93)
    shops = np.bincount(w.outlet_territory, minlength=2)
    np.testing.assert_allclose(w.rival_calls_per_day[1], 0.8 * shops / 22 * w.rival_means[1])
    part = w.territory_population / w.territory_population.sum()
    spent = int(np.floor(300_000 * part * w.rival_means[1]).sum()) * 12 // 365
    assert w.company_books[1, Account.ADVERTISING] - paid == spent


@pytest.mark.parametrize("months", [2, 4])
def test_who_always_loses_withdraws_after_exactly_so_many_months(months: int) -> None:
    conduct = {"retreat_months": months, "leave_months": 3}
    held = session(COMPANY, rival(conduct=conduct, budget={"overhead_cents": 10**9}))
    w = held.world
    held.step(400)
    events = held.observe()["events"]
    retreats = events[events["kind"] == "rival_retreat"]
    # It looks on the days 1, 31, …; the first month that counts ends on day 61, two months after the beginning.
    assert retreats["day"].tolist() == [61 + MONTH * (months - 1)] * 2
    assert (retreats["value"] < 0).all()
    assert (w.rival_means[1] == 0.0).all()
    assert (w.rival_calls_per_day[1] == 0.0).all()
    assert not w.is_contracted[w.distributor_company == 1].any()
    spent = held.observe()["money"]
    spent = spent[(spent["party"] == "R1") & (spent["day"] > 61 + MONTH * months)]
    assert not spent["account"].isin(["advertising", "overhead", "advisor_cost", "promoter_cost"]).any()
    assert not (events["kind"] == "rival_return").any()


def test_nobody_withdraws_from_ground_that_was_never_open() -> None:
    held = session(COMPANY, on("ground"), rival(absent_from=["T02"], conduct={"retreat_months": 2}))
    held.step(200)
    assert not held.world.ground_open[1, 1]
    assert held.world.loss_months[1, 1] == 0
    events = held.observe()["events"]
    assert "T02" not in events.loc[events["kind"] == "rival_retreat", "territory"].tolist()


@pytest.mark.parametrize(("cut", "comes"), [(0.0, True), (0.1, False)])
def test_it_returns_when_it_has_forgotten_enough_unless_we_press(cut: float, comes: bool) -> None:
    conduct = {"return_half_life_months": 4.0, "leave_months": 240}
    held = session(COMPANY, rival(conduct=conduct, budget={"overhead_cents": 200_000}))
    w = held.world
    held.step(92)
    w.withdrawn_day[1] = 91
    w.revenue_left[1] = 0.0
    w.opening_revenue[1] = [3_000_000.0, 400_000.0]
    held.pull("price_cut", cut)
    spec = held.scenario.rivals.list[0]
    margin = 1 - (w.factory_cost_cents[1] + spec.factory.freight_cents_per_unit) / w.list_price_cents[1]
    shops = np.bincount(w.outlet_territory, minlength=2)
    part = w.territory_population / w.territory_population.sum()
    wage = held.scenario.team.wage_cents_per_month * 12 / 260
    stated = (300_000 + 150_000 + 13 * 12_000) * part + 0.8 * shops / 20 * wage
    # margin·E − stated·E/opening − office > 0, with E = opening·(1 − ½^(months/4)).
    least = 200_000 * part / (margin * w.opening_revenue[1] - stated)
    due = [math.floor(-4 * math.log2(1 - x)) + 1 if 0 < x < 1 else 10**6 for x in least]
    held.step(400)
    events = held.observe()["events"]
    returns = events[events["kind"] == "rival_return"]
    days = {t: 91 + MONTH * m for t, m in zip(w.names.territories, due, strict=True) if comes and 91 + MONTH * m < 400}
    assert dict(zip(returns["territory"], returns["day"], strict=True)) == days
    assert bool(days) == comes


def test_notice_is_logistic_in_loss_move_and_dependence() -> None:
    conduct = ConductSpec(notice_width=0.02, notice_moves=1.5, notice_dependence=2.0)
    beyond, move, dependence = np.array([-0.04, 0.0, 0.03]), np.array([0.0, 1.0, 0.5]), np.array([0.0, -0.2, 0.4])
    x = np.array([-2.0, 1.5 - 0.4, 1.5 + 0.75 + 0.8])
    np.testing.assert_allclose(notice_chance(conduct, beyond, move, dependence), 1 / (1 + np.exp(-x)))
    sharp = notice_chance(ConductSpec(notice_width=0.0), beyond, move, dependence)
    np.testing.assert_array_equal(sharp, [0.0, 0.0, 1.0])
    nearly = notice_chance(ConductSpec(notice_width=1e-9, notice_moves=0.0, notice_dependence=0.0), beyond, move, move)
    np.testing.assert_allclose(nearly[[0, 2]], sharp[[0, 2]], atol=1e-12)


def test_most_stay_passive_and_an_attack_is_noticed_more_often() -> None:
    """A chance of 0.35·σ(−3) < 2 % a month in peace, and below a half under a price attack."""
    answers = {}
    spec = rival(temperament="follower", observe_noise=0.0, answer_length_days=1)
    for cut in (0.0, 0.2):
        held = session(COMPANY, on("rival_answers"), spec, {"territories": {"generate": {"n": 40}}})
        held.pull("price_cut", cut)
        held.step(400)
        events = held.observe()["events"]
        answers[cut] = int((events["kind"] == "rival_answer").sum())
    looks = 40 * 14
    assert answers[0.0] < 0.03 * looks
    assert answers[0.0] < answers[0.2] < 0.5 * looks


def test_every_midnight_is_a_seam() -> None:
    scenario = market(
        STRESSED,
        on("rival_companies", "displacement"),
        {"calendar": {"burn_in_days": 5, "duration_days": 145}, "distributors": {"opening_stock_days": 20.0}},
        {
            "rivals": {
                "list": [
                    {
                        "id": "R1",
                        "temperament": "aggressor",
                        "poach_probability": 1.0,
                        "conduct": {"retreat_months": 1},
                    },
                    {"id": "R2", "temperament": "defender", "budget": {"overhead_cents": 10**8}},
                ]
            }
        },
    )
    whole = finished(scenario)
    for day in (31, 62, 93, 121):
        cut = Session(scenario)
        cut.step(day)
        cut = Session.restore(scenario, cut.save())
        cut.step(cut.calendar.n_days)
        assert books_digest(cut) == books_digest(whole)
    assert (whole.world.rival_means[1:] != 1.0).any()
