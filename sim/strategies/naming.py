"""Places that a user names in a strategy: rows of territories, of our distributors, of our products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem, nearest_name
from sim.strategies.ranking import rows_of
from sim.strategies.view import View

Array = NDArray[Any]


def territory_rows(view: View, wanted: Sequence[str]) -> Array:
    """Return rows of the named territories in rising order, shape (n,); all of them when none is named."""
    return np.unique(rows_of(wanted, view)) if wanted else np.arange(len(view.names.territories))


def distributor_rows(view: View, wanted: Sequence[str], part: str) -> Array:
    """Return rows of our named distributors in rising order, shape (n,); all of ours when none is named.

    Parameters
    ----------
    wanted : identifiers.
    part : kind of the strategy, for the message.

    Raises
    ------
    InputError
        For a name that none of ours has, with the nearest.
    """
    return np.unique(_rows(view.names.distributors, view.distributors.row, wanted, part, "distributors"))


def product_rows(view: View, wanted: Sequence[str], part: str) -> Array:
    """Return rows of our named products in the order named; all of ours when none is named. See `distributor_rows`."""
    return _rows(view.names.products, view.products.row, wanted, part, "products")


def _rows(names: Sequence[str], ours: Any, wanted: Sequence[str], part: str, field: str) -> Array:
    row_of = {names[row]: row for row in ours}
    for name in wanted:
        if name not in row_of:
            near = nearest_name(name, list(row_of))
            raise InputError(
                [Problem(f"strategy part '{part}'", 0, field, f"'{name}'", f"no such {field} of ours", near)]
            )
    return np.array([row_of[name] for name in wanted] if wanted else list(ours), dtype=np.int64)
