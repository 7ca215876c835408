"""What holds for every principle that chooses places or rivals: neutral, frugal, pure, robust, bounded."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.errors import InputError
from sim.scenario.describe import explain_model
from sim.scenario.document import Mark, entry_of
from sim.strategies.base import Decision, Strategy
from sim.strategies.plan import parts_of
from sim.strategies.principles.all_at_once import AllAtOnce
from sim.strategies.principles.attack import Attack
from sim.strategies.principles.carpet import Carpet
from sim.strategies.principles.concentrate import Concentrate
from sim.strategies.principles.roll_out import RollOut
from sim.strategies.principles.spread_evenly import SpreadEvenly
from sim.strategies.principles.stronghold import Stronghold
from sim.strategies.stages import STAGES, StageSpec, StagesSpec
from sim.strategies.view import View
from tests.views import assert_is_baseline, assert_pure, levers_after, made_view

NO_STAGES = StagesSpec(**{name: StageSpec() for name in STAGES})
NEUTRAL: list[Strategy] = [
    Concentrate(territories=0),
    Concentrate(share_of_people=None, share_of_spending=None, focus=1.0, products=1),
    SpreadEvenly(people=False, spending=False),
    Carpet(territories=0),
    RollOut(first_wave=0),
    RollOut(stages=NO_STAGES),
    AllAtOnce(stages=NO_STAGES),
    Attack(who="none"),
    Attack(territories=0),
    Attack(advisors=0, promoters=0, display_cents=0, outlet_factor=1.0, displace=False),
    Stronghold(display_cents=0, exclusive_outlets=0.0, visit_factor_a=1.0),
]
EVERY: list[Strategy] = [
    Concentrate(products=1, visit_every_days_a=5.0, leave_small=2.0),
    SpreadEvenly(by="potential"),
    Carpet(),
    RollOut(playbook=0.5, if_missed="retreat"),
    AllAtOnce(people="added", money="added"),
    Attack(price_cut=0.05),
    Stronghold(lead=1.0, discount=0.01, reserve=2),
]
MOVED = ("advisors", "promoters", "advertising_cents", "display_cents")
DAYS = (0, 28, 56, 140, 336, 700)


def name_of(part: Strategy) -> str:
    return part.kind


def ordinary(day: int) -> View:
    share = [[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4], [0.1, 0.1, 0.8]]
    return made_view(
        4,
        day=day,
        territories={"potential": [400.0, 100.0, 300.0, 50.0], "share": share, "rank": [1, 3, 2, 2]},
        baseline={"advisors": [1, 5, 2, 3], "promoters": [0, 3, 4, 1], "advertising_cents": [7, 0, 100_000, 31]},
    )


EXTREME: dict[str, Any] = {
    "one territory": lambda day: made_view(1, day=day),
    "nothing known": lambda day: made_view(
        3,
        day=day,
        outlets={"row": np.zeros(0, dtype=np.int64)},
        territories={
            "known": 0,
            "potential": 0.0,
            "share": np.nan,
            "rank": 3,
            "coverage": np.nan,
            "out_of_stock": np.nan,
            "price": np.nan,
            "promoters": np.nan,
            "numeric_distribution": 0.0,
            "weighted_distribution": 0.0,
            "travel_share": np.nan,
        },
    ),
    "some shares unknown": lambda day: made_view(
        2, day=day, territories={"share": [[np.nan] * 3, [0.4, 0.3, 0.3]], "rank": [3, 1]}
    ),
    "nobody and nothing": lambda day: made_view(
        3,
        day=day,
        people={"post": np.zeros(0, dtype=np.int64)},
        baseline={"advisors": 0, "promoters": 0, "advertising_cents": 0, "display_cents": 0},
    ),
}


def decisions(part: Strategy, view_on: Any) -> list[tuple[View, Decision]]:
    memory: Any = {}
    made = []
    for day in DAYS:
        view = view_on(day)
        made.append((view, part.decide(view, memory)))
        memory = made[-1][1].memory
    return made


@pytest.mark.parametrize("part", NEUTRAL, ids=name_of)
def test_neutral_parameters_are_exactly_the_baseline(part: Strategy) -> None:
    for view, decision in decisions(part, ordinary):
        assert_is_baseline(view, decision)


@pytest.mark.parametrize("part", EVERY, ids=name_of)
def test_default_parameters_do_something(part: Strategy) -> None:
    assert any(decision.pulls for _, decision in decisions(part, ordinary))


@pytest.mark.parametrize("part", EVERY, ids=name_of)
def test_what_moves_is_not_made(part: Strategy) -> None:
    """Advisors, promoters and money keep their totals; Stronghold and all at once add what they say."""
    adds = {"stronghold": ("advisors", "display_cents"), "all_at_once": MOVED}.get(part.kind, ())
    for view, decision in decisions(part, ordinary):
        levers = levers_after(view, decision)
        for lever in MOVED:
            assert (levers[lever] >= 0).all()
            assert lever in adds or levers[lever].sum() == view.baseline[lever].sum(), (lever, view.day)


@pytest.mark.parametrize("case", EXTREME)
@pytest.mark.parametrize("part", EVERY, ids=name_of)
def test_extreme_markets(part: Strategy, case: str) -> None:
    for view, decision in decisions(part, EXTREME[case]):
        levers_after(view, decision)
        json.dumps(decision.memory, allow_nan=False)


@pytest.mark.parametrize("part", EVERY, ids=name_of)
def test_decisions_are_pure(part: Strategy) -> None:
    memory: Any = {}
    for day in DAYS:
        assert_pure(part, ordinary(day), memory)
        memory = part.decide(ordinary(day), memory).memory


@pytest.mark.parametrize(
    ("strategy", "wrong", "bound"),
    [
        (Concentrate, {"share_of_people": 1.1}, "less than or equal to 1"),
        (Concentrate, {"leave_small": 0.0}, "greater than or equal to 0.1"),
        (SpreadEvenly, {"by": "mood"}, "'territory', 'potential' or 'outlets'"),
        (Carpet, {"every_days": 0.1}, "greater than or equal to 0.5"),
        (RollOut, {"stages": {"launch": {"days": -1}}}, "greater than or equal to 0"),
        (RollOut, {"stages": {"launch": {"gate": {"rank": 0}}}}, "greater than or equal to 1"),
        (AllAtOnce, {"if_missed": "pray"}, "'wait', 'retreat' or 'go_anyway'"),
        (Attack, {"price_cut": 0.95}, "less than or equal to 0.9"),
        (Attack, {"bonus": 1}, "Extra inputs are not permitted"),
        (Stronghold, {"lead": 0.9}, "greater than or equal to 1"),
    ],
)
def test_parameters_out_of_bounds_are_refused_with_the_bound(
    strategy: type[Strategy], wrong: dict[str, Any], bound: str
) -> None:
    with pytest.raises(ValidationError, match=bound):
        strategy.model_validate(wrong, strict=True)


def test_parts_that_contradict_each_other_are_both_named() -> None:
    view = ordinary(0)
    parts = Stronghold(lead=1.0, rebate_rate=0.05), Stronghold(lead=1.0, rebate_rate=0.02)
    with pytest.raises(InputError, match=r"part '1'.*rebate_rate.*'0' sets the same place to 0\.05"):
        levers_after(view, *(part.decide(view, {}) for part in parts))
    movers = Concentrate(), Stronghold(lead=1.0, reserve=1)
    with pytest.raises(InputError, match=r"part '1'.*transfer: 2.*'0' sets the same place to 1"):
        levers_after(view, *(part.decide(view, {}) for part in movers))


def test_parts_that_agree_go_together() -> None:
    view = ordinary(0)
    parts = Concentrate(), Attack(most_taken=0.1), Stronghold()
    levers = levers_after(view, *(part.decide(view, {}) for part in parts))
    assert levers["advisors"].sum() == view.baseline["advisors"].sum()


def test_parts_that_take_the_same_people_are_both_named() -> None:
    view = made_view(2, territories={"potential": [2.0, 1.0]}, baseline={"advisors": 2, "promoters": 0})
    parts = Concentrate(territories=1, share_of_people=1.0), Attack(territories=1, advisors=1, promoters=0)
    with pytest.raises(InputError, match=r"advisors: -1: '0' and '1' together must stay in \[0, 10000\]"):
        levers_after(view, *(part.decide(view, {}) for part in parts))


def test_parameters_within_parameters_are_explained() -> None:
    lines = explain_model(RollOut, "roll_out").splitlines()
    assert "stages: The stages in order." in " ".join(lines)
    assert "      type: a mapping of fields; default: {'days': 28, 'advisors': 1}" in lines
    assert "  ready_advisors [persons]: Least number of ready advisors in the territory." in lines


def test_what_belongs_together_is_refused_at_the_part() -> None:
    block = entry_of([{"attack": {"who": "given"}}], Mark("plan.yaml", 7))
    _, (problem,) = parts_of("hit", block)
    assert (problem.field, problem.allowed) == ("strategies.hit.0.attack", "`who: given` and `rival` belong together")
