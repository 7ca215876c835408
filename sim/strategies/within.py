"""A part of a strategy that may touch some territories only: it sees them alone, and its pulls are taken to them.

Once for every kind, so that `only` means the same everywhere: people and money move among the named territories, they
alone are ranked, and a share is a share of what is there. What has no place (a lever of the whole market or of a
product) holds everywhere.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.strategies.base import Decision, Memory, Pull, Strategy
from sim.strategies.pulls import mask, territory_rows
from sim.strategies.view import View
from sim.world.levers import LEVERS

Array = NDArray[Any]


def decide_within(part: Strategy, view: View, memory: Memory) -> Decision:
    """Return what a part decides when it sees only its territories.

    Raises
    ------
    InputError
        For a name in `only` that no territory has, with the nearest.
    """
    if not part.only:
        return part.decide(view, memory)
    rows = np.unique(territory_rows(part.only, view))
    seen = _limited(view, rows)
    decision = part.decide(seen, memory)
    pulls = tuple(_placed(pull, rows, seen) for pull in decision.pulls)
    notes = tuple(
        replace(note, territory=int(rows[note.territory])) if note.territory >= 0 else note for note in decision.notes
    )
    return Decision(pulls, decision.memory, notes)


def _limited(view: View, rows: Array) -> View:
    """Return a view of some territories: their outlets, people and distributors, numbered anew."""
    chosen = mask(rows, len(view.names.territories))
    number = np.cumsum(chosen) - 1
    there = view.territories
    between = {"adjacent", "distance_km"}
    places = {
        f.name: getattr(there, f.name)[np.ix_(rows, rows)] if f.name in between else getattr(there, f.name)[rows]
        for f in fields(there)
    }
    serving = np.asarray(view.distributors.covers[:, rows].any(axis=1))
    distributors = _rows(view.distributors, serving)
    covers = distributors.covers[:, rows]
    home = np.where(chosen[distributors.territory], number[distributors.territory], covers.argmax(axis=1))
    outlets = _rows(view.outlets, chosen[view.outlets.territory])
    people = _rows(view.people, chosen[view.people.territory])
    return replace(
        view,
        names=replace(view.names, territories=tuple(view.names.territories[row] for row in rows)),
        territories=replace(there, **places),
        outlets=replace(outlets, territory=number[outlets.territory]),
        people=replace(people, territory=number[people.territory]),
        distributors=replace(distributors, covers=covers, territory=home),
        baseline={name: _at(name, values, rows) for name, values in view.baseline.items()},
    )


def _rows(table: Any, chosen: Array) -> Any:
    return replace(table, **{f.name: getattr(table, f.name)[chosen] for f in fields(table)})


def _at(lever: str, values: Array, rows: Array) -> Array:
    axes = LEVERS[lever].axes
    return values.take(rows, axis=axes.index("territory")) if "territory" in axes else values


def _placed(pull: Pull, rows: Array, seen: View) -> Pull:
    """Return a pull with its territories, distributors and outlets named as in the whole market."""
    axes = LEVERS[pull.lever].axes if pull.lever in LEVERS else ()
    where = dict(pull.where)
    if "territory" in axes:
        where["territory"] = rows[np.asarray(where["territory"], dtype=np.int64)] if "territory" in where else rows
    everybody = {"distributor": seen.distributors.row, "outlet": seen.outlets.row}
    where |= {axis: everybody[axis] for axis in axes if axis in everybody and axis not in where}
    return replace(pull, where=where)
