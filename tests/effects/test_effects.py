"""Every field does what its description says: a pair of small runs for each, in tables by subject."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from sim.scenario.fields import place_at
from sim.scenario.schema import Scenario
from sim.strategies.levers import LEVERS
from tests.effects import (
    channel,
    company,
    exclusives,
    field,
    ground,
    leads,
    levers,
    money,
    partner,
    people,
    place,
    programme,
    retail,
    rivalry,
    shoppers,
)
from tests.effects.market import Row

TABLES = (
    *(people, place, shoppers, company, retail, channel, partner, field, ground, money, rivalry, leads, programme),
    *(exclusives, levers),
)
FILE = "it says what to do with faulty rows of a user's file, which tests/unit/scenario/test_census.py makes"
NOT_SHOWN = {
    "outlets.census.missing_size": FILE,
    "outlets.census.duplicates": FILE,
    "outlets.census.outside": FILE,
    "outlets.census.extra_columns": FILE,
    "distributors.list.*.policy.expected_lead_days": "no effect: all distributors reckon with `distributors.policy`'s",
    "category.purchases_per_head_year": "`arsim check` compares with it, see tests/unit/questions/test_plausibility.py",
    "comparison.discount_rate_per_year": "it weighs the cash of a finished comparison, in the report",
}
"""Fields that no small run can show, each with the reason."""

ROWS = [row for table in TABLES for row in table.ROWS]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_field_does_what_it_says(row: Row) -> None:
    row.check()


def numeric_fields(path: str = "", model: type[BaseModel] = Scenario) -> Iterator[str]:
    """Paths of all numbers, switches, choices, dates and lists of numbers of the schema; `*` for items."""
    for name, declared in model.model_fields.items():
        here = f"{path}.{name}".strip(".")
        yield from _numeric(here, declared.annotation)


def _numeric(path: str, kind: Any) -> Iterator[str]:
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        yield from _numeric(path, inside[0])
    elif origin in {Union, UnionType}:
        for one in inside:
            yield from _numeric(path, one)
    elif origin is Literal or kind in {int, float, bool, date}:
        yield path
    elif origin is dict:
        yield from _items(path, inside[1])
    elif origin is tuple:
        yield from _items(path, inside[0])
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from numeric_fields(path, kind)


def _items(path: str, kind: Any) -> Iterator[str]:
    """Items that are sections have fields of their own; a list of numbers is one field."""
    below = list(_numeric(f"{path}.*", kind))
    yield from ([path] if below and all(set(b.removeprefix(path)) <= set(".*") for b in below) else below)


def test_every_number_and_switch_of_the_scenario_is_in_a_table() -> None:
    told = {re.sub(r"^retail\.channels\.\w+", "retail.channels.*", row.pattern) for row in ROWS}
    fields = set(numeric_fields())
    assert sorted(fields - told - NOT_SHOWN.keys()) == []
    assert sorted(NOT_SHOWN.keys() - fields) == []
    assert sorted(NOT_SHOWN.keys() & told) == []
    assert sorted(t for t in told if not t.startswith("lever:") and not _exists(t)) == []
    assert len(NOT_SHOWN) < 0.1 * len(fields)


def _exists(path: str) -> bool:
    return place_at(tuple(0 if part == "*" else part for part in path.split("."))) is not None


def test_every_lever_is_in_a_table() -> None:
    assert sorted(LEVERS) == sorted({row.path.removeprefix("lever:") for row in ROWS if row.path.startswith("lever:")})
