"""The line between two strategies through an experiment, on a market with known answers."""

from __future__ import annotations

import re

import numpy as np
import pytest

from sim.questions.boundary import GRID
from tests.studies import study_of
from tests.sweeps import SPEED

DETOUR = "team.visit.detour_factor"
EXPERIMENT = {
    "uncertainties": {
        SPEED: {"distribution": "uniform", "low": 10, "high": 40},
        DETOUR: {"distribution": "uniform", "low": 1, "high": 2},
    },
    "outcomes": ("profit_manufacturer",),
    "replications": 2,
    "study": {"boundary": {"between": ("focus", "baseline"), "tolerance": 0.01}},
}


def height(speed):
    """The detour factor above which focus is better."""
    return 1.35 + 0.25 * np.sin(np.pi * (speed - 10) / 30)


def above_an_arc(name, parameters, world, replication):
    visit = world.team.visit
    gap = 100.0 * (visit.detour_factor - height(visit.speed_km_per_hour))
    # what luck adds to both is not seen in the difference
    return {"profit_manufacturer": 1000.0 * (-1) ** replication + (gap if name == "focus" else 0.0)}


def lucky(name, parameters, world, replication):
    # luck moves the whole line: up by a tenth of the axis in one half of the replications, down in the other
    gap = world.team.visit.detour_factor - 1.5 + 0.1 * (-1) ** replication
    return {"profit_manufacturer": gap if name == "focus" else 0.0}


def always(name, parameters, world, replication):
    return {"profit_manufacturer": world.team.visit.speed_km_per_hour + (9.0 if name == "baseline" else 0.0)}


def test_a_known_line_is_found_with_few_points(tmp_path) -> None:
    found = study_of(tmp_path, above_an_arc, EXPERIMENT)
    boundary = found.answer.found["boundary"]
    assert boundary.settled
    assert boundary.share() == pytest.approx(0.65 - 0.25 * 2 / np.pi, abs=0.015)
    line = found.answer.tables["line"]
    assert len(line) > 60
    assert np.abs(line[DETOUR] - height(line[SPEED])).max() < 0.02
    brief = found.answer.brief["line"]
    assert brief[SPEED].tolist() == pytest.approx(range(10, 41, 3)), "at round steps of the first axis"
    assert brief.merge(line).equals(brief)
    runs = found.answer.tables["runs"]
    assert len(runs) < GRID / 40
    later = runs[16:]
    # after the first look points go to the line, where a point put anywhere would be 0.26 away on average
    assert np.abs(later[DETOUR] - height(later[SPEED])).median() < 0.06
    assert found.state.computed == 4 * len(runs)
    text = found.answer.text
    assert "focus is better than baseline on profit_manufacturer in 49% of the plane" in text
    turns = r"at 10 where detour factor is above 1\.3[45]\d*; at 25 where detour factor is above ([0-9.]+);"
    (at_25,) = re.findall(turns, text)
    assert float(at_25) == pytest.approx(1.6, abs=0.02)
    assert f"{len(runs)} points were run; a grid that looks as finely has 61 × 61 = 3,721. Settled" in text


def test_luck_that_all_points_share_is_told(tmp_path) -> None:
    found = study_of(tmp_path, lucky, {**EXPERIMENT, "replications": 8})
    boundary, runs = found.answer.found["boundary"], found.answer.tables["runs"]
    error = 0.1 * np.sqrt(8 / 7) / np.sqrt(8)
    assert runs["deviation"].to_numpy() == pytest.approx(error)
    # the mean line is sharp, yet the interval of its place is 2.36 standard errors to either side (Student, 7)
    middle = boundary.plane[np.isclose(boundary.plane[DETOUR], 1.5)]
    assert middle["deviation"].to_numpy() == pytest.approx(2.365 / 1.96 * error, rel=0.02)
    assert found.answer.text.endswith(f"with other luck {boundary.unsure:.1%}.")
    # a normal error of s around a line across the plane calls 2 s / √(2 π) of it wrongly
    assert boundary.unsure == pytest.approx(2 * 2.365 / 1.96 * error / np.sqrt(2 * np.pi), rel=0.05)
    one = study_of(tmp_path / "one", lucky, {**EXPERIMENT, "replications": 1})
    assert "With one replication nothing is known of luck" in one.answer.reading[0]


def test_one_strategy_may_be_better_everywhere(tmp_path) -> None:
    found = study_of(tmp_path, always, EXPERIMENT)
    assert found.answer.text.startswith("baseline is better than focus on profit_manufacturer in the whole plane. ")
    assert found.answer.tables["line"].empty


def test_a_budget_that_does_not_reach_is_told(tmp_path) -> None:
    short = {**EXPERIMENT["study"]["boundary"], "budget": 16, "tolerance": 0.0001}
    found = study_of(tmp_path, above_an_arc, {**EXPERIMENT, "study": {"boundary": short}})
    assert len(found.answer.tables["runs"]) == 16
    assert "Not settled: " in found.answer.text
    assert found.answer.text.endswith("0.0% was asked for, give it a larger budget.")


def test_equal_strategies_have_no_line(tmp_path) -> None:
    found = study_of(tmp_path, lambda *_: {"profit_manufacturer": 3.0}, EXPERIMENT)
    assert found.answer.text == (
        "focus and baseline are equal on profit_manufacturer at each of 16 points: there is no line to find."
    )
    assert len(found.answer.tables["runs"]) == 16


def test_one_replication_says_that_other_luck_is_unknown(tmp_path) -> None:
    found = study_of(tmp_path, above_an_arc, {**EXPERIMENT, "replications": 1})
    assert "Settled for this luck alone" in found.answer.text
    assert "with other luck nobody knows (one replication)" in found.answer.text
