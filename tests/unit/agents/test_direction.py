"""The head office in a running market: when it decides, what it writes, and that the baseline is the baseline."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine import Session, burn_in, rehearse
from sim.errors import InputError, StateError
from sim.scenario.schema import Scenario
from tests.markets import assert_same, market

OWN = '''
from typing import ClassVar

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Note, Pull, Strategy
from sim.strategies.view import View


class Step(Strategy):
    """Call at one interval, and note the number of the decision."""

    kind: ClassVar[str] = "step"
    days: float = quantity(14.0, "Interval.", unit="days", gt=0, le=99)
    spend: float = quantity(0.0, "More advertising in every territory.", unit="cents/month", ge=0)

    def decide(self, view: View, memory: Memory) -> Decision:
        number = memory.get("number", 0) + 1
        pulls = (Pull("visit_every_days", self.days), Pull("advertising_cents", self.spend))
        return Decision(pulls, {"number": number}, (Note("decided", 0, number),))
'''


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    file = tmp_path_factory.mktemp("strategies") / "step.py"
    file.write_text(OWN)
    return str(file)


def with_plan(own: str, *changes, **parameters) -> Scenario:
    plan = {"strategies": {"plan": ({own: parameters},), "nothing": ()}, "direction": {"review_days": 7}}
    return market(plan, *changes)


def finished(scenario: Scenario, strategy: str, start: bytes = b"") -> Session:
    session = Session.restore(scenario, start, strategy=strategy) if start else Session(scenario, strategy=strategy)
    session.step(session.calendar.n_days)
    return session


def test_the_first_decision_comes_after_the_burn_in_and_then_at_every_review(own):
    decisions = finished(with_plan(own), "plan").observe()["decisions"]
    steps = decisions[decisions["part"] == "step"]
    assert steps["day"].tolist() == [0, 7, 14, 21]
    assert steps["value"].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert (steps["territory"] != "").all()
    assert set(decisions["part"]) == {"step", "lever", "budget"}


def test_a_plan_with_its_levers_at_the_baseline_is_the_baseline(own):
    every_14 = {"every_days_a": 14, "every_days_b": 14, "every_days_c": 14}
    scenario = with_plan(own, {"team": {"visit": every_14}}, days=14)
    plan, baseline, nothing = (finished(scenario, name).observe() for name in ("plan", "baseline", "nothing"))
    assert_same(plan, baseline, leave_out=["decisions"])
    assert_same(nothing, baseline)
    assert set(baseline["decisions"]["part"]) == {"budget"}


def test_levers_move_after_the_burn_in_only(own):
    session = Session(with_plan(own, days=3), strategy="plan")
    session.step(session.calendar.burn_in_days)
    assert (session.world.lever_visit_every_days != 3.0).all()
    session.step()
    assert (session.world.lever_visit_every_days == 3.0).all()


def test_every_strategy_starts_from_one_burnt_in_market(own):
    scenario = with_plan(own, days=3)
    start = burn_in(scenario)
    assert_same(finished(scenario, "plan", start).observe(), finished(scenario, "plan").observe())
    assert_same(finished(scenario, "baseline", start).observe(), finished(scenario, "baseline").observe())


def test_a_saved_market_remembers_its_strategy(own):
    scenario = with_plan(own, days=3)
    session = Session(scenario, strategy="plan")
    session.step(17)
    again = Session.restore(scenario, session.save())
    again.step(again.calendar.n_days)
    assert_same(again.observe(), finished(scenario, "plan").observe())


def test_a_strategy_cannot_be_changed_in_the_middle(own):
    scenario = with_plan(own, days=3)
    session = Session(scenario, strategy="plan")
    session.step(17)
    with pytest.raises(StateError, match="follows 'plan' already; it can't change to 'baseline'"):
        Session.restore(scenario, session.save(), strategy="baseline")


def test_spending_beyond_the_budget_is_taken_from_what_can_be_cut(own):
    scenario = with_plan(own, spend=1_000_000)
    session = finished(scenario, "plan")
    plans = session.observe()["decisions"].query("part == 'budget'").groupby("day")["value"].sum()
    assert plans.shape[0] == 4
    # A plan may miss the budget by less than one promoter.
    assert plans.max() <= session._context.minutes.budget_cents + 12_000 * 3 * 365 / 12 / 7
    planned = rehearse(scenario, "plan")
    free = scenario.model_copy(
        update={
            "direction": scenario.direction.model_copy(
                update={"budget": scenario.direction.budget.model_copy(update={"on_excess": "allow"})}
            )
        }
    )
    assert sum(rehearse(free, "plan").values()) > sum(planned.values()) + 1_000_000
    refusing = free.direction.budget.model_copy(update={"on_excess": "refuse"})
    strict = free.model_copy(update={"direction": free.direction.model_copy(update={"budget": refusing})})
    with pytest.raises(InputError, match=r"strategy 'plan': direction.budget"):
        rehearse(strict, "plan")


def test_two_parts_that_contradict_each_other_are_refused_before_a_run(own):
    parts = ({"inventory": {"review_days": 3}}, {"inventory": {"review_days": 9}})
    with pytest.raises(InputError, match=r"both\.1\.inventory.*review_days.*both\.0\.inventory"):
        rehearse(market({"strategies": {"both": parts}}), "both")


def test_the_baseline_levers_are_safe_from_strategies(own):
    session = Session(with_plan(own), strategy="plan")
    with pytest.raises(ValueError, match="read-only"):
        session._context.baseline["advisors"][...] = 9
    assert np.array_equal(session._context.baseline["advisors"], session.world.lever_advisors)
