"""The example of a user's own strategy: it loads by its path, refuses bad values, and runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.engine import Session
from sim.errors import InputError
from sim.loading import load
from sim.strategies.plan import plan_of
from tests.views import assert_pure, levers_after, made_view

ROOT = Path(__file__).parents[3]
SCENARIO = ROOT / "scenarios" / "own_strategy" / "own_strategy.yaml"
SHORT = ("calendar.burn_in_days=14", "calendar.duration_days=5", "direction.review_days=2", "outlets.generate.n=60")


def test_it_is_found_by_its_path_from_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    scenario = load(SCENARIO)
    assert [part.kind for part in plan_of(scenario).parts] == ["empty_shelves"]
    assert [part.kind for part in plan_of(scenario, "shelves_and_training").parts] == ["empty_shelves", "people"]


def test_a_value_out_of_bounds_is_refused_with_its_line(tmp_path: Path) -> None:
    text = SCENARIO.read_text(encoding="utf-8").replace("interval_factor: 0.7", "interval_factor: 7")
    text = text.replace("../baseline.yaml", str(ROOT / "scenarios" / "baseline.yaml"))
    (tmp_path / "empty_shelves.py").write_bytes((SCENARIO.parent / "empty_shelves.py").read_bytes())
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.yaml:10.*interval_factor.*at most 1"):
        load(tmp_path / "bad.yaml")


def test_it_calls_more_often_where_shelves_are_empty() -> None:
    (part,) = plan_of(load(SCENARIO)).parts
    seen = np.full((6, 3), np.nan)
    seen[:3, 0] = [0.0, 0.2, 0.9]
    view = made_view(3, outlets={"seen_empty": seen})
    assert levers_after(view, part.decide(view, {}))["outlet_interval"].tolist() == [1.0, 0.5, 0.5, 1.0, 1.0, 1.0]
    assert_pure(part, view)


def test_the_page_shows_the_file_as_it_is() -> None:
    page = (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8")
    source = (SCENARIO.parent / "empty_shelves.py").read_text(encoding="utf-8")
    assert source[source.index("class EmptyShelves") :].strip() in page


def test_the_page_composes_strategies_that_load(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8")
    block = page.split("```yaml\n")[1].split("```")[0]
    composed = tmp_path / "composed.yaml"
    composed.write_text(block.replace("baseline.yaml", str(ROOT / "scenarios" / "baseline.yaml")), encoding="utf-8")
    parts = {name: [part.kind for part in plan_of(load(composed), name).parts] for name in load(composed).strategies}
    assert parts == {
        "big_customers": ["key_accounts"],
        "big_customers_well_stocked": ["key_accounts", "inventory", "calendar"],
    }


@pytest.mark.parametrize(("strategy", "factor"), [("shelves", 0.5), ("shelves_and_training", 0.7)])
def test_it_runs_and_moves_its_lever(strategy: str, factor: float) -> None:
    session = Session(load(SCENARIO, SHORT), strategy=strategy)
    session.step(14)
    assert (session.world.columns["lever_outlet_interval"] == 1.0).all(), "nothing is decided in the burn-in"
    session.step(19)
    assert set(np.unique(session.world.columns["lever_outlet_interval"])) == {factor, 1.0}
