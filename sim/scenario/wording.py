"""Schema errors in the words of users: file, line, path, value, what is allowed, and the nearest valid name."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sim.errors import Problem, nearest_name
from sim.scenario.document import Entry, FieldPath, dotted
from sim.scenario.fields import ROOT, Place, allowed_words, choices, kind_words, lengths, number, place_at
from sim.scenario.kinds import FILE_KEYS
from sim.scenario.schema.common import IDENTIFIER

_BOUND_WORDS = {
    "greater_than": ("gt", "must be greater than"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be less than"),
    "less_than_equal": ("le", "must be at most"),
}
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
    return Problem(mark.file, mark.line, (prefix + dotted(path)).rstrip(".") or "scenario", value, allowed, nearest)


def _short_list(path: FieldPath, tree: Entry, start: Place, prefix: str) -> Problem:
    """Report a list of fixed length that is too short at the list, not at the item that is not there."""
    mark = tree.mark_of(path[:-1])
    place = place_at(path[:-1], start)
    allowed = f"must have {lengths(place)} items" if place else "has too few items"
    return Problem(mark.file, mark.line, prefix + dotted(path[:-1]), "too few items", allowed)


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
    key, words = _BOUND_WORDS[at.item["type"]]
    unit = f" ({at.place.unit})" if at.place and at.place.unit else ""
    return f"{words} {number(at.item['ctx'][key])}{unit}", ""


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
    **dict.fromkeys(_BOUND_WORDS, _bound),
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
