"""The schema in words: which field stands at a path, what it accepts, and what is wrong with a value.

Errors and documentation both ask here, so that they say the same: file, line, path, value, what is allowed, and the
nearest valid name.
"""

from __future__ import annotations

import datetime
import types
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim.errors import Problem, nearest_name
from sim.scenario.compose import FILE_KEYS
from sim.scenario.document import Entry, FieldPath, dotted
from sim.scenario.schema import Scenario
from sim.scenario.schema.common import IDENTIFIER

_BOUNDS = {"gt": "greater than {}", "ge": "at least {}", "lt": "less than {}", "le": "at most {}"}
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
    words = [text.format(number(place.constraints[key])) for key, text in _BOUNDS.items() if key in place.constraints]
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


_BOUND_KEYS = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}
"""By type of pydantic's error."""
_PATTERNS = {
    IDENTIFIER: "must be one word without spaces, commas or semicolons",
    r"^\w[\w.-]*$": "must consist of letters, digits, '_', '.' and '-', and begin with a letter, digit or '_'",
}


@dataclass(frozen=True)
class _Finding:
    """One error of pydantic, with the path, the schema in which it counts, and the schema's words on it."""

    item: dict[str, Any]
    path: FieldPath
    place: Place | None
    start: Place


def problems_of(
    error: ValidationError, tree: Entry, skip: Container[str] = (), *, start: Place = ROOT, prefix: str = ""
) -> list[Problem]:
    """Turn pydantic's errors, but those of the types in `skip`, into problems that name their place in the file.

    Parameters
    ----------
    error : of validating `tree`.
    tree : what was validated, with its marks.
    skip : types of errors to leave out.
    start, prefix : the schema that was asked and where the tree stands in the file, when it is not the whole scenario.
    """
    items = [dict(item) for item in error.errors(include_url=False) if item["type"] not in skip]
    found = [_problem(item, tree, start, prefix) for item in items]
    return list(dict.fromkeys(found))


def _problem(item: dict[str, Any], tree: Entry, start: Place, prefix: str) -> Problem:
    path = tuple(part for part in item["loc"] if part != "[key]")
    if item["type"] == "missing" and isinstance(path[-1], int):
        return _short_list(path, tree, start, prefix)
    mark = tree.mark_of(path)
    place = place_at(path, start)
    allowed, nearest = _WORDING.get(item["type"], _as_schema)(_Finding(item, path, place, start))
    value = "missing" if item["type"] == "missing" else shown(item.get("input"))
    return mark.problem((prefix + dotted(path)).rstrip(".") or "scenario", value, allowed, nearest)


def _short_list(path: FieldPath, tree: Entry, start: Place, prefix: str) -> Problem:
    """Report a list of fixed length that is too short at the list, not at the item that is not there."""
    mark = tree.mark_of(path[:-1])
    place = place_at(path[:-1], start)
    allowed = f"must have {lengths(place)} items" if place else "has too few items"
    return mark.problem(prefix + dotted(path[:-1]), "too few items", allowed)


def shown(value: Any) -> str:
    """Write a value as it would stand in YAML, shortened by the caller."""
    if value is None or value == {}:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{' '.join(value.split())}'"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(shown(item) for item in value[:6]) + (", …]" if len(value) > 6 else "]")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(item)}" for key, item in list(value.items())[:6]) + "}"
    return _number_shown(value)


def _number_shown(value: Any) -> str:
    if isinstance(value, int) and abs(value) >= 10**30:
        return "a number of more than 30 digits"
    return str(value)


def _bound(at: _Finding) -> tuple[str, str]:
    key = _BOUND_KEYS[at.item["type"]]
    unit = f" ({at.place.unit})" if at.place and at.place.unit else ""
    return f"must be {_BOUNDS[key].format(number(at.item['ctx'][key]))}{unit}", ""


def _unknown(at: _Finding) -> tuple[str, str]:
    parent = place_at(at.path[:-1], at.start)
    names = list(parent.model.model_fields) if parent and parent.model else []
    if len(at.path) == 1 and at.start is ROOT:
        names += FILE_KEYS
    where = dotted(at.path[:-1]) or ("a scenario" if at.start is ROOT else "this part")
    nearest = nearest_name(str(at.path[-1]), names)
    known = "" if nearest else f"; known here: {', '.join(names)}"
    return f"is not a field of {where}{known}", nearest


def _missing(at: _Finding) -> tuple[str, str]:
    if at.place is None:
        return "is required", ""
    text = at.place.field.description if at.place.field else ""
    unit = f" ({at.place.unit})" if at.place.unit else ""
    return f"is required{unit}: {text}", ""


def _choice(at: _Finding) -> tuple[str, str]:
    words = choices(at.place) if at.place else ()
    return "must be one of " + ", ".join(words), nearest_name(str(at.item.get("input")), words)


def _own_rule(at: _Finding) -> tuple[str, str]:
    return str(at.item["msg"]).removeprefix("Value error, "), ""


def _length(at: _Finding) -> tuple[str, str]:
    what = "characters" if at.item["type"].startswith("string") else "items"
    return f"must have {lengths(at.place) if at.place else 'another number of'} {what}", ""


def _pattern(at: _Finding) -> tuple[str, str]:
    pattern = str(at.item["ctx"]["pattern"])
    return _PATTERNS.get(pattern, f"must match {pattern}"), ""


def _finite(at: _Finding) -> tuple[str, str]:
    return f"must be finite: {allowed_words(at.place)}" if at.place else "must be finite", ""


def _section(at: _Finding) -> tuple[str, str]:
    if at.place is None or at.place.model is None:
        return "must be a mapping of fields", ""
    names = list(at.place.model.model_fields)
    return f"must be {kind_words(at.place)}: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}", ""


def _as_schema(at: _Finding) -> tuple[str, str]:
    if at.place is None:
        return str(at.item["msg"]), ""
    source = " (numbers are written without quotes)" if _quoted_number(at) else ""
    return f"must be {allowed_words(at.place)}{source}", ""


def _quoted_number(at: _Finding) -> bool:
    written = at.item.get("input")
    if not isinstance(written, str) or at.place is None or at.place.kind not in {int, float}:
        return False
    try:
        float(written)
    except ValueError:
        return False
    return True


_WORDING: dict[str, Callable[[_Finding], tuple[str, str]]] = {
    **dict.fromkeys(_BOUND_KEYS, _bound),
    "extra_forbidden": _unknown,
    "missing": _missing,
    "literal_error": _choice,
    "value_error": _own_rule,
    "too_short": _length,
    "too_long": _length,
    "string_too_long": _length,
    "string_too_short": _length,
    "string_pattern_mismatch": _pattern,
    "finite_number": _finite,
    "model_type": _section,
    "model_attributes_type": _section,
    "dict_type": _section,
}
