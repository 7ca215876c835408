"""Futures: the same scenario in another world, such as an aggressive leader or low demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.errors import InputError, Problem, nearest_name
from sim.scenario.schema import Scenario

PRESENT = "as stated"
"""Name of the future in which nothing differs from the scenario."""


def future_names(scenario: Scenario) -> list[str]:
    """Return the futures of a scenario, the stated world first."""
    return [PRESENT, *scenario.futures]


def in_future(scenario: Scenario, name: str) -> Scenario:
    """Return the scenario as it is in one of its futures; the names and seeds of everything stay.

    Raises
    ------
    InputError
        When the scenario has no such future.
    """
    if name == PRESENT:
        return scenario
    if name not in scenario.futures:
        near = nearest_name(name, scenario.futures)
        allowed = f"must be a future of the scenario; there: {', '.join(scenario.futures) or 'none'}"
        raise InputError([Problem(scenario.name, 0, "futures", f"'{name}'", allowed, near)])
    return Scenario.model_validate(merged(scenario.model_dump(), scenario.futures[name]))


def merged(values: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested values with `over` merged in: mappings key by key, anything else (lists too) replaces."""
    out = dict(values)
    for key, value in over.items():
        present = out.get(key)
        both = isinstance(value, Mapping) and isinstance(present, Mapping)
        out[key] = merged(present, value) if both and present is not None else value
    return out
