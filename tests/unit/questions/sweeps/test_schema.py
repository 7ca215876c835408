"""What an experiment file may say, and what is said of one that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError
from sim.questions.sweeps.load import load_experiment
from sim.questions.sweeps.plan import refuse_above
from tests.sweeps import SHARE, SPEED, base, experiment

SCENARIO = """name: tiny
strategies:
  focus:
    - concentrate: {territories: 1}
"""
FILE = """name: trial
scenario: base.yaml
strategies: [baseline, focus]
levers:
  strategies.focus.0.concentrate.share_of_people: {list: [0.3, 0.6]}
uncertainties:
  team.visit.speed_km_per_hour: {grid: {low: 10, high: 40, n: 3}}
constants:
  outlets.generate.n: 50
outcomes: [profit_manufacturer]
"""


def written(folder: Path, old: str = "", new: str = "") -> Path:
    assert old in FILE
    (folder / "base.yaml").write_text(SCENARIO, encoding="utf-8")
    file = folder / "trial.yaml"
    file.write_text(FILE.replace(old, new) if old else FILE, encoding="utf-8")
    return file


def test_a_sound_file_loads(tmp_path: Path) -> None:
    found = load_experiment(written(tmp_path))
    assert found.strategies == ("baseline", "focus")
    assert found.base.outlets.generate is not None
    assert found.base.outlets.generate.n == 50
    assert found.base.name == "trial"


MISTAKES = [
    ("speed_km_per_hour", "sped_km_per_hour", 7, "is not a field of team.visit (did you mean 'speed_km_per_hour'?)"),
    ("high: 40", "high: 400", 7, "must be at most 200 (km/h)"),
    ("[0.3, 0.6]", "[0.3, 1.6]", 5, "share_of_people: 1.6: must be at most 1"),
    ("[0.3, 0.6]", "[0.3, 0.3]", 5, "a value stands twice in the list"),
    (".0.concentrate", ".1.concentrate", 5, "strategy focus has 1 parts"),
    (".0.concentrate", ".0.concentrat", 5, "is of the kind concentrate (did you mean 'concentrate'?)"),
    ("strategies.focus", "strategies.fokus", 5, "did you mean 'focus'?"),
    ("share_of_people:", "share_of_peopel:", 5, "is not a field of concentrate (did you mean 'share_of_people'?)"),
    ("[baseline, focus]", "[baseline, focu]", 3, "must be a strategy of the scenario; there: baseline, focus"),
    ("[baseline, focus]", "[baseline]", 5, "is not among the strategies that are run"),
    ("base.yaml", "bas.yaml", 2, "was not found (did you mean 'base.yaml'?)"),
    ("profit_manufacturer", "profit_manufacture", 10, "must be a KPI of the catalogue"),
    ("outlets.generate.n: 50", "outlets.generate.n: -50", 9, "outlets.generate.n: -50: must be at least"),
    ("outlets.generate.n: 50", "seed: 50", 9, "cannot vary: the experiment has a seed of its own"),
    ("team.visit.speed_km_per_hour", "team.visit", 7, "must name one value, and this is a mapping of fields"),
    ("{grid: {low: 10, high: 40, n: 3}}", "{grid: {low: 10, high: 4, n: 3}}", 7, "low must be below high"),
    (
        "{grid: {low: 10, high: 40, n: 3}}",
        "{low: 10, high: 40}",
        7,
        "give one of list, grid and distribution, not none",
    ),
    ("{grid: {low: 10, high: 40, n: 3}}", "{distribution: normal, low: 10}", 7, "normal distribution needs mean, sd"),
    ("{grid: {low: 10, high: 40, n: 3}}", "{distribution: uniform, low: 10, high: 40}", 1, "only of a list or a grid"),
    ("outcomes:", "design: sobol\nsamples: 12\noutcomes:", 1, "sobol needs a power of 2"),
    ("outcomes:", "design: latin\noutcomes:", 10, "must be one of grid, latin_hypercube, sobol"),
    ("outcomes:", "repetitions: 3\noutcomes:", 10, "did you mean 'replications'?"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), MISTAKES, ids=[new for _, new, _, _ in MISTAKES])
def test_mistakes_are_named_with_their_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    file = written(tmp_path, old, new)
    with pytest.raises(InputError) as found:
        load_experiment(file)
    (first, *_) = lines = str(found.value).splitlines()
    assert len(lines) == 1, lines
    assert first.startswith(f"{file}:{line}: ")
    assert words in first


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    file = written(tmp_path, "focus]", "focu]")
    file.write_text(file.read_text().replace("speed_km", "sped_km").replace("share_of", "shar_of"))
    with pytest.raises(InputError) as found:
        load_experiment(file)
    assert [p.line for p in found.value.problems] == [3, 5, 7]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"levers": {SHARE: {"list": (0.3, "much")}}}, "must be a number"),
        ({"uncertainties": {SPEED: {"distribution": "uniform", "low": 0, "high": 9}}, "levers": {}}, "greater than 0"),
    ],
)
def test_values_out_of_bounds_are_refused_in_python_too(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_experiment({**experiment(), **change, "cross_levers": False}, base())


def test_the_budget_refuses_and_limit_confirms() -> None:
    found = load_experiment(experiment({"max_runs": 10}), base())
    with pytest.raises(InputError, match="confirm it by --limit 16"):
        refuse_above(found, None)
    assert refuse_above(found, 16) == 16
