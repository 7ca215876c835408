"""The questions of the scenario library: each file loads and decides, and has a page that agrees with its results."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import sim
from sim.engine import rehearse
from sim.metrics.catalogue import KPIS
from sim.scenario.futures import PRESENT, in_future
from sim.strategies.plan import BASELINE
from studies.questions.pages import VOID, is_void

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "questions"
STUDY = ROOT / "studies" / "questions"
SCENARIOS = ROOT / "scenarios" / "questions"
BASES = {"region", "district", "newcomer"}
NAMES = sorted(path.stem for path in SCENARIOS.glob("*.yaml") if path.stem not in BASES)
ASKED = [name for name in NAMES if (STUDY / "results" / f"{name}.json").exists()]
"""Questions that were run; a page whose scenario has changed since says that it is void."""
WORDS: dict[str, Any] = YAML(typ="safe").load((STUDY / "answers.yaml").read_text(encoding="utf-8"))


def results(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((STUDY / "results" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def test_there_are_sixteen() -> None:
    assert len(NAMES) == 16
    assert set(ASKED) == set(WORDS) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_states_its_question(name: str) -> None:
    scenario = sim.load(SCENARIOS / f"{name}.yaml")
    assert (SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8").startswith("# QUESTION: ")
    assert scenario.name == name
    assert scenario.comparison.question.endswith("?")
    assert scenario.comparison.baseline in (BASELINE, *scenario.strategies)
    assert KPIS[scenario.comparison.kpis[0]].better != "neutral"
    assert len(scenario.strategies) >= 2
    assert set(WORDS.get(name, {}).get("futures", [])) <= set(scenario.futures)
    assert all(in_future(scenario, future) for future in scenario.futures)


@pytest.mark.parametrize("name", NAMES)
def test_every_strategy_can_decide(name: str) -> None:
    scenario = sim.load(SCENARIOS / f"{name}.yaml")
    for strategy in scenario.strategies:
        assert sum(rehearse(scenario, strategy).values()) > 0, strategy


@pytest.mark.parametrize("name", ASKED)
def test_results_are_of_this_scenario(name: str) -> None:
    scenario, found = sim.load(SCENARIOS / f"{name}.yaml"), results(name)
    void = is_void(name, found)
    assert void == (VOID in page(name)), "run the question, or write its page again, which says that it is void"
    if void:
        return
    assert found["question"] == scenario.comparison.question
    assert found["strategies"] == list(dict.fromkeys([scenario.comparison.baseline, *scenario.strategies]))
    assert found["futures"] == [PRESENT, *WORDS[name].get("futures", [])]
    assert found["kpis"] == list(scenario.comparison.kpis)
    assert found["replications"] >= 20
    assert WORDS[name]["objections"]
    assert {(row["future"], row["strategy"]) for row in found["at_the_end"]} == {
        (row["future"], row["strategy"]) for row in found["differences"]
    }
    arms = len(found["strategies"]) - 1
    assert len(found["pairs"]) == arms * (arms - 1) * len(found["futures"])


@pytest.mark.parametrize("name", ASKED)
def test_quoted_verdicts_are_those_of_the_results(name: str) -> None:
    found: dict[str, dict[str, str]] = {}
    for row in results(name)["differences"]:
        found.setdefault(row["future"], {})[row["strategy"]] = row["verdict"]
    assert WORDS[name]["verdicts"] == found, f"read the words of {name} again: its results say something else"


@pytest.mark.parametrize("name", ASKED)
def test_a_page_is_whole(name: str) -> None:
    text, found = page(name), results(name)
    assert (DOCS / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert f"]({name}.png)" in text
    assert not re.search(r"[{}]|\bnan\b|\bNone\b", text)
    for row in found["differences"]:
        line = f"| {row['future'].replace('_', ' ')} | {row['strategy'].replace('_', ' ')} | "
        stated = next(entry for entry in text.splitlines() if entry.startswith(line))
        assert f"| {row['n']} | " in stated
        assert row["verdict"] in stated or row["identical"], stated


@pytest.mark.parametrize("name", ASKED)
def test_the_list_names_every_page(name: str) -> None:
    listed = page("README")
    assert f"]({name}.md)" in listed
    assert f"scenarios/questions/{name}.yaml" in listed
