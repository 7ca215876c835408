"""The fields of an experiment file, explained from the schema."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from sim.questions.question import kinds
from sim.questions.sweeps.schema import ExperimentSpec, GridSpec, RangeSpec
from sim.scenario.describe import explain_model, first_line
from sim.scenario.fields import bounds, kind_words, lengths, place_of

PARTS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("an experiment", ExperimentSpec),
    ("a lever or an uncertainty", RangeSpec),
    ("grid", GridSpec),
    *((f"study: {name}", kind) for name, kind in kinds().items()),
)


def explained() -> str:
    """Return every field for the terminal."""
    return "\n\n".join(explain_model(model, title) for title, model in PARTS[:2])


def table() -> str:
    """Return every field as Markdown, for the page on experiments."""
    return "\n".join(line for title, model in PARTS for line in _section(title, model))


def _section(title: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"### {title[0].upper()}{title[1:]}"
    yield ""
    yield first_line(model)
    yield ""
    yield "| field | type | bounds | default | what it is |"
    yield "| --- | --- | --- | --- | --- |"
    for name, field in model.model_fields.items():
        place = place_of(field)
        limits = "; ".join(w for w in (bounds(place), f"{lengths(place)} long" if lengths(place) else "") if w)
        default = "must be given" if field.is_required() else _default(field.get_default(call_default_factory=True))
        cells = (f"`{name}`", kind_words(place), limits, default, field.description or "")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _default(value: object) -> str:
    if value is None or value == {} or value == "":
        return "absent"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
