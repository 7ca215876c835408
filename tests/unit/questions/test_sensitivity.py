"""Sensitivity through an experiment, on a market with known answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.questions.sweeps.load import load_experiment
from tests.studies import most_runs, study_of
from tests.sweeps import SPEED, base
from tests.unit.statistics.functions import ISHIGAMI_FIRST, ISHIGAMI_TOTAL

DETOUR, SAFETY = "team.visit.detour_factor", "team.visit.order_safety_factor"
RANGES = {SPEED: (10.0, 40.0), DETOUR: (1.0, 2.0), SAFETY: (0.0, 3.0)}
X = dict(zip(("x1", "x2", "x3"), RANGES, strict=True))
EXPERIMENT = {
    "uncertainties": {p: {"distribution": "uniform", "low": low, "high": high} for p, (low, high) in RANGES.items()},
    "outcomes": ("profit_manufacturer",),
    "replications": 1,
}
BETWEEN = ("focus", "baseline")
KPI = "profit_manufacturer · baseline"


def angles(world):
    """The three fields as Ishigami's angles, each from −π to π."""
    visit = world.team.visit
    values = (visit.speed_km_per_hour, visit.detour_factor, visit.order_safety_factor)
    return [np.pi * (2 * (v - low) / (high - low) - 1) for v, (low, high) in zip(values, RANGES.values(), strict=True)]


def ishigami(name, parameters, world, replication):
    # what the strategies differ by depends on the third angle alone, which by itself moves the outcome not at all
    x1, x2, x3 = angles(world)
    value = np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)
    return {"profit_manufacturer": value + (0.5 * (x3 - 1.0) if name == "focus" else 0.0)}


def always(name, parameters, world, replication):
    return {"profit_manufacturer": angles(world)[0] + (1.0 if name == "focus" else 0.0)}


def asking(**study):
    return {**EXPERIMENT, "study": {"sensitivity": study}, "max_runs": 10_000}


def test_shares_of_ishigami_and_what_decides_the_choice(tmp_path) -> None:
    found = study_of(tmp_path, ishigami, asking(method="sobol", samples=256, between=BETWEEN))
    table = found.answer.tables["sensitivity"].set_index(["outcome", "order", "dimension"]).sort_index()
    for order, known in (("first", ISHIGAMI_FIRST), ("total", ISHIGAMI_TOTAL)):
        for name, value in known.items():
            row = table.loc[(KPI, order, X[name])]
            deviation = max((row["high"] - row["low"]) / 4, 0.01)
            assert abs(row["index"] - value) < 3 * deviation, f"{order} of {name}"
            assert deviation < 0.12, "an interval that holds everything proves nothing"
    for outcome in ("difference", "beats"):
        total = table.loc[(outcome, "total"), "index"]
        assert total.to_dict() == pytest.approx({X["x1"]: 0.0, X["x2"]: 0.0, X["x3"]: 1.0}, abs=0.05)
    assert "What decides whether focus or baseline is better: order safety factor (" in found.answer.text
    assert "What moves profit_manufacturer most: speed km per hour (" in found.answer.text
    choice = found.answer.tables["choice"]
    assert (choice["beats"] == (choice[SAFETY] > 1.5 + 1.5 / np.pi)).all()


def test_effects_of_morris(tmp_path) -> None:
    experiment = asking(trajectories=6, between=BETWEEN)
    found = study_of(tmp_path, ishigami, experiment)
    assert len(found.runs) == 6 * 4 * 2 == most_runs(load_experiment({"name": "trial", **experiment}, base()))
    mean = found.answer.tables["sensitivity"].set_index(["outcome", "dimension"])["mu"]
    # the difference is linear: half of the angle, over the whole range
    assert mean["difference"].to_dict() == pytest.approx({X["x1"]: 0, X["x2"]: 0, X["x3"]: np.pi}, abs=1e-4)
    apart = mean["profit_manufacturer · focus"] - mean["profit_manufacturer · baseline"]
    pd.testing.assert_series_equal(apart, mean["difference"], check_names=False, atol=1e-9)
    # of the grid's four places the two above the turn are those to which every step along it goes, or comes from
    said = "order safety factor (changes it in 100% of the steps along it, 100% to 100%); never speed km per hour"
    assert said in found.answer.text
    assert found.state.computed <= 48


def test_a_dimension_that_moves_both_alike_does_not_decide(tmp_path) -> None:
    found = study_of(tmp_path, always, asking(trajectories=4, between=BETWEEN))
    assert found.answer.text.startswith("Nothing decides the choice: focus is better than baseline on profit")
    assert "What moves profit_manufacturer most: speed km per hour (by 6, 6 to 6) under baseline" in found.answer.text
    sobol = study_of(tmp_path, always, asking(method="sobol", samples=8, between=BETWEEN))
    assert sobol.answer.text.startswith("Nothing decides the choice")
    plain = study_of(tmp_path, always, asking(trajectories=4))
    assert plain.answer.text.startswith("What moves")
    assert set(plain.answer.tables) == {"sensitivity"}
