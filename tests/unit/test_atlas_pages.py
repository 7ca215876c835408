"""The atlas: every map has a page that says what the map says, and a page whose model has changed is marked as old."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

import sim
from sim.cli import cli
from sim.engine import rehearse
from sim.questions.atlas.chart import shipped
from sim.questions.atlas.words import verdict
from sim.questions.sweeps.load import load_experiment
from studies.atlas import pages, steps
from studies.atlas.make import PRINCIPLES

MAPS = shipped()
ATLAS = steps.FOLDER
DISTRICT = Path(__file__).parents[2] / "scenarios" / "questions" / "district.yaml"


def plain(name: str) -> str:
    """A page without its line breaks."""
    return " ".join((pages.PAGES / name).read_text(encoding="utf-8").split())


def test_the_index_names_every_principle_and_invents_none() -> None:
    index = plain("README.md")
    for name in PRINCIPLES:
        title = pages.words()[name]["title"]
        assert (f"[{title}]({name}.md)" if name in MAPS else f"| {title} | not yet asked |") in index
    assert set(MAPS) <= set(PRINCIPLES)


@pytest.mark.parametrize("name", PRINCIPLES)
def test_a_principle_states_its_arms_ranges_and_reasons(name: str) -> None:
    scenario = sim.load(ATLAS / f"{name}.yaml")
    assert scenario.comparison.question.endswith("?")
    assert (ATLAS / f"{name}.yaml").read_text(encoding="utf-8").startswith("# PRINCIPLE: ")
    for strategy in scenario.strategies:
        assert sum(rehearse(scenario, strategy).values()) > 0, strategy
    candidates = load_experiment(ATLAS / "matters" / f"{name}.yaml")
    stated = steps.ranges_of(name)
    assert [row["path"] for row in stated] == candidates.paths
    assert all(len(row["reason"]) > 20 for row in stated), "every range has its reason"
    assert set(pages.words()[name]["names"]) == set(candidates.paths)
    assert len(pages.words()[name]["objections"]) >= 3


@pytest.mark.parametrize("name", MAPS)
def test_a_page_says_what_its_map_says(name: str) -> None:
    chart, page = MAPS[name], plain(f"{name}.md")
    experiment = load_experiment(ATLAS / "maps" / f"{name}.yaml")
    assert [axis.path for axis in chart.axes] == experiment.paths
    assert (
        experiment.spec.uncertainties.items()
        <= load_experiment(ATLAS / "matters" / f"{name}.yaml").spec.uncertainties.items()
    ), "the ranges are those that were stated before any run"
    assert f"**{verdict(chart)}**" in page
    assert chart.made["fingerprint"] in page
    assert (pages.PAGES / f"{name}.png").exists()
    for row in chart.extra.get("confirmed") or ():
        assert row["n"] >= 20


@pytest.mark.parametrize("name", MAPS)
def test_a_page_is_marked_when_the_model_has_changed(name: str) -> None:
    is_marked = pages.OLD in (pages.PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert pages.is_old(MAPS[name]) == is_marked, 'run `python -m studies.atlas.make --steps ""`, which marks it'


def test_most_clear_points_on_fresh_luck_were_called_rightly() -> None:
    points = [row for chart in MAPS.values() for row in chart.extra.get("confirmed") or ()]
    seen = [row for row in points if row["low"] > 0 or row["high"] < 0]
    assert not points or sum(row["told"] * row["mean"] > 0 for row in seen) >= 0.9 * len(seen)


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(cli, ["atlas", *map(str, arguments)])


def test_the_command_says_where_a_scenario_lies(tmp_path: Path) -> None:
    name = next(iter(MAPS))
    listed = run()
    assert listed.exit_code == 0
    assert [line for line in listed.output.splitlines() if line.startswith(f"{name}: ")]
    first = MAPS[name].axes[0]
    found = run(DISTRICT, "--principle", name, "--out", tmp_path, "--at", f"{first.path}={first.values[3]}")
    assert found.exit_code == 0, found.output
    assert found.output.splitlines()[0] == MAPS[name].question
    assert "Better: " in found.output
    assert list((tmp_path / "atlas").glob("*.png"))
    every = run(DISTRICT)
    assert every.exit_code == 0, every.output
    assert len(every.output.splitlines()) == len(MAPS) + 1
    wrong = run(DISTRICT, "--principle", name[:-1])
    assert isinstance(wrong.exception, sim.InputError)
    assert f"(did you mean '{name}'?)" in str(wrong.exception)
    assert YAML(typ="safe").load((ATLAS / f"{name}.yaml").read_text(encoding="utf-8"))["name"] == name
