"""Finding one's way in the schema: which field stands at a dotted path, and what it accepts.

Errors and documentation both ask here, so that they say the same.
"""

from __future__ import annotations

import datetime
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario.document import FieldPath
from sim.scenario.schema import Scenario

_BOUNDS = (
    ("gt", "greater than {}"),
    ("ge", "at least {}"),
    ("lt", "less than {}"),
    ("le", "at most {}"),
)
_WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


@dataclass(frozen=True)
class Place:
    """What the schema says at one path.

    Attributes
    ----------
    kind : the type that a value must have, without `None` and constraints.
    field : the nearest declared field (items of a list share the list's).
    constraints : bounds and lengths that hold for a value here.
    optional : whether an empty value is accepted.
    """

    kind: Any
    field: FieldInfo | None
    constraints: Mapping[str, Any]
    optional: bool = False

    @property
    def model(self) -> type[BaseModel] | None:
        """The section's schema, when a section stands here."""
        return self.kind if isinstance(self.kind, type) and issubclass(self.kind, BaseModel) else None

    @property
    def unit(self) -> str:
        """Unit of the value, '' for a name, a choice, a list or a pure number."""
        unit = extra(self.field, "unit") if self.field else ""
        return "" if unit in {"-", "1", "list"} else unit


ROOT = Place(Scenario, None, {})


def place_at(path: FieldPath, start: Place = ROOT) -> Place | None:
    """Return what the schema says at `path`, or None when the schema has no such field."""
    here: Place | None = start
    for part in path:
        if here is None:
            return None
        here = _inside(here, part)
    return here


def _inside(place: Place, part: str | int) -> Place | None:
    if place.model is not None:
        field = place.model.model_fields.get(str(part))
        return place_of(field) if field is not None else None
    origin = get_origin(place.kind)
    if origin is dict:
        return _peeled(get_args(place.kind)[1], place.field)
    if origin is tuple and str(part).isdigit():
        arguments = get_args(place.kind)
        position = 0 if len(arguments) == 2 and arguments[1] is Ellipsis else int(part)
        return _peeled(arguments[position], place.field) if position < len(arguments) else None
    return None


def place_of(field: FieldInfo) -> Place:
    """Return the place that a declared field is."""
    peeled = _peeled(field.annotation, field)
    return Place(peeled.kind, field, {**peeled.constraints, **_constraints(field.metadata)}, peeled.optional)


def _peeled(annotation: Any, field: FieldInfo | None) -> Place:
    """Take `Optional` and `Annotated` off an annotation."""
    constraints: dict[str, Any] = {}
    optional = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *metadata = get_args(annotation)
            constraints.update(_constraints(metadata))
        elif origin in {Union, types.UnionType}:
            optional = True
            annotation = next(a for a in get_args(annotation) if a is not type(None))
        else:
            return Place(annotation, field, constraints, optional)


def _constraints(metadata: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in metadata:
        if isinstance(item, FieldInfo):
            found.update(_constraints(item.metadata))
            continue
        for name in ("gt", "ge", "lt", "le", "min_length", "max_length", "pattern"):
            value = getattr(item, name, None)
            if value is not None:
                found[name] = value
    return found


def extra(field: FieldInfo | None, name: str) -> str:
    """Return `unit` or `source` of a field."""
    if field is None or not isinstance(field.json_schema_extra, dict):
        return ""
    return str(field.json_schema_extra.get(name, ""))


def number(value: Any) -> str:
    """Write a bound briefly: 1000000.0 as 1000000, 10**17 as 1e+17."""
    return f"{value:g}" if abs(value) >= 1e7 or isinstance(value, float) else str(value)


def bounds(place: Place) -> str:
    """Say the bounds of a number: 'greater than 0 and at most 200', '' without any."""
    words = [text.format(number(place.constraints[key])) for key, text in _BOUNDS if key in place.constraints]
    return " and ".join(words)


def lengths(place: Place) -> str:
    """Say how many items or characters: 'exactly 12', 'at least 1 and at most 8', '' without a rule."""
    least, most = place.constraints.get("min_length"), place.constraints.get("max_length")
    arguments = get_args(place.kind)
    if get_origin(place.kind) is tuple and Ellipsis not in arguments:
        least = most = len(arguments)
    if least is not None and least == most:
        return f"exactly {least}"
    words = [f"at least {least}"] if least is not None else []
    return " and ".join([*words, f"at most {most}"] if most is not None else words)


def choices(place: Place) -> tuple[str, ...]:
    """Return the allowed words of a choice."""
    return get_args(place.kind) if get_origin(place.kind) is Literal else ()


def kind_words(place: Place) -> str:
    """Say what type of value stands here, for people."""
    if place.kind is datetime.date:
        return "a date such as 2026-01-05 (without quotes)"
    if choices(place):
        return "one of " + ", ".join(choices(place))
    if get_origin(place.kind) is tuple:
        return "a list"
    if place.model is not None or get_origin(place.kind) is dict:
        return "a mapping of fields"
    return _WORDS.get(place.kind, "another kind of value")


def allowed_words(place: Place) -> str:
    """Say everything that is accepted here: 'a number greater than 0 and at most 200 (km/h)'."""
    words = kind_words(place)
    if get_origin(place.kind) is tuple and lengths(place):
        words += f" of {lengths(place)} items"
    if bounds(place):
        words += " " + bounds(place)
    unit = f" ({place.unit})" if place.unit and place.kind in {int, float} else ""
    return words + unit + (", or empty" if place.optional else "")
