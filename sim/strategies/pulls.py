"""From what strategies want to pulls of levers: parameters that state them, people and money moved, places by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem, nearest_name
from sim.policies import Transfer
from sim.scenario.schema.common import quantity
from sim.strategies.base import Pull, Strategy
from sim.strategies.view import View
from sim.world.levers import LEVERS
from sim.world.shares import whole_shares

Array = NDArray[Any]

Source = Literal["moved", "added"]
"""Where people and money for a place come from: from other places, or on top (the budget pays)."""

Movers = Literal["least_experienced", "most_skilled"]
"""Who goes first when a post moves."""

SPENDING = ("advertising_cents", "display_cents", "promoters")
"""Levers by territory that make up the spending of a place."""


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


def opened(rows: Array, view: View) -> tuple[Pull, ...]:
    """Return the pull that opens, and keeps open, territories that are closed to us at the beginning; none for others.

    Where they are not open yet (`view.territories.is_open`) nobody can be sent and nothing spent.
    """
    return stated("open", 1.0, territory=rows[view.baseline["open"][rows] == 0])


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


def split(n: int, weight: Array) -> Array:
    """Split n whole things by weights; equally when all weights are 0.

    Parameters
    ----------
    weight : shape (k,), not negative, k ≥ 1.

    Returns
    -------
    Shape (k,), int64; sums to n.
    """
    return whole_shares(n, weight if weight.sum() > 0 else np.ones(weight.shape))


def shared_out(now: Array, chosen: Array, share: float, weight: Array) -> Array:
    """Return the changes that give chosen places a share of the whole; they sum to 0.

    Parameters
    ----------
    now : shape (n,), int. What each place has.
    chosen : shape (n,), bool. The others split the remainder as they split what they have now.
    share : part of the whole for the chosen; all of it when every place is chosen.
    weight : shape (n,). How the chosen split theirs.

    Returns
    -------
    Shape (n,), int64.
    """
    if not chosen.any():
        return np.zeros(now.shape, dtype=np.int64)
    whole = int(now.sum())
    part = whole if chosen.all() else round(whole * share)
    after = np.zeros(now.shape, dtype=np.int64)
    after[chosen] = split(part, weight[chosen].astype(float))
    if not chosen.all():
        after[~chosen] = split(whole - part, now[~chosen].astype(float))
    return after - now


def called_in(now: Array, wanted: Array, givers: Array, most: float = 1.0) -> Array:
    """Return the changes that bring what places want from those that give; they sum to 0.

    Parameters
    ----------
    now : shape (n,), int. What each place has; givers give in proportion to it.
    wanted : shape (n,), int, not negative. Change that each place wants; 0 for givers.
    givers : shape (n,), bool.
    most : largest part of what the givers have that is taken; when it is too little, each place gets its proportion.

    Returns
    -------
    Shape (n,), int64.
    """
    stock = np.where(givers, now, 0)
    n = min(int(wanted.sum()), int(np.floor(stock.sum() * most)))
    if n <= 0:
        return np.zeros(now.shape, dtype=np.int64)
    return split(n, wanted.astype(float)) - split(n, stock.astype(float))


def brought(now: Array, wanted: Array, givers: Array, source: Source, most: float = 1.0) -> Array:
    """Return the changes that bring what places want, moved from givers or added, shape (n,), int64."""
    return called_in(now, wanted, givers, most) if source == "moved" else wanted.astype(np.int64)


def move_people(change: Array, first: Movers, *, moving: bool = False) -> tuple[Pull, ...]:
    """Return the pulls that change posts by territory; persons move with the posts instead of being replaced.

    Parameters
    ----------
    change : shape (n,). [persons]
    moving : whether posts may move even though today's change is 0, because yesterday's was not.
    """
    moved = changes("advisors", change)
    return (*moved, Pull("transfer", float(Transfer[first]))) if moved or moving else ()


def move_spending(view: View, chosen: Array, share: float, weight: Array) -> tuple[Pull, ...]:
    """Return the pulls that give chosen territories a share of advertising, displays and promoters each."""
    pulls: tuple[Pull, ...] = ()
    for lever in SPENDING:
        pulls += changes(lever, shared_out(view.baseline[lever], chosen, share, weight))
    return pulls


def visit_factor(view: View, rows: Array, factor: float, classes: tuple[int, ...] = (0, 1, 2)) -> tuple[Pull, ...]:
    """Return the pull that multiplies the days between visits of some classes in some territories; none for 1.

    Parameters
    ----------
    rows : shape (n,). Territories.
    classes : 0 A, 1 B, 2 C.
    """
    if factor == 1.0 or not rows.shape[0]:
        return ()
    lever = LEVERS["visit_every_days"]
    columns = np.array(classes)
    days = np.clip(view.baseline[lever.name][np.ix_(rows, columns)] * factor, lever.low, lever.high)
    return (Pull(lever.name, days, {"territory": rows, "class": columns}),)


def mask(rows: Array, n: int) -> Array:
    """Return rows as a mask, shape (n,), bool."""
    chosen = np.zeros(n, dtype=bool)
    chosen[rows] = True
    return chosen
