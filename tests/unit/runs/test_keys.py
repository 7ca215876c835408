"""What makes a run another run, and what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.runs import cells
from sim.runs.cells import Cells
from sim.scenario.schema import Scenario
from tests.markets import market

A = [{"zero_unvisited": {}}]
LOW = {"futures": {"low": {"consumers": {"panel": {"households": 9}}}}}


def key(*changes: dict[str, Any], strategy: str = "a", replication: int = 0, future: str = "as stated") -> str:
    return Cells(market({"strategies": {"a": A}}, *changes)).cell(strategy, replication, future).key


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"description": "why?"},
        {"replications": 9},
        {"comparison": {"question": "which?"}},
        {"strategies": {"b": A}},
        {"strategy": "a"},
        LOW,
    ],
)
def test_names_and_questions_change_no_run(change: dict[str, Any]) -> None:
    assert key(change) == key()


def test_a_strategy_is_its_parts_and_not_its_name() -> None:
    others = {"strategies": {"same": A, "empty": [], "other": [{"zero_unvisited": {}}, {"people": {}}]}}
    assert key(others, strategy="same") == key()
    assert key(others, strategy="empty") == key(strategy="baseline") != key()
    assert key(others, strategy="other") != key()


@pytest.mark.parametrize("change", [{"seed": 2}, {"outlets": {"generate": {"n": 31}}}, {"currency": "EUR"}])
def test_the_market_and_the_seed_change_the_run(change: dict[str, Any]) -> None:
    assert key(change) != key()


def test_replication_and_future_change_the_run() -> None:
    assert len({key(), key(replication=1), key(LOW, future="low")}) == 3
    stated = {"consumers": {"panel": {"households": 9}}}
    assert key(LOW, future="low") == key(stated)


def test_the_version_of_the_model_and_the_platform_change_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key()
    cells.surroundings.cache_clear()
    monkeypatch.setattr(cells, "MODEL_VERSION", -1)
    changed = key()
    cells.surroundings.cache_clear()
    assert changed != before
    monkeypatch.setattr(cells, "surroundings", lambda: ["other"])
    assert key() not in (before, changed)


def test_a_users_own_file_counts_by_its_content(tmp_path: Path) -> None:
    source = (Path(__file__).parents[3] / "scenarios" / "own_strategy").glob("*.py")
    text = next(source).read_text()

    def of(name: str, content: str) -> str:
        file = tmp_path / name
        file.write_text(content)
        scenario: Scenario = market({"strategies": {"mine": [{str(file): {}}]}})
        return Cells(scenario).cell("mine", 0).key

    assert of("one.py", text) == of("two.py", text) != of("one.py", text + "\n# another\n")
