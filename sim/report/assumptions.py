"""What a scenario rests on: fields whose default has no evidence, which of them the user replaced, and what is off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from sim.report.words import value_words
from sim.scenario import names
from sim.scenario.fields import extra
from sim.scenario.schema import Scenario, Spec
from sim.scenario.schema.common import ASSUMPTION

# Names, dates, switches and recording say what the user wants; they assume nothing about the market.
NOT_ABOUT_THE_MARKET = ("calendar.", "mechanisms.", "recording.")
NAMES = frozenset(
    {"id", "name", "description", "currency", "seed", "replications", "outlet_id", "path", "sheet", "encoding"}
)


@dataclass(frozen=True)
class Assumption:
    """A field without evidence.

    Attributes
    ----------
    path : dotted path; items of a list are written as `[]`.
    text : what the field is.
    unit : unit of the value.
    value : value in the scenario, as text.
    default : the default, as text.
    is_overridden : whether the scenario has another value than the default.
    """

    path: str
    text: str
    unit: str
    value: str
    default: str
    is_overridden: bool


def assumptions(scenario: Scenario) -> list[Assumption]:
    """Return every field whose default is an assumption, in the order of the schema; equal ones of a list only once."""
    defaults = dict(_plain_leaves(Scenario()))
    found: dict[tuple[str, str], Assumption] = {}
    for path, exact, field, value in _leaves(scenario, "", ""):
        if path.startswith(NOT_ABOUT_THE_MARKET) or path.rsplit(".", 1)[-1] in NAMES:
            continue
        if extra(field, "source") != ASSUMPTION:
            continue
        default = defaults.get(exact, field.get_default(call_default_factory=True, validated_data={}))
        words = (field.description or "", _unit(field), value_words(value), value_words(default))
        found.setdefault((path, words[2]), Assumption(path, *words, value != default))
    return list(found.values())


def switched_off(scenario: Scenario) -> list[tuple[str, str]]:
    """Return name and description of each mechanism that is on by default and off here."""
    fields = type(scenario.mechanisms).model_fields
    return [(name.replace("_", " "), fields[name].description or "") for name in names.switched_off(scenario)]


def assumption_lists(scenario: Scenario) -> dict[str, list[Any]]:
    """Return what pages show of it: fields that keep a default without evidence, those replaced, and what is off."""
    fields = assumptions(scenario)
    kept, replaced = ([a for a in fields if a.is_overridden == own] for own in (False, True))
    return {"assumed": kept, "overridden": replaced, "off": switched_off(scenario)}


def _plain_leaves(spec: Spec) -> Iterator[tuple[str, Any]]:
    for _, exact, _, value in _leaves(spec, "", ""):
        yield exact, value


def _leaves(spec: Spec, path: str, exact: str) -> Iterator[tuple[str, str, FieldInfo, Any]]:
    """Yield (path with `[]`, path with positions, field, value) of every field that has no fields itself."""
    for name, field in type(spec).model_fields.items():
        value = getattr(spec, name)
        parts = _parts(value)
        if not parts:
            yield path + name, exact + name, field, value
        for key, part in parts:
            shown = key if isinstance(value, dict) else "[]" if key else ""
            dot = "." if isinstance(value, dict) else ""
            yield from _leaves(
                part, f"{path}{name}{dot}{shown}.", f"{exact}{name}{dot}{key if dot or not key else f'[{key}]'}."
            )


def _parts(value: Any) -> list[tuple[str, Spec]]:
    if isinstance(value, Spec):
        return [("", value)]
    if isinstance(value, dict):
        return [(str(k), v) for k, v in value.items() if isinstance(v, Spec)]
    if isinstance(value, tuple):
        return [(str(i), v) for i, v in enumerate(value) if isinstance(v, Spec)]
    return []


def _unit(field: FieldInfo) -> str:
    unit = extra(field, "unit")
    return "" if unit in {"-", "1", "list"} else unit
