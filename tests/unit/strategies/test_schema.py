"""The JSON Schema that editors use knows every kind of strategy with its parameters."""

from __future__ import annotations

from sim.scenario.describe import json_schema
from sim.strategies.registry import kinds, with_strategies


def test_every_kind_and_every_reference_is_there():
    schema = with_strategies(json_schema())
    part = schema["properties"]["strategies"]["additionalProperties"]["items"]
    assert set(part["properties"]) == set(kinds())
    for name, kind in kinds().items():
        reference = part["properties"][name]["anyOf"][0]["$ref"].removeprefix("#/$defs/")
        assert set(schema["$defs"][reference].get("properties", {})) == set(kind.model_fields)
    assert _references(schema) <= {f"#/$defs/{name}" for name in schema["$defs"]}


def _references(node) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(_references(child) for child in node.values()))
    return set().union(*(_references(child) for child in node)) if isinstance(node, list) else set()
