"""The schema for people and for editors: explanations of fields, a reference of all of them, JSON Schema."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.errors import InputError, Problem, nearest_name
from sim.scenario.compose import APPLY, BASE, OVERRIDES
from sim.scenario.fields import ROOT, Place, bounds, extra, kind_words, lengths, place_at, place_of
from sim.scenario.schema import Scenario

FILE_KEY_TEXTS = {
    BASE: "Another scenario file, relative to this one; this file's fields are merged over it.",
    OVERRIDES: "Named blocks of scenario fields, merged in only when `apply` names them.",
    APPLY: "Names of overrides to merge, in order; two that set the same field are refused.",
}


def explain(path: str) -> str:
    """Explain one field, or a section with its fields.

    Parameters
    ----------
    path : dotted path, e.g. `team.visit.speed_km_per_hour`; items of lists and mappings by any number or name
        (`products.list.0.brand`), which may be left out (`products.list.brand`); '' for the whole scenario.

    Raises
    ------
    InputError
        When the schema has no such field.
    """
    if path in FILE_KEY_TEXTS:
        return f"{path}\n  {FILE_KEY_TEXTS[path]}"
    place, full = _find(path)
    lines = [full or "scenario", f"  {_text(place)}"]
    lines += [f"  {label}: {words}" for label, words in _facts(place)]
    section = _item(place)
    if section.model is not None:
        lines.append("  fields:")
        lines += [f"    {_brief(name, field)}" for name, field in section.model.model_fields.items()]
    return "\n".join(lines)


def explain_model(model: type[BaseModel], title: str) -> str:
    """Explain every field of a model that is not part of the scenario's schema, such as a strategy's parameters.

    Fields that are mappings are explained below the others, each kind of mapping once.
    """
    lines, told, waiting = [title], {model}, [(title, model)]
    while waiting:
        path, part = waiting.pop(0)
        lines += [f"  {first_line(part)}"] if part is model else ["", f"{path}: {first_line(part)}"]
        for name, field in part.model_fields.items():
            place = place_of(field)
            facts = [f"{label}: {words}" for label, words in _facts(place) if label != "unit"]
            lines += [f"  {_brief(name, field)}", f"      {'; '.join([*facts, *_given_default(field)])}"]
            if place.model is not None and place.model not in told:
                told.add(place.model)
                waiting.append((name if part is model else f"{path}.{name}", place.model))
    return "\n".join(lines)


def _given_default(field: FieldInfo) -> list[str]:
    """What the default of a mapping states beyond the defaults of its own fields."""
    default = field.get_default(call_default_factory=True) if field.default_factory is not None else None
    stated = default.model_dump(mode="json", exclude_defaults=True) if isinstance(default, BaseModel) else {}
    return [f"default: {stated}"] if stated else []


def first_line(thing: type) -> str:
    """Return the first line of a docstring, '' without one."""
    return next(iter((thing.__doc__ or "").strip().splitlines()), "")


def _find(path: str) -> tuple[Place, str]:
    """Return the place at a path, stepping into list items that the path does not number."""
    here, done = ROOT, ""
    for part in [part for part in path.strip().split(".") if part]:
        step = place_at((part,), here)
        if step is None:
            inside = _item(here)
            step = place_at((part,), inside) if inside is not here else None
        if step is None:
            raise _no_field(path, part, here, done)
        here, done = step, f"{done}.{part}" if done else part
    return here, done


def _no_field(path: str, part: str, here: Place, done: str) -> InputError:
    section = _item(here).model
    names = list(section.model_fields) if section is not None else []
    nearest = nearest_name(part, names)
    where = done or "a scenario"
    known = f"{where} has the fields {', '.join(names)}" if names else f"{where} has no fields"
    return InputError(
        [Problem("scenario", 0, path, f"'{part}'", known, f"{done}.{nearest}".strip(".") if nearest else "")]
    )


def _item(place: Place) -> Place:
    """Return what a list or mapping holds, or the place itself."""
    inside = place_at((0,), place) if place.model is None else None
    return inside if inside is not None else place


def _text(place: Place) -> str:
    if place.field is not None and place.field.description:
        return place.field.description
    return first_line(place.model) if place.model is not None else ""


def _facts(place: Place) -> Iterator[tuple[str, str]]:
    if place.field is None:
        return
    yield "type", kind_words(place) + (", or empty" if place.optional else "")
    if place.unit:
        yield "unit", place.unit
    if bounds(place):
        yield "bounds", bounds(place)
    if lengths(place):
        yield "length", lengths(place)
    if place.model is None:
        yield "default", _default(place.field)
        yield "source", extra(place.field, "source")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "none, it must be given"
    value = field.get_default(call_default_factory=True, validated_data={})
    return _written(value)


def _written(value: Any) -> str:
    if value is None:
        return "absent"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, BaseModel):
        return "its fields' defaults"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_written(v)}" for k, v in value.items()) + "}" if value else "{}"
    if isinstance(value, tuple):
        return _written_list(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return repr(value) if value == "" else str(value)


def _written_list(value: tuple[Any, ...]) -> str:
    if value and isinstance(value[0], BaseModel):
        return ", ".join(str(getattr(item, "name", "") or getattr(item, "id", "item")) for item in value)
    return "[" + ", ".join(_written(item) for item in value) + "]"


def _brief(name: str, field: FieldInfo) -> str:
    place = place_of(field)
    unit = f" [{place.unit}]" if place.unit else ""
    return f"{name}{unit}: {_text(place)}"


def reference() -> str:
    """Return the reference of every field as Markdown."""
    lines = [
        "# Scenario reference",
        "",
        "Made by `arsim explain --all` from the schema; do not edit. A heading is a section's path in the file;",
        "`*` in it stands for a list item or a name of yours.",
        "",
        "## Keys of the file",
        "",
        *[f"- `{key}`: {text}" for key, text in FILE_KEY_TEXTS.items()],
    ]
    for path, section in _sections("", ROOT):
        lines += ["", f"## {path or 'scenario'}", "", _text(section), ""]
        lines += ["| field | type | unit | bounds | default | source | what it is |", "| --- " * 7 + "|"]
        assert section.model is not None
        lines += [_row(name, field) for name, field in section.model.model_fields.items()]
    return "\n".join(lines) + "\n"


def _sections(path: str, place: Place) -> Iterator[tuple[str, Place]]:
    if place.model is None:
        return
    yield path, place
    for name, field in place.model.model_fields.items():
        child = place_of(field)
        below = f"{path}.{name}".strip(".")
        if child.model is not None:
            yield from _sections(below, child)
        elif _item(child) is not child:
            yield from _sections(f"{below}.*", _item(child))


def _row(name: str, field: FieldInfo) -> str:
    place = place_of(field)
    limits = "; ".join(part for part in (bounds(place), f"length {lengths(place)}" if lengths(place) else "") if part)
    kind = kind_words(place).replace("a date such as 2026-01-05 (without quotes)", "a date")
    kind += ", or empty" if place.optional else ""
    cells = (f"`{name}`", kind, place.unit, limits, _default(field), extra(field, "source"), _text(place))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, with the keys `base`, `overrides` and `apply`."""
    schema = Scenario.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "arsim scenario"
    properties = schema["properties"]
    block = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    schema["$defs"]["OverrideBlock"] = block
    schema["properties"] = {
        BASE: {"type": "string", "description": FILE_KEY_TEXTS[BASE]},
        OVERRIDES: {
            "type": "object",
            "description": FILE_KEY_TEXTS[OVERRIDES],
            "additionalProperties": {"$ref": "#/$defs/OverrideBlock"},
        },
        APPLY: {"type": "array", "items": {"type": "string"}, "description": FILE_KEY_TEXTS[APPLY]},
        **properties,
    }
    return schema
