"""Robustness through an experiment, on a market with known answers."""

from __future__ import annotations

import pytest

from sim.errors import InputError, RunError
from sim.questions.study import study
from sim.questions.sweeps.load import load_experiment
from tests.studies import study_of
from tests.sweeps import SPEED, base, deadly

EXPERIMENT = {
    "uncertainties": {SPEED: {"list": (10.0, 20.0, 30.0)}},
    "outcomes": ("profit_manufacturer", "sell_out_units"),
    "replications": 2,
    "study": {"robustness": {"good_enough": {"profit_manufacturer": 5.0}}},
}


def outcome(name, parameters, world, replication):
    speed = world.team.visit.speed_km_per_hour
    profit = speed - 10.0 if name == "baseline" else 6.0
    return {"profit_manufacturer": profit + (-1) ** replication, "sell_out_units": 1.0}


def test_regret_and_good_enough_are_those_of_the_function(tmp_path) -> None:
    found = study_of(tmp_path, outcome, EXPERIMENT)
    table = found.answer.tables["robustness"].set_index("strategy")
    assert table.loc["baseline", "worst_regret"] == 6.0, "worth 0 where focus has 6"
    assert table.loc["focus", "worst_regret"] == 14.0, "6 where the baseline has 20"
    assert table.loc["focus", "met"] == 1.0
    met = found.answer.tables["good_enough"].set_index("strategy")["share"]
    assert met.to_dict() == {"focus": 1.0, "baseline": pytest.approx(2 / 3)}
    assert found.answer.text.startswith("baseline has the least regret in its worst world (6)")
    assert "Good enough most often: focus, in 100% of the worlds" in found.answer.text
    assert found.state.computed == len(found.runs) == 12


def test_a_kpi_that_is_not_measured_is_named() -> None:
    wrong = {**EXPERIMENT, "name": "trial", "study": {"robustness": {"good_enough": {"sell_out_unit": 1.0}}}}
    with pytest.raises(InputError, match=r"good_enough: sell_out_unit: .*did you mean .sell_out_units"):
        load_experiment(wrong, base())


def test_one_strategy_is_not_enough() -> None:
    with pytest.raises(InputError, match="strategies: focus: must be two at least for robustness"):
        load_experiment({**EXPERIMENT, "name": "trial", "strategies": ("focus",)}, base())


def test_a_run_that_fails_is_named_with_its_values(tmp_path) -> None:
    own, scenario = deadly(tmp_path, 2.0)
    own |= {"levers": {"strategies.bad.0.deadly.dose": {"list": (0.0, 2.0)}}, "study": {"robustness": {}}}
    with pytest.raises(RunError, match=r"runs: 1 failed: first bad, replication 0, strategies\.bad.*\.dose = 2"):
        study(own, scenario, store=tmp_path / "store")
