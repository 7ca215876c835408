"""What is told of the strategies' doings: where levers stand away from the baseline, stages, and what may be a slip."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from sim.questions.compare import Comparison, compare
from sim.report.questions.compare.deeds import deed_lines, deeds_of, doubts
from sim.report.questions.compare.timeline import group_of
from sim.world.levers import LEVERS
from tests.markets import market

WAVE = {
    "roll_out": {
        "first_wave": 1,
        "people": "added",
        "stages": {
            "select": {"days": 0},
            "survey": {"days": 14, "census_outlets": 5},
            "plan": {"days": 0},
            "platform": {"days": 0, "advisors": 1},
            "launch": {"days": 14, "advisors": 1, "gate": {"share": 1.0}},
        },
    }
}
ALL = {"calendar": {"duration_days": 70, "burn_in_days": 5}, "team": {"generate": {"n": 2}}}


@cache
def compared() -> Comparison:
    """A roll-out whose gate nobody can pass, a price cut, and a strategy that asks for what is there already."""
    plans = {
        "wave": (WAVE,),
        "cut": ({"trade_terms": {"discount": 0.1}},),
        "idle": ({"concentrate": {"territories": 0}},),
    }
    review = {"review_days": 14, "budget": {"on_excess": "allow"}}
    return compare(market(ALL, {"strategies": plans, "direction": review}), max_replications=2, details=True)


def rows(strategy: str, note: str) -> pd.DataFrame:
    table = deeds_of(compared(), strategy)
    return table[table["note"] == note]


def test_stages_and_missed_gates_are_told_on_their_days() -> None:
    assert rows("wave", "stage_survey")["day"].tolist() == [0]
    assert rows("wave", "stage_launch")["day"].tolist() == [14]
    assert rows("wave", "gate_missed")["day"].tolist() == [28]


def test_a_lever_is_told_as_its_distance_from_the_baseline_and_its_way_back() -> None:
    people = rows("wave", "advisors")
    place = rows("wave", "stage_launch")["territory"].iloc[0]
    assert people.loc[people["territory"] == place, "value"].tolist() == [1.0]
    assert set(people["territory"]) == {place}
    survey = rows("wave", "census_outlets")
    assert survey["value"].tolist() == [5.0, 0.0]
    assert survey["day"].tolist() == [0, 14]
    assert rows("cut", "discount")["value"].to_numpy() == pytest.approx(0.1)


def test_lines_name_day_thing_and_place() -> None:
    text = "\n".join(deed_lines(compared(), "wave"))
    assert "2026-01-05  stage 'select' begins" in text
    assert "advisors: +1 persons in T0" in text
    assert "the marks for the next stage are missed" in text
    assert "census outlets: as in the baseline again" in text


def test_a_strategy_without_deeds_is_doubted() -> None:
    assert doubts(compared(), "idle") == ["idle does nothing that baseline does not do"]
    assert not doubts(compared(), "cut")
    assert deed_lines(compared(), "idle")[0].strip() == "nothing that the baseline does not do"


def test_more_people_on_ground_that_is_ours_are_doubted() -> None:
    comparison = compared()
    place = rows("wave", "stage_launch")["territory"].iloc[0]
    table = comparison.arms.territories
    held = (table["kpi"] == "market_share_units") & (table["territory"] == place)
    strong = comparison.arms.__class__(
        **{**vars(comparison.arms), "territories": table.assign(value=table["value"].where(~held, 0.6))}
    )
    (doubt,) = doubts(Comparison(**{**vars(comparison), "arms": strong}), "wave")
    assert "where we hold 60 % without it" in doubt
    assert "`only:`" in doubt


def test_every_lever_has_a_group() -> None:
    assert {group_of(name) for name in LEVERS} == {"people", "money", "calls", "ground", "terms and goods"}
    assert group_of("advisors") == group_of("hire_pay") == group_of("supervisors") == "people"
    assert group_of("advertising_cents") == "money"
    assert group_of("visit_every_days") == "calls"
    assert group_of("terms_days") == "terms and goods"
