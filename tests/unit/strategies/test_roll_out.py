from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.strategies.principles.all_at_once import AllAtOnce, shared
from sim.strategies.principles.roll_out import RollOut
from sim.strategies.stages import Gate, StageSpec, StagesSpec, monthly_margin
from sim.strategies.view import View
from tests.views import levers_after, made_view, pulls_of

NOTHING = {name: StageSpec() for name in ("survey", "plan", "platform", "launch", "develop", "consolidate")}
SHORT = StagesSpec(
    **{
        **NOTHING,
        "survey": StageSpec(days=28, census_outlets=30),
        "launch": StageSpec(
            days=28,
            advisors=2,
            promoters=1,
            advertising_cents=900,
            display_cents=70,
            visit_factor=0.5,
            gate=Gate(share=0.4, rank=1, ready_advisors=1),
        ),
    }
)
"""A survey of 28 days, a launch of 28 days that ends with a lead, and then replication."""


def market(day: int, won: tuple[int, ...] = (), skilled: int = 0, n: int = 4) -> View:
    """Territories with 400, 300, 200 … of potential, so that the first is the easiest; ours leads where it has won."""
    share = [[0.5, 0.3, 0.2] if t in won else [0.2, 0.5, 0.3] for t in range(n)]
    selling = [0.6 if post % 4 < skilled else 0.3 for post in range(4 * n)]
    return made_view(
        n,
        day=day,
        territories={
            "potential": [400.0 - 100.0 * t for t in range(n)],
            "share": share,
            "rank": [1 if t in won else 3 for t in range(n)],
        },
        people={"territory": np.arange(4 * n) // 4, "selling": selling},
    )


def rolling(**given: Any) -> RollOut:
    return RollOut(**{"stages": SHORT, "first_wave": 1, "ready_per_territory": 2.0, **given})


def after(part: RollOut | AllAtOnce, *views: View) -> Any:
    """Decide at each view in turn and return the last decision."""
    memory: dict[str, Any] = {}
    decision = None
    for view in views:
        decision = part.decide(view, memory)
        memory = dict(decision.memory)
    return decision


def texts(decision: Any) -> list[tuple[str, int]]:
    return [(note.text, note.territory) for note in decision.notes]


def test_first_wave_begins_with_the_easiest_and_is_surveyed() -> None:
    view = market(0)
    decision = after(rolling(), view)
    assert decision.memory["stage"] == ["survey", "waiting", "waiting", "waiting"]
    assert texts(decision) == [("stage_select", 0), ("wave_opened", -1), ("stage_survey", 0)]
    assert levers_after(view, decision)["census_outlets"].tolist() == [30, 0, 0, 0]


def test_stage_lasts_its_days() -> None:
    assert after(rolling(), market(0), market(27)).memory["stage"][0] == "survey"
    decision = after(rolling(), market(0), market(28))
    assert decision.memory["stage"][0] == "launch"
    assert texts(decision) == [(f"stage_{name}", 0) for name in ("plan", "platform", "launch")]


def test_launch_moves_people_and_money_from_those_who_wait() -> None:
    view = market(28)
    decision = after(rolling(), market(0), view)
    levers = levers_after(view, decision)
    assert levers["advisors"].tolist() == [6, 3, 3, 4]
    assert levers["promoters"].tolist() == [3, 1, 2, 2]
    assert levers["advertising_cents"].tolist() == [100_900, 99_700, 99_700, 99_700]
    assert levers["display_cents"].sum() == view.baseline["display_cents"].sum()
    assert levers["visit_every_days"].tolist() == [[7] * 3, [14] * 3, [14] * 3, [14] * 3]
    assert [pull.value for pull in pulls_of(decision, "transfer")] == [2.0]


def test_added_people_and_money_are_on_top() -> None:
    view = market(28)
    levers = levers_after(view, after(rolling(people="added", money="added"), market(0), view))
    assert levers["advisors"].tolist() == [6, 4, 4, 4]
    assert levers["advertising_cents"].tolist() == [100_900, 100_000, 100_000, 100_000]


def test_no_more_is_taken_than_may_be() -> None:
    view = market(28)
    levers = levers_after(view, after(rolling(most_taken=0.1), market(0), view))
    assert levers["advisors"].tolist() == [5, 3, 4, 4]


@pytest.mark.parametrize(
    ("won", "skilled", "stage"), [((0,), 1, "replicate"), ((0,), 0, "launch"), ((), 1, "launch"), ((1,), 1, "launch")]
)
def test_gate_needs_all_its_marks(won: tuple[int, ...], skilled: int, stage: str) -> None:
    decision = after(rolling(), market(0), market(28), market(56, won, skilled))
    assert decision.memory["stage"][0] == stage


@pytest.mark.parametrize(
    ("mark", "column", "bad", "good"),
    [
        ({"share": 0.3}, "share", np.nan, [[0.3, 0.4, 0.3]]),
        ({"rank": 2}, "rank", 3, 2),
        ({"numeric_distribution": 0.4}, "numeric_distribution", 0.39, 0.4),
        ({"weighted_distribution": 0.4}, "weighted_distribution", 0.39, 0.4),
        # Products of the view: what a unit earns is reckoned in test_the_margin_of_a_gate.
        ({"gross_margin_cents": 1.0}, "sell_in_rate", 0.0, 10.0),
    ],
)
def test_each_mark_of_a_gate(mark: dict[str, Any], column: str, bad: Any, good: Any) -> None:
    ready = np.zeros(1)
    assert not Gate(**mark).holds(made_view(1, territories={column: bad}), ready).any()
    assert Gate(**mark).holds(made_view(1, territories={column: good}), ready).all()


def test_the_margin_of_a_gate_by_hand() -> None:
    """10 units/day at 30 and 30 at 10 earn 15 cents each; so 2 units/day here earn 900 cents in 30 days."""
    products = {"sell_in_rate": [10.0, 30.0], "list_price_cents": [130, 60], "factory_cost_cents": [100, 50]}
    view = made_view(2, territories={"sell_in_rate": [2.0, 0.0]}, products=products)
    np.testing.assert_allclose(monthly_margin(view), [900.0, 0.0])
    nothing = made_view(1, products={"sell_in_rate": [0.0, 0.0]})
    assert monthly_margin(nothing).tolist() == [0.0]


def test_missed_gate_is_noted_once_and_waited_for() -> None:
    decision = after(rolling(), market(0), market(28), market(56))
    assert texts(decision) == [("gate_missed", 0)]
    assert texts(after(rolling(), market(0), market(28), market(56), market(999))) == []


@pytest.mark.parametrize(("if_missed", "stage"), [("retreat", "retreated"), ("go_anyway", "replicate")])
def test_longest_wait_at_a_closed_gate(if_missed: Any, stage: str) -> None:
    part = rolling(if_missed=if_missed, longest_wait_days=28)
    assert after(part, market(0), market(28), market(83)).memory["stage"][0] == "launch"
    decision = after(part, market(0), market(28), market(84))
    assert decision.memory["stage"][0] == stage
    # Either way the next wave begins.
    assert decision.memory["stage"][1] == "survey"


def test_next_wave_grows_with_trained_people() -> None:
    for skilled, size in ((1, 2), (2, 3)):
        # 4 or 8 ready advisors, 2 for each territory; three territories wait.
        decision = after(rolling(), market(0), market(28), market(56, (0,), skilled))
        assert decision.memory["stage"].count("survey") == size
        assert decision.memory["wave"] == [1, *[2] * size, *[0] * (3 - size)]
    decision = after(rolling(largest_wave=1), market(0), market(28), market(56, (0,), 2))
    assert decision.memory["stage"].count("survey") == 1


def test_next_wave_waits_for_the_last() -> None:
    part = rolling(first_wave=2)
    half = (market(0), market(28), market(56, (0,), 1))
    assert after(part, *half).memory["stage"] == ["replicate", "launch", "waiting", "waiting"]
    assert after(part.model_copy(update={"open_when_won": 0.5}), *half).memory["stage"][2] == "survey"


def test_won_ground_draws_the_next_wave_to_its_border() -> None:
    order = {"given": ("t2",), "rivalry": 0.0, "potential": 0.0}
    part = rolling(order=order, ready_per_territory=4.0)
    decision = after(part, market(0), market(28), market(56, (2,), 1))
    assert decision.memory["stage"] == ["waiting", "survey", "replicate", "waiting"]


def test_people_go_home_with_their_posts_when_all_is_won() -> None:
    views = [market(0, n=1), market(28, n=1), market(56, (0,), 1, n=1)]
    decision = after(rolling(), *views)
    assert pulls_of(decision, "advisors") == []
    assert [pull.value for pull in pulls_of(decision, "transfer")] == [2.0]


def test_playbook_while_stages_run() -> None:
    view = market(0)
    assert levers_after(view, after(rolling(playbook=0.7), view))["playbook"].tolist() == [0.7]
    assert after(rolling(playbook=0.7, first_wave=0), view).pulls == ()


def test_all_at_once_begins_everywhere() -> None:
    view = market(0)
    decision = after(AllAtOnce(stages=SHORT), view)
    assert decision.memory["stage"] == ["survey"] * 4
    # The means of one territory: 30 outlets as 4:3:2:1.
    assert levers_after(view, decision)["census_outlets"].tolist() == [12, 9, 6, 3]


def test_all_at_once_has_the_means_of_the_given_number() -> None:
    view = market(28)
    part = AllAtOnce(stages=SHORT, means_for=2.0, people="added", money="added")
    levers = levers_after(view, after(part, market(0), view))
    # 4 advisors as 1.6, 1.2, 0.8, 0.4; 1800 cents as 4:3:2:1.
    assert levers["advisors"].tolist() == [6, 5, 5, 4]
    assert levers["advertising_cents"].tolist() == [100_720, 100_540, 100_360, 100_180]


def test_both_ways_cost_the_same() -> None:
    """A roll-out of two territories and all at once with the means of two hold the same people and money."""
    view = market(28)
    ways = (
        rolling(first_wave=2, people="added", money="added"),
        AllAtOnce(stages=SHORT, means_for=2.0, people="added", money="added"),
    )
    rolled, at_once = (levers_after(view, after(part, market(0), view)) for part in ways)
    for lever in ("advisors", "promoters", "advertising_cents", "display_cents"):
        assert rolled[lever].sum() == at_once[lever].sum() > view.baseline[lever].sum(), lever


def test_means_are_never_more_than_those_of_all() -> None:
    assert shared(np.array([3.0, 3.0]), np.array([1.0, 1.0]), 50.0).tolist() == [3, 3]
    assert shared(np.array([3.0, 3.0]), np.zeros(2), 1.0).tolist() == [2, 1]
    assert shared(np.zeros(2), np.ones(2), 1.0).tolist() == [0, 0]


def test_stage_that_states_little_keeps_the_rest_of_the_template() -> None:
    stages = StagesSpec.model_validate({"launch": {"days": 7, "gate": {"share": 0.2}}}, strict=True)
    assert stages.launch == StagesSpec().launch.model_copy(
        update={"days": 7, "gate": Gate(share=0.2, numeric_distribution=0.3)}
    )
    assert stages.develop == StagesSpec().develop
    assert StagesSpec.model_validate(stages.model_dump()) == stages
