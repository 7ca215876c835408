"""Scenario files with strategies, futures and a comparison: what is read, and what is refused on which line."""

from __future__ import annotations

import pytest

import sim
from sim.errors import InputError
from sim.scenario.futures import future_names, in_future
from sim.scenario.resolved import scenario_hash, write_resolved
from sim.strategies.plan import plan_of

OWN = '''
from __future__ import annotations

from typing import ClassVar

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Pull, Strategy
from sim.strategies.view import View


class CallOften(Strategy):
    """Call on every shop at one interval."""

    kind: ClassVar[str] = "call_often"
    days: float = quantity(7.0, "Days between calls.", unit="days", ge=1, le=99)

    def decide(self, view: View, memory: Memory) -> Decision:
        return Decision((Pull("visit_every_days", self.days),))
'''


TWIN = OWN.replace("CallOften", "CallRarely").replace("from __future__ import annotations", "")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own.py").write_text(OWN)
    return tmp_path


def loaded(folder, text):
    file = folder / "plan.yaml"
    file.write_text(text)
    return sim.load(file)


def problems(folder, text) -> list[str]:
    with pytest.raises(InputError) as caught:
        loaded(folder, text)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_a_user_s_file_is_found_from_the_scenario_and_checked(folder):
    scenario = loaded(folder, "strategies:\n  often:\n    - ./own.py: {days: 3}\n  same: []\n")
    (part,) = plan_of(scenario, "often").parts
    assert part.kind == "call_often"
    assert part.days == 3
    assert plan_of(scenario, "same").parts == ()
    assert plan_of(scenario).name == "baseline"


def test_every_problem_has_its_line_and_the_nearest_name(folder):
    found = problems(
        folder,
        """strategies:
  often:
    - ./own.py: {days: 0.5, dayz: 2}
    - konzentrate: {}
    - concentrat: {}
    - [1]
strategy: oftn
comparison:
  baseline: base
  kpis: [profit_manufacturer, market_shares_units]
""",
    )
    own = str(folder / "own.py")
    assert f"plan.yaml:3: strategies.often.0.{own}.days: 0.5: must be at least 1 (days)" in found
    assert any(":3:" in line and "did you mean 'days'" in line for line in found)
    assert any(":5:" in line and "did you mean 'concentrate'" in line for line in found)
    # A list of lists is refused by the schema already.
    assert any(":6:" in line for line in found)
    assert any(":7: strategy: 'oftn'" in line and "did you mean 'often'" in line for line in found)
    assert any(":10: comparison.kpis" in line and "did you mean 'market_share_units'" in line for line in found)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = = 1", "own.py:1: strategy: SyntaxError"),
        ("import nothing_of_that_name", "own.py:1: strategy: ModuleNotFoundError"),
        ("x = 1", "own.py: strategy: 0 strategies: must define exactly one"),
        (OWN + TWIN, "own.py: strategy: 2 strategies: must define exactly one"),
    ],
)
def test_a_user_s_file_that_is_wrong_is_named_with_its_line(folder, source, said):
    (folder / "own.py").write_text(source)
    assert any(said in line for line in problems(folder, "strategies:\n  a:\n    - ./own.py: {}\n"))


def test_a_missing_file_is_named_where_it_is_asked_for(folder):
    (line,) = problems(folder, "strategies:\n  a:\n    - ./onw.py: {}\n")
    assert "onw.py" in line
    assert "must be an existing Python file" in line


def test_a_future_is_the_scenario_with_its_fields_merged_in(folder):
    scenario = loaded(folder, "futures:\n  slow: {team: {visit: {speed_km_per_hour: 10}}}\n")
    assert future_names(scenario) == ["as stated", "slow"]
    assert in_future(scenario, "slow").team.visit.speed_km_per_hour == 10
    assert in_future(scenario, "slow").team.visit.detour_factor == scenario.team.visit.detour_factor
    assert in_future(scenario, "as stated") is scenario


def test_a_future_is_checked_like_the_scenario(folder):
    found = problems(folder, "futures:\n  slow:\n    team: {visit: {speed_km_per_hour: -1}}\n    strategy: x\n")
    assert any("plan.yaml:3: team.visit.speed_km_per_hour: -1" in line for line in found)
    assert any("plan.yaml:4: futures.slow.strategy" in line for line in found)


def test_a_future_keeps_the_rules_between_fields_and_no_problem_is_told_twice(folder):
    leads = "{capital_weight: 5, follow_neighbours: 9}"
    (line,) = problems(folder, f"mechanisms: {{lasting_leads: true}}\nfutures:\n  wild: {{leads: {leads}}}\n")
    assert "plan.yaml:3: leads: a loop gain of" in line
    (line,) = problems(folder, f"mechanisms: {{lasting_leads: true}}\nleads: {leads}\nfutures:\n  same: {{seed: 2}}\n")
    assert "plan.yaml:2: leads: a loop gain of" in line


def test_a_resolved_scenario_carries_the_strategy_s_file(folder, tmp_path):
    scenario = loaded(folder, "strategies:\n  often:\n    - ./own.py: {days: 3}\n")
    place = tmp_path / "moved"
    place.mkdir()
    again = sim.load(write_resolved(scenario, place))
    assert (place / "own.py").read_text() == OWN
    assert str(folder) not in (place / "scenario.yaml").read_text().replace(str(place), "")
    assert scenario_hash(again) == scenario_hash(scenario)


def test_another_source_is_another_scenario(folder):
    text = "strategies:\n  often:\n    - ./own.py: {days: 3}\n"
    before = scenario_hash(loaded(folder, text))
    (folder / "own.py").write_text(OWN.replace("7.0", "8.0"))
    assert scenario_hash(loaded(folder, text)) != before
