"""Pulls of what a strategy's parameters state: a parameter that is absent pulls nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.strategies.base import Pull

Array = NDArray[Any]


def stated(lever: str, value: float | None, **where: Array) -> tuple[Pull, ...]:
    """Return the pull of one lever, or none where the value is absent or there is no place to pull at.

    Parameters
    ----------
    lever : name of the lever.
    value : in the lever's unit; true is 1 and false 0; None is absent.
    where : rows by axis, as in `Pull`.
    """
    if value is None or any(np.size(rows) == 0 for rows in where.values()):
        return ()
    return (Pull(lever, float(value), where),)


def all_stated(values: Mapping[str, float | None], **where: Array) -> tuple[Pull, ...]:
    """Return the pulls of several levers at the same places; see `stated`."""
    return tuple(pull for lever, value in values.items() for pull in stated(lever, value, **where))


def visits(days: Sequence[float | None]) -> tuple[Pull, ...]:
    """Return the pulls of the days between visits to outlets of class A, B and C; an absent one stays as it is."""
    return tuple(
        pull
        for grade, every in enumerate(days)
        for pull in stated("visit_every_days", every, **{"class": np.array([grade])})
    )
