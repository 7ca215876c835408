"""Scenario discovery through an experiment, on a market with known answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.studies import study_of
from tests.sweeps import SPEED

DETOUR, SAFETY = "team.visit.detour_factor", "team.visit.order_safety_factor"
EXPERIMENT = {
    "uncertainties": {
        SPEED: {"distribution": "uniform", "low": 10, "high": 40},
        DETOUR: {"distribution": "uniform", "low": 1, "high": 2},
        SAFETY: {"distribution": "uniform", "low": 0, "high": 3},
    },
    "outcomes": ("profit_manufacturer",),
    "design": "latin_hypercube",
    "samples": 200,
    "replications": 1,
    "study": {"discovery": {"between": ("focus", "baseline"), "by": 5.0}},
}


def in_a_box(name, parameters, world, replication):
    # better everywhere, but by more than 5 in a box only
    visit = world.team.visit
    inside = visit.speed_km_per_hour > 22.0 and visit.detour_factor < 1.5
    return {"profit_manufacturer": (9.0 if inside else 1.0) if name == "focus" else 0.0}


def by_luck(name, parameters, world, replication):
    # no limit on any dimension tells these apart
    odd = int(1e3 * world.team.visit.speed_km_per_hour) % 2
    return {"profit_manufacturer": 9.0 * odd if name == "focus" else 0.0}


def nowhere(name, parameters, world, replication):
    return {"profit_manufacturer": 5.0 if name == "focus" else 0.0}


def everywhere(name, parameters, world, replication):
    return {"profit_manufacturer": 6.0 if name == "focus" else 0.0}


def test_a_known_box_is_found_and_honestly_scored(tmp_path) -> None:
    found = study_of(tmp_path, in_a_box, EXPERIMENT)
    tables = found.answer.tables
    box = tables["box"].set_index("dimension")
    assert set(box.index) == {SPEED, DETOUR}, "the third dimension does nothing"
    # 140 points find the box: some 10 of them lie within 2 km/h of the one limit, and within 0.05 of the other
    assert box.loc[SPEED, "low"] == pytest.approx(22.0, abs=2.0)
    assert box.loc[DETOUR, "high"] == pytest.approx(1.5, abs=0.05)
    points = tables["points"]
    assert (points["case"] == ((points[SPEED] > 22.0) & (points[DETOUR] < 1.5))).all()
    assert points["held_out"].sum() == 60
    lies = (points[SPEED] >= box.loc[SPEED, "low"]) & (points[DETOUR] <= box.loc[DETOUR, "high"])
    score = tables["score"].set_index("of")
    for name, own in (("found the box", ~points["held_out"]), ("held out", points["held_out"])):
        assert score.loc[name, "n"] == own.sum()
        assert score.loc[name, "inside"] == (own & lies).sum()
        assert score.loc[name, "density"] == pytest.approx(points["case"][own & lies].mean())
        assert score.loc[name, "coverage"] == pytest.approx(lies[own & points["case"]].mean())
        assert score.loc[name, "low"] < score.loc[name, "density"] <= score.loc[name, "high"] + 1e-9
    assert score.loc["held out", "density"] > 0.85
    assert "It does so where speed km per hour is at least 2" in found.answer.text
    assert "Of the 60 points held out" in found.answer.text
    assert tables["rules"].loc[0, "density"] == 1.0
    assert " of the points held out rightly." in found.answer.text
    assert found.state.computed == len(found.runs) == 400


def test_rules_are_scored_on_the_points_held_out(tmp_path) -> None:
    found = study_of(tmp_path, in_a_box, EXPERIMENT)
    rules, points = found.answer.tables["rules"], found.answer.tables["points"]
    checking = points[points["held_out"]]
    assert rules["n"].sum() == 140
    assert rules["held_out"].sum() == 60
    assert (rules["held_out"] * rules["held_out_density"]).sum() == pytest.approx(checking["case"].sum())
    assert rules["held_out_coverage"].sum() == pytest.approx(1.0)
    # a rule that names no choice reads as a query
    words = {"speed km per hour": SPEED, "detour factor": DETOUR, "order safety factor": SAFETY, "≤": "<="}
    for row in rules.to_dict("records"):
        rule = row["rule"]
        for word, name in words.items():
            rule = rule.replace(word, name if name == "<=" else f"`{name}`")
        inside = checking.query(rule)
        assert row["held_out"] == len(inside)
        assert row["held_out_density"] == pytest.approx(inside["case"].mean(), nan_ok=True)
        if len(inside):
            assert row["held_out_low"] <= row["held_out_density"] <= row["held_out_high"] + 1e-9


def test_a_box_made_of_luck_is_not_told(tmp_path) -> None:
    found = study_of(tmp_path, by_luck, {**EXPERIMENT, "samples": 60})
    text = found.answer.text
    score = found.answer.tables["score"].set_index("of")
    # with few points luck may still look like a box: then the points held out say so
    honest = "No restriction sets these worlds apart" in text or score.loc["held out", "density"] < 0.8
    assert honest, text


@pytest.mark.parametrize(("outcome", "said"), [(nowhere, "nowhere: in 0"), (everywhere, "everywhere: in 30")])
def test_all_or_none_is_said_plainly(outcome, said, tmp_path) -> None:
    found = study_of(tmp_path, outcome, {**EXPERIMENT, "samples": 30})
    assert found.answer.text == f"focus beats baseline by more than 5 on profit_manufacturer {said} of 30 worlds."
    assert set(found.answer.tables) == {"points"}


def test_without_points_held_out_it_says_so(tmp_path) -> None:
    study = {"discovery": {**EXPERIMENT["study"]["discovery"], "held_out": 0.0}}
    found = study_of(tmp_path, in_a_box, {**EXPERIMENT, "samples": 60, "study": study})
    assert found.answer.text.endswith("no points were held out to check it.")
    pd.testing.assert_series_equal(found.answer.tables["score"]["n"], pd.Series([60], name="n"))
    assert not np.isnan(found.answer.tables["score"]["coverage"]).any()
    assert list(found.answer.tables["rules"]) == ["rule", "n", "density", "coverage"]
