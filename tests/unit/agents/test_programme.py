"""What a programme half mastered means for calls, displays and promotion; inert at a novelty of 0; seams."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.strategies.stages import Gate
from tests.effects.field import EVERY_DAY, KNOWN
from tests.effects.market import days, on, scenario_of
from tests.markets import assert_same, books_digest, finished, market, merged, ran
from tests.views import made_view

LEARNING: dict[str, Any] = {
    "mechanisms": {"programme": True},
    "calendar": {"burn_in_days": 5, "duration_days": 65},
    "ours": {"programme": {"novelty": 0.5, "full_calls": 40.0}},
}


def worked(efficiency: float, company: int, *changes: dict[str, Any], n_days: int = 2) -> Session:
    """A quiet market in which a company's work achieves so much, after some days."""
    session = Session(scenario_of(merged(KNOWN, days(n_days), {"team": {"visit": EVERY_DAY}}, *changes)))
    session.world.efficiency[company] = efficiency
    session.step(n_days)
    return session


@pytest.mark.parametrize(("company", "people"), [(0, "advisors"), (1, "rival_field")])
@pytest.mark.parametrize(("column", "switch"), [("relation", "relations"), ("shelf_gain", "shelf")])
def test_a_call_moves_relation_and_shelf_by_its_efficiency(company: int, people: str, column: str, switch: str) -> None:
    always = {"rivals": {"list": [{"id": "R1", "field_calls_per_outlet_month": 31.0}]}}

    def moved(efficiency: float) -> np.ndarray:
        session = worked(efficiency, company, on(people, switch), always, n_days=1)
        return session.world.columns[column][:, company].astype(float)

    nothing, half, all_of_it = moved(0.0), moved(0.5), moved(1.0)
    assert (all_of_it > nothing).any()
    np.testing.assert_allclose(half - nothing, 0.5 * (all_of_it - nothing), atol=1e-12)


def test_work_that_achieves_nothing_costs_the_same() -> None:
    selling = {
        "retail": {"listing": {"initial_intercept": 0.0, "intercept": 5.0}, "ordering": {"opening_stock": 0.1}},
        "relations": {"order_acceptance_base": 1.0, "order_acceptance_gain": 0.0},
        "products": {"generate": {"per_brand": 2}},
    }
    idle, able = (worked(e, 0, on("advisors", "listing_changes", "stock_outs"), selling).observe() for e in (0.0, 1.0))
    for column in ("calls", "km", "driving_minutes", "visiting_minutes"):
        assert idle["advisor"][column].sum() == able["advisor"][column].sum() > 0
    for column in ("new_listings", "order_units"):
        assert idle["advisor"][column].sum() == 0 < able["advisor"][column].sum()


def test_displays_promoters_and_promotions_of_no_efficiency_do_nothing() -> None:
    switches = on("shelf", "promoters", "promotions")
    spent = {"display_cents": 60_000, "display_fee_cents": 10_000, "promoters": 3}
    promotion = {"every_days": 7, "length_days": 5, "price_cut": 0.0}
    used = {"ours": {"budget": spent, "promotion": promotion}}
    unused = {"ours": {"budget": {"display_cents": 0, "promoters": 0}, "promotion": {"every_days": 0}}}
    vain, without, able = (
        worked(e, 0, switches, plan, n_days=14).observe()["market"]
        for e, plan in ((0.0, used), (1.0, unused), (1.0, used))
    )
    assert (vain["sell_out_units"] == without["sell_out_units"]).all()
    ours = able["product"] == "ours-1"
    assert able["sell_out_units"][ours].sum() > without["sell_out_units"][ours].sum()
    facings = [table["facings_share"][ours].mean() for table in (vain, without, able)]
    assert facings[0] == facings[1] < facings[2]


def test_a_promotion_is_felt_by_its_efficiency() -> None:
    promotion = {"ours": {"promotion": {"every_days": 7, "length_days": 5}}}
    felt = [worked(e, 0, on("promotions"), promotion).world.promotion_utility[0, 0] for e in (1.0, 0.25)]
    assert felt[1] == 0.25 * felt[0] > 0.0


def test_a_mature_programme_changes_no_byte() -> None:
    span = {"calendar": LEARNING["calendar"]}
    mature = {"mechanisms": {"programme": True}, "ours": {"programme": {"novelty": 0.0}}}
    assert_same(ran(market(span, mature)), ran(market(span)))
    assert not np.array_equal(
        ran(market(LEARNING))["market"]["sell_out_units"], ran(market(span))["market"]["sell_out_units"]
    )


def test_a_learning_market_continues_from_any_midnight() -> None:
    scenario = market(LEARNING, {"team": {"turnover": {"leaving_per_year": 3.0, "hiring_delay_days": 3}}})
    whole, states = Session(scenario), []
    for day in (3, 5, 34, 35, 36, 51):
        whole.step(day)
        states.append(whole.save())
    whole.step(whole.calendar.n_days)
    for state in states:
        again = Session.restore(scenario, state)
        again.step(again.calendar.n_days)
        assert books_digest(again) == books_digest(whole)


def test_burn_in_teaches_nothing() -> None:
    session = Session(market(LEARNING, {"calendar": {"burn_in_days": 70}}))
    session.step(70)
    before = session.world.programme_knowledge.copy()
    session.step(100)
    assert (session.world.programme_knowledge[0] == before[0]).all()
    session.step(101)
    assert (session.world.programme_knowledge[0] >= before[0]).all()
    assert (session.world.programme_knowledge[0] > before[0]).any()


def test_what_would_be_best_differs_between_replications_and_is_not_seen() -> None:
    first, second = (Session(market(LEARNING), replication=r).world for r in (0, 1))
    assert (first.programme_best[0] != second.programme_best[0]).all()
    np.testing.assert_array_equal(first.programme_knowledge, second.programme_knowledge)


def test_gate_waits_for_knowledge() -> None:
    view = made_view(3, territories={"knowledge": [0.5, 0.8, 0.9]})
    assert Gate(knowledge=0.8).holds(view, np.zeros(3)).tolist() == [False, True, True]


def test_panels_hold_what_is_believed_and_what_is_true() -> None:
    session = finished(market(LEARNING))
    last = session.observe()["territory"].query("day == day.max()")
    np.testing.assert_array_equal(last["knowledge"], session.world.programme_knowledge[0])
    np.testing.assert_array_equal(last["efficiency"], session.world.efficiency[0])
