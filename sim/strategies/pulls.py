"""From a strategy's parameters to pulls: parameters that set levers, and places that parameters name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem, nearest_name
from sim.scenario.schema.common import quantity
from sim.strategies.base import Pull, Strategy
from sim.strategies.view import View
from sim.world.levers import LEVERS

Array = NDArray[Any]


def lever_field(name: str, text: str = "", default: Any = None, **bounds: Any) -> Any:
    """Declare a parameter that sets a lever, as `quantity` does; unit, bounds and text are the lever's own.

    Parameters
    ----------
    name : of the lever.
    text : stands in for the lever's own.
    default : of the parameter; absent pulls nothing.
    bounds : `ge`, `gt`, `le`, `lt` that stand in for the lever's own.
    """
    lever = LEVERS[name]
    if lever.dtype != "bool" and lever.choices is None:
        bounds = {**({} if "gt" in bounds else {"ge": lever.low}), "le": lever.high, **bounds}
    return quantity(default, text or lever.text, unit=lever.unit, **bounds)


def stated(lever: str, value: float | str | None, **where: Array) -> tuple[Pull, ...]:
    """Return the pull of one lever, or none where the value is absent or there is no place to pull at.

    Parameters
    ----------
    lever : name of the lever.
    value : in the lever's unit, or the word of a choice; None is absent.
    where : rows by axis, as in `Pull`.
    """
    if value is None or any(np.size(rows) == 0 for rows in where.values()):
        return ()
    return (Pull(lever, LEVERS[lever].number(value), where),)


def all_stated(part: Strategy, levers: Iterable[str], **where: Array) -> tuple[Pull, ...]:
    """Return the pulls of those levers that the parameters of the same names state; see `stated`."""
    return tuple(pull for lever in levers for pull in stated(lever, getattr(part, lever), **where))


def visits(days: Sequence[float | None], **where: Array) -> tuple[Pull, ...]:
    """Return the pulls of the days between visits to outlets of class A, B and C; an absent one stays as it is."""
    return tuple(
        pull
        for grade, every in enumerate(days)
        for pull in stated("visit_every_days", every, **where, **{"class": np.array([grade])})
    )


def changes(lever: str, change: Array) -> tuple[Pull, ...]:
    """Return the pull of an adding lever by territory; none when nothing changes."""
    return (Pull(lever, change.astype(float)),) if change.any() else ()


def territory_rows(names: Sequence[str], view: View) -> Array:
    """Return the rows of territories by name, shape (n,).

    Raises
    ------
    InputError
        For names that no territory has, with the nearest; so do the other functions here.
    """
    return _rows(names, _row_of(view.names.territories), "strategies", "territory", "no such territory")


def company_row(name: str, view: View) -> int:
    """Return the row of a rival by name."""
    rivals = {name: row for row, name in enumerate(view.names.companies) if row and name}
    return int(_rows((name,), rivals, "strategies", "rival", "no such rival")[0])


def distributor_rows(names: Sequence[str], view: View, part: str) -> Array:
    """Return rows of our named distributors in rising order, shape (n,); all of ours when none is named.

    Parameters
    ----------
    part : kind of the strategy, for the message.
    """
    return np.unique(_ours(names, view.names.distributors, view.distributors.row, part, "distributors"))


def product_rows(names: Sequence[str], view: View, part: str) -> Array:
    """Return rows of our named products in the order named; all of ours when none is named. See `distributor_rows`."""
    return _ours(names, view.names.products, view.products.row, part, "products")


def _ours(names: Sequence[str], everybody: Sequence[str], ours: Array, part: str, what: str) -> Array:
    row_of = {everybody[row]: int(row) for row in ours}
    return _rows(names or list(row_of), row_of, f"strategy part '{part}'", what, f"no such {what} of ours")


def _row_of(names: Sequence[str]) -> dict[str, int]:
    return {name: row for row, name in enumerate(names)}


def _rows(names: Sequence[str], row_of: Mapping[str, int], who: str, field: str, allowed: str) -> Array:
    unknown = [name for name in names if name not in row_of]
    if unknown:
        raise InputError([Problem(who, 0, field, f"'{n}'", allowed, nearest_name(n, row_of)) for n in unknown])
    return np.array([row_of[name] for name in names], dtype=np.int64)
