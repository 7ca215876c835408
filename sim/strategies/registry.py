"""Which kinds of strategy there are: our own, those of installed packages, a user's own file; and their JSON Schema."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import pkgutil
import sys
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic.json_schema import models_json_schema

from sim.errors import InputError, Problem, nearest_name
from sim.strategies import principles
from sim.strategies.base import Strategy

PREFIX = "strategy."
"""In front of the names of definitions in the JSON Schema."""
ENTRY_POINTS = "arsim.strategies"


@cache
def kinds() -> dict[str, type[Strategy]]:
    """Return every kind of strategy by name: those of `sim.strategies.principles`, then those of installed packages.

    A package announces its own by an entry point of the group `arsim.strategies` that names the class.
    """
    found: dict[str, type[Strategy]] = {}
    for module in pkgutil.iter_modules(principles.__path__):
        found[module.name] = _ours(module.name)
    for point in entry_points(group=ENTRY_POINTS):
        strategy = point.load()
        if strategy.kind in found:
            raise InputError([Problem(point.value, 0, "kind", strategy.kind, "is taken by another strategy")])
        found[strategy.kind] = strategy
    return dict(sorted(found.items()))


@cache
def _ours(name: str) -> type[Strategy]:
    """Return a kind of our own, which stands in the file of its name."""
    (strategy,) = _classes_of(importlib.import_module(f"{principles.__name__}.{name}"))
    return strategy


def kind_of(name: str) -> type[Strategy]:
    """Return the class of a kind, or of a user's file (a name that ends in .py).

    Raises
    ------
    InputError
        With the nearest kind; or with what is wrong with the file.
    """
    if name.endswith(".py"):
        if not Path(name).is_file():
            raise InputError([Problem(name, 0, "strategy", "no such file", "must be an existing Python file")])
        # By content too, so that an edited file is read again in a long session.
        return _from_file(name, source_hash(name))
    if name.isidentifier() and importlib.util.find_spec(f"{principles.__name__}.{name}") is not None:
        # Found by its file, so that the other kinds need not be loaded.
        return _ours(name)
    if name not in kinds():
        near = nearest_name(name, kinds())
        allowed = "must be a kind of strategy (see `arsim strategies`) or a Python file"
        raise InputError([Problem("strategies", 0, "kind", f"'{name}'", allowed, near)])
    return kinds()[name]


@cache
def _from_file(path: str, content: str) -> type[Strategy]:
    spec = importlib.util.spec_from_file_location(f"arsim_strategy_{content[:12]}", path)
    if spec is None or spec.loader is None:
        raise InputError([Problem(path, 0, "strategy", "not Python", "must be a Python file")])
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # annotations written as text are looked up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        line = getattr(error, "lineno", None) or _last_line(error, path)
        failure = Problem(path, line, "strategy", type(error).__name__, f"can't be loaded: {error}")
        raise InputError([failure]) from error
    found = _classes_of(module)
    if len(found) != 1:
        raise InputError([Problem(path, 0, "strategy", f"{len(found)} strategies", "must define exactly one")])
    return found[0]


def _last_line(error: Exception, path: str) -> int:
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _classes_of(module: ModuleType) -> list[type[Strategy]]:
    """Return the strategies that a module defines itself (those that it imports belong elsewhere)."""
    return [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, Strategy)
        and thing.__module__ == module.__name__
        and hasattr(thing, "kind")
    ]


def source_hash(path: str) -> str:
    """Return the hash of a user's strategy file; a run with another source is another run."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def with_strategies(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario's JSON Schema in which every part of a strategy is one known kind or a user's Python file.

    Parameters
    ----------
    schema : of `sim.scenario.describe.json_schema`; changed in place.
    """
    classes = kinds()
    found, shared = models_json_schema(
        [(kind, "validation") for kind in classes.values()], ref_template=f"#/$defs/{PREFIX}{{model}}"
    )
    schema["$defs"] |= {f"{PREFIX}{name}": definition for name, definition in shared.get("$defs", {}).items()}
    parameters = {name: {"anyOf": [found[kind, "validation"], {"type": "null"}]} for name, kind in classes.items()}
    part = {
        "type": "object",
        "properties": parameters,
        "patternProperties": {r"\.py$": {}},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    block = schema["properties"]["strategies"]
    block["additionalProperties"] = {"type": "array", "items": part}
    return schema
