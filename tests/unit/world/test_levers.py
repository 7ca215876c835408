"""The table of levers: one row makes column, baseline, bounds and strategies' parameters."""

from __future__ import annotations

from operator import attrgetter

import numpy as np
import pytest
from pydantic import ValidationError

from sim.engine import Session
from sim.scenario.fields import ROOT, place_at
from sim.strategies.base import Strategy
from sim.strategies.pulls import all_stated, lever_field
from sim.strategies.registry import kinds
from sim.world.columns import BY_NAME
from sim.world.levers import _TABLE, LEVERS, Lever, _read
from tests.markets import market

PATHS = {
    name: lever.baseline.split()[0]
    for name, lever in LEVERS.items()
    if "." in lever.baseline and not lever.baseline.startswith("each")
}


class Both(Strategy):
    courses_per_year: float | None = lever_field("courses_per_year")
    visit_plan: str | None = lever_field("visit_plan", "How visits are ranked.")
    discount: float | None = lever_field("discount", ge=-0.9)


def test_every_line_of_the_table_is_read() -> None:
    lines = [line for line in _TABLE.splitlines()[3:] if line and not line.startswith("#")]
    assert 2 * len(LEVERS) == len(lines)
    assert all(line.startswith("    ") for line in lines[1::2])


def test_a_row_says_everything() -> None:
    heading = "name  places  dtype  bounds and unit  join  baseline\n    text\n# Stalls and more.\n"
    row = "stalls  territory product  int32  [-1, 1e3] stalls/day  min  ours.factory.stock_days\n    Stalls.\n"
    assert list(_read(heading + row)) == [
        Lever(
            name="stalls",
            group="stalls",
            places=("territory", "product"),
            dtype="int32",
            unit="stalls/day",
            low=-1.0,
            high=1000.0,
            combiner="min",
            baseline="ours.factory.stock_days",
            text="Stalls.",
            choices=None,
        )
    ]


def test_a_row_makes_the_column() -> None:
    for lever in LEVERS.values():
        column = BY_NAME[lever.column]
        assert (column.dtype, column.axes, column.unit, column.owner) == (
            lever.dtype,
            lever.places,
            lever.unit,
            "levers",
        )


@pytest.mark.parametrize("name", PATHS)
def test_a_baseline_named_by_path_is_the_scenarios_field(name: str) -> None:
    world = Session(market({"ours": {"budget": {"advertising_cents": 70_000, "display_cents": 60_000}}})).world
    value = attrgetter(PATHS[name])(world.scenario)
    column = world.columns[f"lever_{name}"]
    if LEVERS[name].baseline.endswith(" shared"):
        assert column.sum() == pytest.approx(value, abs=column.shape[0])
    else:
        assert np.all(column == LEVERS[name].number(value))
    assert place_at(tuple(PATHS[name].split(".")), ROOT) is not None


def test_distributors_own_values_are_their_levers() -> None:
    own = {"policy": "r_Q", "review_days": 3, "cover_days": 11.0, "safety_factor": 0.5, "memory_days": 9}
    listed = [
        {"id": "D1", "territories": ["T01"], "policy": own, "information_system": True, "core": False},
        {"id": "D2", "territories": ["T01"]},
    ]
    scenario = market({"distributors": {"list": listed, "policy": {"policy": "base_stock", "review_days": 5}}})
    world = Session(scenario).world
    rows = [world.names.distributors.index(name) for name in ("D1", "D2")]
    levers = ("policy", "review_days", "cover_days", "safety_factor", "memory_days", "information_system", "core")
    found = [world.columns[f"lever_{name}"][rows].tolist() for name in levers]
    assert found == [[2, 0], [3, 5], [11.0, 10.0], [0.5, 1.3], [9, 28], [True, False], [False, True]]


def test_a_parameter_takes_bounds_unit_and_text_from_the_row() -> None:
    field = Both.model_fields["courses_per_year"]
    assert field.description == LEVERS["courses_per_year"].text
    assert field.json_schema_extra == {"unit": "1/year", "source": "assumption"}
    for wrong in ({"courses_per_year": 50.1}, {"courses_per_year": -0.1}, {"discount": 0.91}, {"discount": -0.91}):
        with pytest.raises(ValidationError):
            Both.model_validate(wrong)
    assert Both.model_validate({"discount": -0.5}).discount == -0.5


def test_parameters_pull_the_levers_of_their_names() -> None:
    part = Both.model_validate({"courses_per_year": 3.0, "visit_plan": "coverage"})
    pulls = all_stated(part, ("courses_per_year", "visit_plan", "discount"))
    assert [(pull.lever, pull.value) for pull in pulls] == [("courses_per_year", 3.0), ("visit_plan", 2.0)]


def test_choices_of_parameters_are_the_words_of_their_levers() -> None:
    schema = {name: kind.model_json_schema()["properties"] for name, kind in kinds().items()}
    fields = (("people", "visit_plan"), ("people", "transfer"), ("inventory", "policy"), ("inventory", "shop_policy"))
    for kind, lever in fields:
        choices = LEVERS[lever].choices
        assert choices is not None
        assert schema[kind][lever]["anyOf"][0]["enum"] == list(choices.__members__)
