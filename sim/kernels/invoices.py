"""Invoices of the outlets: who pays tonight, and whose are written off."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.streams import draw, stream

Array = NDArray[Any]


class Invoices(NamedTuple):
    """Unpaid invoices, shape (n_invoices,)."""

    due_day: Array
    outlet: Array
    distributor: Array
    cents: Array


class Paid(NamedTuple):
    """Invoices paid tonight, shape (n_invoices,); written."""

    outlet: Array
    distributor: Array
    cents: Array


class Payers(NamedTuple):
    """Who owes and is owed.

    Attributes
    ----------
    outlet_slot : shape (n_outlets,).
    relation : shape (n_outlets, n_companies).
    distributor_company : shape (n_distributors,).
    cash_cents : shape (n_outlets,), scratch copy, reduced.
    """

    outlet_slot: Array
    relation: Array
    distributor_company: Array
    cash_cents: Array


class PaymentRules(NamedTuple):
    """How shops put off what is due, from the scenario."""

    late_probability: float
    relation_effect: float
    late_days: int


@kernel()
def choose_payments(
    invoices: Invoices, payers: Payers, rules: PaymentRules, key: np.uint64, day: int, paid: Paid
) -> tuple[int, int]:
    """Decide which due invoices are paid; what stays is moved to the front, put off where it was due.

    Invoices over nothing have been written off during the day, and do not stay.

    Returns
    -------
    Numbers of invoices that stay and that are paid.
    """
    kept = 0
    n_paid = 0
    for r in range(invoices.due_day.shape[0]):
        cents = invoices.cents[r]
        if cents == 0:
            continue
        i, k, due = invoices.outlet[r], invoices.distributor[r], invoices.due_day[r]
        if due <= day:
            c = payers.distributor_company[k]
            chance = rules.late_probability * (1.0 - rules.relation_effect * payers.relation[i, c])
            if draw(stream(key, payers.outlet_slot[i]), c) >= chance and payers.cash_cents[i] >= cents:
                payers.cash_cents[i] -= cents
                paid.outlet[n_paid], paid.distributor[n_paid], paid.cents[n_paid] = i, k, cents
                n_paid += 1
                continue
            due = day + rules.late_days
        invoices.due_day[kept], invoices.outlet[kept] = due, i
        invoices.distributor[kept], invoices.cents[kept] = k, cents
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
