"""Kernels take bundles by name: fields are columns, recorded fields or the scenario's, and nobody counts places."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sim.kernels
from sim.scenario.schema import Scenario
from sim.scenario.schema.common import Spec
from sim.world.columns import BY_NAME
from sim.world.panels import PANELS
from sim.world.world import TABLES

SOURCE = Path(sim.kernels.__file__).parents[1]

DERIVED = {
    "ageing": "dropped relation_keep shelf_keep taught_keep unprompted_per_week",
    "calls": "estimate focus order proposes rivalry sell_in",
    "choice": "factor paid",
    "day": (
        "bits bought by_segment causes chances choice choose_again counts demand_factor destination is_candidate "
        "is_contested keys later_cause later_outlet later_product left like_sized lost movers no_purchase_weight "
        "number origin picks place probabilities promoter_weight queue reaction reaction_steps returners rules "
        "second shops sold start steps store territory_weight wanted watch wishes"
    ),
    "day_plan": "learns minutes score",
    "delivery": "area_km2 first is_blocked outlet_km patience shipped stock_left waiting",
    "field": "by_plan call_rules key_discovery known n pupil rules shelves skills today",
    "invoices": "cash_cents",
    "freshness": "old_after_days",
    "ordering": "purse_cents rule won",
    "promoting": "chosen first rows",
    "rivals": "estimate focus order sell_in total weight",
    "salesmen": "displacement estimate focus order sell_in total",
    "snapshot": "active_days",
    "tasks": "all_lines any_call on other to_sell",
    "supply": "coming echelon history is_due longest_days position purse_cents",
}
"""Fields of bundles that no column, table, panel or section has, by module: scratch, keys, sums and settings."""


def bundles() -> Iterator[tuple[str, type[Any]]]:
    """Every `NamedTuple` of the kernels with its module's name."""
    for module in pkgutil.iter_modules(sim.kernels.__path__):
        for value in vars(importlib.import_module(f"sim.kernels.{module.name}")).values():
            if isinstance(value, type) and hasattr(value, "_fields") and value.__module__.endswith(f".{module.name}"):
                yield module.name, value


def fields_of(spec: type[Spec]) -> set[str]:
    """Names of the fields of the scenario, with those of all its sections."""
    names, waiting, done = set(), [spec], set()
    while waiting:
        kind = waiting.pop()
        done.add(kind)
        names |= kind.model_fields.keys()
        text = " ".join(repr(field.annotation) for field in kind.model_fields.values())
        waiting += [k for k in every_spec() if k not in done and k not in waiting and k.__name__ in text]
    return names


def every_spec(kind: type[Spec] = Spec) -> Iterator[type[Spec]]:
    for below in kind.__subclasses__():
        yield below
        yield from every_spec(below)


RECORDED = {field for fields in TABLES.values() for field in fields} | {f for p in PANELS.values() for f in p.fields}
KNOWN = fields_of(Scenario) | BY_NAME.keys() | RECORDED
CALLED = {kind.__name__ for _, kind in bundles()}


@pytest.mark.parametrize(("module", "kind"), [pytest.param(m, k, id=f"{m}.{k.__name__}") for m, k in bundles()])
def test_fields_have_the_name_of_their_source(module: str, kind: type[Any]) -> None:
    unknown = set(kind._fields) - KNOWN - set(DERIVED.get(module, "").split())
    assert not unknown


def test_what_is_listed_as_derived_is_derived() -> None:
    for module, names in DERIVED.items():
        held = {field for m, kind in bundles() if m == module for field in kind._fields}
        assert set(names.split()) <= held, module


def by_place(path: Path) -> list[str]:
    """Calls of a kernel's bundle with arguments by place: line and name."""
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    named = [(c, c.func.id if isinstance(c.func, ast.Name) else getattr(c.func, "attr", "")) for c in calls]
    return [f"{path.name}:{c.lineno} {name}" for c, name in named if name in CALLED and c.args]


def test_no_bundle_is_built_by_place() -> None:
    assert [call for path in sorted(SOURCE.rglob("*.py")) for call in by_place(path)] == []


def test_a_bundle_built_by_place_is_seen(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text("a = Shelves(x, y)\nb = Shelves(**x)\nc = calls.Caller(*x)\n", encoding="utf-8")
    assert by_place(tmp_path / "agent.py") == ["agent.py:1 Shelves", "agent.py:3 Caller"]
