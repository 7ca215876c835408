"""Maps: what is read off them, where a scenario lies, and that they come through a file unchanged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.questions.atlas.chart import Map, map_of, read_map, write_map
from sim.questions.atlas.place import place_on, value_at
from sim.questions.atlas.words import verdict
from sim.terminal.atlas import place_lines, stated
from tests.studies import study_of
from tests.sweeps import SPEED, base
from tests.unit.questions.test_boundary import DETOUR, EXPERIMENT, above_an_arc, always, height, lucky


@pytest.fixture(scope="module")
def arc(tmp_path_factory: pytest.TempPathFactory) -> Map:
    return map_of(study_of(tmp_path_factory.mktemp("arc"), above_an_arc, EXPERIMENT))


def test_a_map_keeps_the_line(arc: Map) -> None:
    assert [axis.path for axis in arc.axes] == [SPEED, DETOUR]
    assert arc.share == pytest.approx(0.65 - 0.25 * 2 / np.pi, abs=0.015)
    for speed in (13.0, 20.0, 31.0):
        turn = arc.turns(speed, 1.1)[1]
        assert turn is not None
        assert turn.low <= turn.value <= turn.high
        assert turn.value == pytest.approx(height(speed), abs=0.02)
        assert arc.at(speed, 1.9)[0] == pytest.approx(100 * (1.9 - height(speed)), abs=3)
    left, _ = arc.turns(12.0, 1.5)
    right, _ = arc.turns(38.0, 1.5)
    assert left is not None
    assert right is not None
    assert left.value < 25 < right.value, "the nearest of the two places at which it turns"
    assert arc.turns(25.0, 1.9)[0] is None


def test_information_is_what_a_choice_after_looking_gains(arc: Map) -> None:
    speed, detour = np.linspace(10, 40, 601), np.linspace(1, 2, 601)
    gap = 100.0 * (detour[:, None] - height(speed)[None, :])
    now = max(gap.mean(), 0.0)
    exact = [np.maximum(gap.mean(axis=0), 0).mean() - now, np.maximum(gap.mean(axis=1), 0).mean() - now]
    assert arc.information() == pytest.approx([*exact, np.maximum(gap, 0).mean() - now], abs=0.25)


def test_a_map_comes_through_its_file(arc: Map, tmp_path: Path) -> None:
    again = read_map(write_map(arc, tmp_path).read_text(encoding="utf-8"))
    np.testing.assert_allclose(again.mean, arc.mean, rtol=1e-4, atol=1e-3)
    assert again.turns(20.0, 1.1)[1].value == pytest.approx(arc.turns(20.0, 1.1)[1].value, abs=1e-3)  # type: ignore[union-attr]
    assert verdict(again) == verdict(arc)
    assert again.axes[0].values == pytest.approx(arc.axes[0].values)


def test_a_scenario_lies_on_a_map(arc: Map) -> None:
    scenario = base({"team": {"visit": {"speed_km_per_hour": 20.0, "detour_factor": 1.4}}})
    place = place_on(arc, scenario, {}, "mine.yaml")
    assert place.better == "baseline"
    assert place.difference == pytest.approx(100 * (1.4 - height(20.0)), abs=3)
    assert place.is_clear
    assert not place.outside
    text = "\n".join(place_lines(place))
    assert text.count("@") == 2, "on the picture and in its key"
    assert "Better: baseline, clearly." in text
    assert "Along detour factor it turns at 1.5" in text
    assert "To find out first: detour factor." in text
    moved = place_on(arc, scenario, {DETOUR: 1.9}, "mine.yaml")
    assert moved.better == "focus"
    assert place_on(arc, scenario, {SPEED: 99.0}, "mine.yaml").outside == ("speed km per hour",)


def test_twice_the_shops_have_twice_the_money(arc: Map) -> None:
    scenario = base({"outlets": {"generate": {"n": 2 * arc.outlets}}})
    one, two = (place_on(arc, s, {SPEED: 20.0, DETOUR: 1.4}, "") for s in (base(), scenario))
    assert two.scale == 2.0
    assert two.difference == pytest.approx(2 * one.difference)
    assert two.worth == pytest.approx([2 * w for w in one.worth])


def test_luck_widens_where_it_turns(tmp_path: Path) -> None:
    chart = map_of(study_of(tmp_path, lucky, {**EXPERIMENT, "replications": 8}))
    turn = chart.turns(25.0, 1.5)[1]
    assert turn is not None
    # 2.365 standard errors (Student, 7) of the mean of eight that lie 0.1 to either side
    half = 2.365 * 0.1 * np.sqrt(8 / 7) / np.sqrt(8)
    assert (turn.low, turn.high) == pytest.approx((turn.value - half, turn.value + half), abs=0.01)
    assert not place_on(chart, base(), {SPEED: 25.0, DETOUR: 1.5 + half / 2}, "").is_clear


def test_an_empty_side_is_said_first(tmp_path: Path) -> None:
    chart = map_of(study_of(tmp_path, always, EXPERIMENT))
    assert verdict(chart) == "Focus: never, in this range. Baseline: better everywhere."
    place = place_on(chart, base(), {}, "")
    assert place.turns == (None, None)
    assert any(line.startswith("To find out: neither would change the choice") for line in place_lines(place))


def test_what_is_no_axis_is_said_in_a_line(arc: Map) -> None:
    with pytest.raises(InputError, match=r"^--at: team\.x: 1\.0: must be an axis: team\.visit"):
        place_on(arc, base(), {"team.x": 1.0}, "mine.yaml")
    with pytest.raises(InputError, match=r"^--at: axis: team\.x: must be PATH=NUMBER$"):
        stated(["team.x"])
    with pytest.raises(InputError, match=r"^mine\.yaml: rivals\.list\.4\.relation: none: .* give one by --at rivals"):
        value_at(base(), "rivals.list.4.relation", "mine.yaml")
