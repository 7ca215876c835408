"""Bundles for kernels, made by name: a field of a bundle is the column, or the scenario's field, of the same name.

Two arguments that are handed over by their place can be swapped without anybody noticing. Names can't: a field that no
source has, or that two have, is an error when the market is set up.
"""

from __future__ import annotations

from typing import Any, TypeVar, get_type_hints

import numpy as np
from pydantic import BaseModel

from sim.world.world import World

Fields = tuple[Any, ...]
"""Any `NamedTuple`."""
Bundle = TypeVar("Bundle", bound=Fields)


def bundle(kind: type[Bundle], *sources: World | BaseModel | Fields, **own: Any) -> Bundle:
    """Make a named tuple whose fields are found by their names.

    Parameters
    ----------
    kind : a `NamedTuple`.
    sources : the world (its columns), sections of the scenario, other bundles. A field that is itself a section of the
        scenario becomes a bundle of the field's type, made from that section alone.
    own : fields that are derived and stand in no source, or that come first when one has them too.

    Raises
    ------
    TypeError
        When a field stands in no source or in several, or `own` has one that the bundle has not.
    """
    fields: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]  # the type of all named tuples has no name
    if unknown := own.keys() - set(fields):
        raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
    return kind(**{name: own[name] if name in own else _found(kind, name, sources) for name in fields})


def zeros(kind: type[Bundle], shape: int | tuple[int, ...], dtype: Any = np.float64, **own: Any) -> Bundle:
    """Make a named tuple of arrays to be written, each of this shape and type; `own` has those that are not."""
    fields: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]  # the type of all named tuples has no name
    return kind(**{name: own[name] if name in own else np.zeros(shape, dtype) for name in fields})


def _found(kind: type, name: str, sources: tuple[Any, ...]) -> Any:
    holders = [source for source in sources if name in _names(source)]
    if len(holders) != 1:
        which = "stands in no source" if not holders else "stands in several sources"
        raise TypeError(f"{kind.__name__}.{name} {which}: {', '.join(type(s).__name__ for s in holders or sources)}")
    value = getattr(holders[0], name)
    return bundle(get_type_hints(kind)[name], value) if isinstance(value, BaseModel) else value


def _names(source: Any) -> Any:
    if isinstance(source, World):
        return source.columns
    return type(source).model_fields if isinstance(source, BaseModel) else source._fields
