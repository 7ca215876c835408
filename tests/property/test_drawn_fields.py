"""Whatever is written into any field within its documented bounds is run to the end, or clearly refused."""

from __future__ import annotations

import os
import re
import warnings
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, seed, settings
from ruamel.yaml import YAML

from sim.engine import Session
from sim.errors import InputError
from sim.ledger.closing import check_ledger
from sim.scenario.load import read_scenario
from tests.markets import STRESSED, TINY, merged
from tests.property.drawn_fields import LEAVES, Value, changes

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
PARTS, EXAMPLES = 2, 60
SLOW_PARTS, SLOW_EXAMPLES = 10, 200
SIZES = {"calendar": {"burn_in_days": 3, "duration_days": 12}, "recording": {"outlet_panel": False}}


@pytest.fixture(params=["plain", "stressed"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file with a tiny market, as it is or with every rare thing in it."""
    tree = merged(TINY, SIZES, STRESSED if request.param == "stressed" else {})
    if request.param == "stressed":
        tree["rivals"].pop("generate")
    path = tmp_path / "market.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(_plain(tree), file)
    return path


def _plain(value: object) -> object:
    """Lists instead of tuples, and dates as dates, so that it can be written as YAML."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date.fromisoformat(value)
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def refused_or_run(base: Path, drawn: dict[str, Value]) -> str:
    """Read the file with the drawn fields, and run it unless it is refused; the messages name a field."""
    sets = [f"{path}={_written(value)}" for path, value in drawn.items()]
    try:
        scenario, _, problems = read_scenario(base, sets)
        if problems:
            raise InputError(problems)
        assert scenario is not None
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            session = Session(scenario)
            session.step(session.calendar.n_days)
    except InputError as refused:
        _say_what_is_wrong(refused)
        return "refused"
    check_ledger(session.world)
    return "run"


def _say_what_is_wrong(refused: InputError) -> None:
    assert refused.problems
    assert all(problem.field and problem.allowed for problem in refused.problems)


def _written(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, float) else str(value)


def explore(base: Path, part: int, examples: int) -> None:
    @seed(part)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=QUIET)
    @given(changes())
    def holds(drawn: dict[str, Value]) -> None:
        note(repr(drawn))
        refused_or_run(base, drawn)

    holds()


def test_the_whole_schema_is_drawn_from() -> None:
    assert len(LEAVES) > 250
    assert {leaf.path.split(".")[0] for leaf in LEAVES} >= {"ours", "team", "retail", "distributors", "mechanisms"}


@pytest.mark.parametrize("part", range(PARTS))
def test_any_field_within_its_bounds_is_run_or_refused(base: Path, part: int) -> None:
    explore(base, part, EXAMPLES)


@pytest.mark.slow
@pytest.mark.skipif("ARSIM_THOROUGH" not in os.environ, reason="half an hour of markets: set ARSIM_THOROUGH=1")
@pytest.mark.parametrize("part", range(PARTS, PARTS + SLOW_PARTS))
def test_many_more_fields_are_run_or_refused(base: Path, part: int) -> None:
    explore(base, part, SLOW_EXAMPLES)
