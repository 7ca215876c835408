"""`only`: a part sees and touches the territories that it names; opening of ground by the kinds that open it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.loading import load
from sim.strategies.base import Strategy
from sim.strategies.plan import plan_of
from sim.strategies.principles.all_at_once import AllAtOnce
from sim.strategies.principles.carpet import Carpet
from sim.strategies.principles.concentrate import Concentrate
from sim.strategies.principles.roll_out import RollOut
from sim.strategies.principles.spread_evenly import SpreadEvenly
from sim.strategies.principles.stronghold import Stronghold
from sim.strategies.registry import kinds
from sim.strategies.within import decide_within
from tests.markets import assert_same, market, ran
from tests.views import levers_after, made_view, pulls_of

BY_NAME = {"by": "given", "given": ["t3"]}
POSTS = {"advisors": [1, 2, 3, 4]}


def test_people_move_among_the_named_territories_alone() -> None:
    view = made_view(4, baseline=POSTS)
    part = Concentrate(only=("t1", "t3"), territories=1, ranking=BY_NAME, share_of_people=1.0)
    levers = levers_after(view, decide_within(part, view, {}))
    assert levers["advisors"].tolist() == [1, 0, 3, 6]
    assert levers["advertising_cents"][[0, 2]].tolist() == view.baseline["advertising_cents"][[0, 2]].tolist()


def test_to_name_all_territories_is_to_name_none() -> None:
    view = made_view(4, baseline=POSTS, territories={"potential": [5.0, 1.0, 2.0, 9.0]})
    names = view.names.territories
    for part in (Concentrate(territories=2), SpreadEvenly(by="potential"), Carpet(), Stronghold(lead=1.0), AllAtOnce()):
        named = part.model_copy(update={"only": names})
        plain, within = (levers_after(view, decide_within(p, view, {})) for p in (part, named))
        for lever, value in plain.items():
            np.testing.assert_array_equal(within[lever], value, err_msg=f"{part.kind}: {lever}")


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_no_kind_moves_a_place_that_it_does_not_name(kind: str) -> None:
    """With the outer territories named, whatever lever has places stands still in the inner ones."""
    view = made_view(4, baseline=POSTS, territories={"potential": [5.0, 1.0, 2.0, 9.0], "rank": [1, 1, 1, 1]})
    part: Strategy = kinds()[kind](only=("t0", "t3"))
    decision = decide_within(part, view, {})
    levers, inner = levers_after(view, decision), [1, 2]
    for lever, value in levers.items():
        before = view.baseline[lever]
        if before.shape[:1] == (4,):
            np.testing.assert_array_equal(value[inner], before[inner], err_msg=lever)
    assert not {note.territory for note in decision.notes} & set(inner)


def test_a_name_that_no_territory_has_is_refused_with_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "market.yaml"
    file.write_text(
        "territories: {generate: {n: 2}}\nstrategies:\n  plan:\n    - carpet: {}\n    - carpet: {only: [T01, T002]}\n"
    )
    with pytest.raises(InputError, match="T02") as caught:
        load(file)
    assert [(problem.line, problem.field) for problem in caught.value.problems] == [
        (5, "strategies.plan.1.carpet.only")
    ]
    with pytest.raises(InputError, match="T01"):
        plan_of(market({"strategies": {"plan": ({"carpet": {"only": ["T11"]}},)}}), "plan")
    with pytest.raises(InputError, match="no such territory"):
        decide_within(Carpet(only=("t1",), ranking=BY_NAME), made_view(4), {})


def test_nothing_is_sent_to_ground_before_it_is_open() -> None:
    closed = {"open": [1, 1, 1, 0], **POSTS}
    part = Concentrate(territories=1, ranking=BY_NAME, share_of_people=1.0)
    view = made_view(4, baseline=closed, territories={"is_open": [True, True, True, False]})
    before = levers_after(view, part.decide(view, {}))
    assert before["open"].tolist() == [1, 1, 1, 1]
    assert before["advisors"].tolist() == POSTS["advisors"]
    later = made_view(4, day=7, baseline=closed)
    assert levers_after(later, part.decide(later, {}))["advisors"].tolist() == [0, 0, 0, 10]
    spread = levers_after(view, SpreadEvenly().decide(view, {}))["advisors"].tolist()
    assert spread == [4, 3, 3, 0]


def test_the_platform_stage_opens_ground_and_lasts_until_it_is_open() -> None:
    days = {"survey": {"days": 0}, "plan": {"days": 0}, "platform": {"days": 7, "advisors": 1}}
    part = RollOut(waves=(("t2",), ("t0", "t1")), stages=days)
    closed = {"open": [1, 1, 0, 1]}
    shut = {"is_open": [True, True, False, True]}
    view = made_view(4, baseline=closed, territories=shut)
    first = part.decide(view, {})
    assert first.memory["stage"] == ["waiting", "waiting", "platform", "waiting"]
    assert not pulls_of(first, "advisors")
    view = made_view(4, day=28, baseline=closed, territories=shut)
    second = part.decide(view, first.memory)
    assert second.memory["stage"][2] == "platform"
    assert levers_after(view, second)["open"].tolist() == [1, 1, 1, 1]
    third = part.decide(made_view(4, day=35, baseline=closed), second.memory)
    assert third.memory["stage"][2] == "launch"
    assert pulls_of(third, "open")
    assert pulls_of(third, "advisors")


def test_waves_by_name_open_in_turn_and_end() -> None:
    free = {name: {"days": 0, "gate": {"numeric_distribution": 0.0}} for name in ("survey", "plan", "platform")}
    held = {"launch": {"days": 10, "gate": {"numeric_distribution": 0.0}}}
    rest = {
        name: {"days": 0, "gate": {"weighted_distribution": 0, "rank": None, "ready_advisors": 0}}
        for name in ("develop", "consolidate")
    }
    part = RollOut(waves=(("t3", "t1"), ("t0",)), stages=free | held | rest)
    first = part.decide(made_view(4), {})
    assert first.memory["wave"] == [0, 1, 0, 1]
    second = part.decide(made_view(4, day=10), first.memory)
    assert second.memory["wave"] == [2, 1, 0, 1]
    third = part.decide(made_view(4, day=20), second.memory)
    assert third.memory["wave"] == [2, 1, 0, 1]
    with pytest.raises(ValueError, match="one wave"):
        RollOut(waves=(("t3",), ("t3", "t1")))


def test_gates_are_looked_at_weekly_on_ground() -> None:
    plan = {"strategies": {"plan": ({"concentrate": {"choose_again_days": 1}},)}, "strategy": "plan"}
    usual, weekly = (
        ran(market(plan, {"mechanisms": {"ground": on}}))["decisions"].query("part == 'concentrate'")
        for on in (False, True)
    )
    assert sorted(set(usual["day"])) == [0]
    assert sorted(set(weekly["day"])) == [0, 7, 14, 21]


def test_only_of_all_in_a_market_is_the_same_market() -> None:
    plans = [
        {"strategies": {"it": ({"concentrate": {"only": list(only)}},)}, "strategy": "it"}
        for only in ((), ("T01", "T02"))
    ]
    free, named = (ran(market({"team": {"generate": {"n": 3}}}, plan)) for plan in plans)
    assert_same(free, named)
