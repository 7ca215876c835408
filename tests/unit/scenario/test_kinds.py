"""A file of the wrong kind: one line says what it seems to be and which command takes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import exit_code
from sim.errors import InputError
from sim.questions.sweeps.schema import ExperimentSpec
from sim.scenario.compose import EXPERIMENT_ONLY, FILE_KEYS, SHARED, read_kind
from sim.scenario.schema import Scenario

ROOT = Path(__file__).parents[3] / "scenarios"
SCENARIO = str(ROOT / "questions" / "hire_or_train.yaml")
BASE = 1 + Path(SCENARIO).read_text(encoding="utf-8").splitlines().index("base: district.yaml")
SWEEP = str(ROOT / "experiments" / "share_of_people.yaml")
STUDY = str(ROOT / "experiments" / "best_people.yaml")
SCENARIOS = "must be an experiment; this file is for `arsim run`, `arsim check` and `arsim compare`"


@pytest.mark.parametrize(
    ("command", "file", "said"),
    [
        ("study", SCENARIO, f":{BASE}: file: seems to be a scenario (base, description): {SCENARIOS}"),
        ("sweep", SCENARIO, f":{BASE}: file: seems to be a scenario (base, description): {SCENARIOS}"),
        (
            "run",
            SWEEP,
            ":4: file: seems to be an experiment (question, scenario): must be a scenario; this file is "
            "for `arsim sweep`",
        ),
        (
            "check",
            STUDY,
            ":5: file: seems to be an experiment (question, scenario): must be a scenario; this file is "
            "for `arsim study`",
        ),
        (
            "compare",
            STUDY,
            ":5: file: seems to be an experiment (question, scenario): must be a scenario; this file "
            "is for `arsim study`",
        ),
    ],
)
def test_the_other_kind_of_file_is_one_line(
    command: str, file: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code([command, file]) == 2
    assert capsys.readouterr().err == f"{file}{said}\n"


def seeming(folder: Path, text: str, kind: str) -> str:
    file = folder / "file.yaml"
    file.write_text(text, encoding="utf-8")
    try:
        read_kind(str(file), kind)  # type: ignore[arg-type]
    except InputError as error:
        return str(error).removeprefix(str(file))
    return ""


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("name: small\n", "experiment", ":1: file: seems to be a scenario: must be an experiment"),
        ("strategies: [a, b]\n", "scenario", ":1: file: seems to be an experiment (strategies)"),
        ("strategies: {a: []}\n", "experiment", ":1: file: seems to be a scenario (strategies)"),
        # a field at the wrong place is a mistake in a field
        ("scenario: a.yaml\nlevers: {}\ncalendar: {}\n", "experiment", ""),
        ("name: x\nteam: {}\ncalendar: {}\nlevers: {}\n", "scenario", ""),
        ("levers: {}\nteam: {}\n", "scenario", ""),
        ("nmae: x\n", "experiment", ""),
        ("name: small\n", "scenario", ""),
    ],
)
def test_most_fields_decide(text: str, kind: str, said: str, tmp_path: Path) -> None:
    found = seeming(tmp_path, text, kind)
    assert found.startswith(said) if said else found == ""


def test_a_base_that_is_no_scenario_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.yaml").write_text(f"base: {STUDY}\n", encoding="utf-8")
    assert exit_code(["check", str(tmp_path / "own.yaml")]) == 2
    assert capsys.readouterr().err.startswith(f"{STUDY}:5: file: seems to be an experiment")


def test_the_names_are_those_of_the_schemas() -> None:
    scenario, experiment = {*Scenario.model_fields, *FILE_KEYS}, set(ExperimentSpec.model_fields)
    assert scenario & experiment == SHARED
    assert experiment - scenario == EXPERIMENT_ONLY
