"""Draw fields of the whole schema within their documented bounds: every number, switch and choice, by its path."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from sim.scenario.schema import Scenario
from sim.scenario.schema.common import Spec

Value = bool | int | float | str

MOST: dict[str, float] = {
    "calendar.burn_in_days": 8,
    "calendar.duration_days": 20,
    "territories.generate.n": 5,
    "outlets.generate.n": 40,
    "outlets.generate.towns_per_territory": 30,
    "products.generate.per_brand": 5,
    "rivals.generate.n": 4,
    "distributors.generate.per_territory": 4,
    "team.generate.n": 6,
    "team.spare_posts": 20,
    "consumers.panel.households": 100,
}
"""Fields that only say how large the market is are kept small; how much each thing does is drawn over its bounds."""

ENDLESS = 1e6
"""A field without an upper bound is drawn up to here."""

LEFT_OUT = frozenset(
    {
        *("name", "description", "currency", "seed", "replications", "strategy", "strategies", "futures", "comparison"),
        "outlets.census",
    }
)
"""What is said of the file, not of the market; a census needs a file of its own."""


@dataclass(frozen=True)
class Leaf:
    """A field that holds one value: its dotted path, its kind and its bounds, or the words to choose from."""

    path: str
    kind: type
    low: float
    high: float
    choices: tuple[Value, ...] = ()


def leaves(spec: type[Spec] = Scenario, prefix: str = "") -> Iterator[Leaf]:
    """Yield every field of the schema that holds one number, switch or choice; lists and tables are left out."""
    for name, field in spec.model_fields.items():
        if prefix + name in LEFT_OUT:
            continue
        yield from _leaves_of(field, field.annotation, prefix + name)


def _leaves_of(field: FieldInfo, annotation: Any, path: str) -> Iterator[Leaf]:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
        origin = get_origin(annotation)
    if origin is Literal:
        yield Leaf(path, str, 0, 0, get_args(annotation))
    elif isinstance(annotation, type) and issubclass(annotation, Spec):
        yield from leaves(annotation, path + ".")
    elif annotation in (bool, int, float):
        low, high = _bounds(field)
        yield Leaf(
            path, annotation, low, min(high, MOST.get(path, math.inf)), (False, True) if annotation is bool else ()
        )


def _bounds(field: FieldInfo) -> tuple[float, float]:
    low, high = -ENDLESS, ENDLESS
    for rule in field.metadata:
        low = max(low, getattr(rule, "ge", low), getattr(rule, "gt", low))
        high = min(getattr(rule, "le", math.inf), getattr(rule, "lt", math.inf), 1e18) if _has_top(rule) else high
    return low, high


def _has_top(rule: Any) -> bool:
    return getattr(rule, "le", None) is not None or getattr(rule, "lt", None) is not None


def values(leaf: Leaf) -> st.SearchStrategy[Value]:
    """Values within the bounds; large ranges evenly on a logarithmic scale, the ends more often than by chance."""
    if leaf.choices:
        return st.sampled_from(leaf.choices)
    ends = st.sampled_from([leaf.low, leaf.high])
    inner = st.floats(0.0, 1.0).map(lambda u: _between(leaf.low, leaf.high, u))
    drawn = st.one_of(inner, inner, inner, ends)
    return drawn.map(round) if leaf.kind is int else drawn.map(float)


def _between(low: float, high: float, u: float) -> float:
    span = high - low
    step = u * span if span <= 1000.0 else min(span, math.expm1(u * math.log1p(span)))
    return float(f"{low + step:.6g}") if low <= float(f"{low + step:.6g}") <= high else low + step


LEAVES = tuple(leaves())


@st.composite
def changes(draw: st.DrawFn, most: int = 5) -> dict[str, Value]:
    """A few fields of the schema with values within their bounds, by path."""
    chosen = draw(st.lists(st.sampled_from(LEAVES), min_size=1, max_size=most, unique_by=lambda leaf: leaf.path))
    return {leaf.path: draw(values(leaf)) for leaf in chosen}
