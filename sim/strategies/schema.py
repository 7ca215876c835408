"""The JSON Schema of strategies, so that an editor completes and checks them inside a scenario file."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from sim.strategies.registry import kinds

PREFIX = "strategy."


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
