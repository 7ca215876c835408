"""Invoices of the outlets: who pays tonight, and whose are written off."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.streams import draw, stream

Array = NDArray[Any]


@kernel()
def choose_payments(
    day: int,
    due_day: Array,
    outlet: Array,
    distributor: Array,
    cents: Array,
    cash: Array,
    relation: Array,
    company: Array,
    slot: Array,
    key: np.uint64,
    late_probability: float,
    relation_effect: float,
    late_days: int,
    paid: Array,
) -> tuple[int, int]:
    """Decide which due invoices are paid; what stays is moved to the front, put off where it was due.

    Invoices over nothing have been written off during the day, and do not stay.

    Parameters
    ----------
    due_day, outlet, distributor, cents : shape (n_invoices,), rewritten.
    cash : shape (n_outlets,), scratch copy, reduced. [cents]
    paid : shape (3, n_invoices), written: outlet, distributor and cents of each paid invoice.

    Returns
    -------
    Numbers of invoices that stay and that are paid.
    """
    kept = 0
    n_paid = 0
    for r in range(due_day.shape[0]):
        if cents[r] == 0:
            continue
        i = outlet[r]
        due = due_day[r]
        if due <= day:
            c = company[distributor[r]]
            chance = late_probability * (1.0 - relation_effect * relation[i, c])
            if draw(stream(key, slot[i]), c) >= chance and cash[i] >= cents[r]:
                cash[i] -= cents[r]
                paid[0, n_paid] = i
                paid[1, n_paid] = distributor[r]
                paid[2, n_paid] = cents[r]
                n_paid += 1
                continue
            due = day + late_days
        due_day[kept] = due
        outlet[kept] = i
        distributor[kept] = distributor[r]
        cents[kept] = cents[r]
        kept += 1
    return kept, n_paid


@kernel()
def invoices_of(is_meant: Array, outlet: Array, rows: Array) -> int:
    """Write the rows of the invoices of the outlets that are meant, ascending; return their number.

    `is_meant` has shape (n_outlets,), `outlet` and `rows` (n_invoices,).
    """
    n = 0
    for r in range(outlet.shape[0]):
        # Few are meant: the row is written anyway, and overwritten by the next.
        rows[n] = r
        n += is_meant[outlet[r]]
    return n
