"""Compiled postings: goods and both sides of the books in one pass over the outlets. Called by the journal alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel

Array = NDArray[Any]


@kernel()
def post_sell_out(
    sold: Array,
    stock: Array,
    out: Array,
    week: Array,
    review: Array,
    total: Array,
    territory: Array,
    shelf_price: Array,
    factor: Array,
    cut: Array,
    unit_cost: Array,
    books: Array,
    account: tuple[int, ...],
    sales: Array,
) -> None:
    """Outlets hand goods to consumers; goods and money in one pass over the outlets.

    `account` holds the columns of cash, inventory, revenue, cogs and promotion income; `sales` (n_territories,
    n_products, 3) is written: units, consumers' cents, cents paid by the products' companies.
    """
    cash, inventory, revenue, cogs, promotion = account
    for i in range(sold.shape[0]):
        t = territory[i]
        takings = 0
        cost = 0
        bonus = 0
        for p in range(sold.shape[1]):
            units = sold[i, p]
            if units == 0:
                continue
            stock[i, p] -= units
            out[i, p] += units
            week[i, p] += units
            review[i, p] += units
            total[i, p] += units
            price = int(math.floor(shelf_price[i, p] * factor[t, p] + 0.5))
            paid = int(math.floor(shelf_price[i, p] * cut[t, p] + 0.5))
            takings += units * price
            bonus += units * paid
            cost += units * unit_cost[p]
            sales[t, p, 0] += units
            sales[t, p, 1] += units * price
            sales[t, p, 2] += units * paid
        books[i, cash] += takings + bonus
        books[i, revenue] -= takings
        books[i, promotion] -= bonus
        books[i, inventory] -= cost
        books[i, cogs] += cost


@kernel()
def post_expense(
    company_books: Array, outside_books: Array, company: int, sector: int, account: tuple[int, ...], cents: int
) -> None:
    """A company pays an expense in cash to an outside sector [cents].

    `account` holds the columns of the expense, of cash, and of the sector's revenue.
    """
    expense, cash, revenue = account
    company_books[company, expense] += cents
    company_books[company, cash] -= cents
    outside_books[sector, cash] += cents
    outside_books[sector, revenue] -= cents


@kernel()
def post_outlet_invoices(
    shipped: Array,
    distributor: Array,
    company: Array,
    territory: Array,
    list_price: Array,
    trade_price: Array,
    markdown: Array,
    inbound: Array,
    outlet_in: Array,
    stock: Array,
    distributor_out: Array,
    outlet_books: Array,
    distributor_books: Array,
    account: tuple[int, ...],
    amounts: Array,
    invoices: Array,
    value: Array,
) -> int:
    """Distributors load trucks: goods and invoices; return the number of invoices.

    Parameters
    ----------
    account : columns of inventory, payable, variance (outlet) and receivable, revenue, cogs (distributor).
    amounts : shape (n_companies,), scratch, zeros.
    invoices : shape (4, capacity), written by outlet and company: outlet, company, distributor, cents.
    value : shape (n_territories, n_products, 2), added to: units and invoiced cents.
    """
    inventory, payable, variance, receivable, revenue, cogs = account
    n = 0
    for i in range(shipped.shape[0]):
        is_served = False
        for p in range(shipped.shape[1]):
            units = shipped[i, p]
            if units == 0:
                continue
            is_served = True
            c = company[p]
            k = distributor[i, c]
            inbound[i, p] += units
            outlet_in[i, p] += units
            stock[k, p] -= units
            distributor_out[k, p] += units
            standard = units * trade_price[p]
            amount = standard - int(np.floor(standard * markdown[k, p] + 0.5))
            cost = units * list_price[p]
            outlet_books[i, inventory] += standard
            outlet_books[i, variance] += amount - standard
            outlet_books[i, payable] -= amount
            distributor_books[k, receivable] += amount
            distributor_books[k, revenue] -= amount
            distributor_books[k, inventory] -= cost
            distributor_books[k, cogs] += cost
            amounts[c] += amount
            value[territory[i], p, 0] += units
            value[territory[i], p, 1] += amount
        if not is_served:
            continue
        for c in range(amounts.shape[0]):
            if amounts[c] != 0:
                invoices[0, n] = i
                invoices[1, n] = c
                invoices[2, n] = distributor[i, c]
                invoices[3, n] = amounts[c]
                amounts[c] = 0
                n += 1
    return n


@kernel()
def post_shipments(
    units: Array,
    arrival_slot: Array,
    due_slot: Array,
    discount: Array,
    freight: Array,
    list_price: Array,
    factory_cost: Array,
    company: Array,
    factory_stock: Array,
    factory_out: Array,
    transit: Array,
    distributor_in: Array,
    books: Array,
    due_cents: Array,
    account: tuple[int, ...],
    amount: Array,
    flows: Array,
) -> None:
    """Factories load goods for distributors and invoice them.

    `account` holds the columns of inventory, variance and payable. `amount` (n_distributors,) is written: invoices
    [cents]; `flows` (n_companies, 3) is added to: invoices, cost of the goods, freight [cents].
    """
    inventory, variance, payable = account
    for k in range(units.shape[0]):
        standard = 0
        for p in range(units.shape[1]):
            n = units[k, p]
            factory_stock[p] -= n
            factory_out[p] += n
            transit[arrival_slot[k], k, p] += n
            distributor_in[k, p] += n
            standard += n * list_price[p]
            flows[company[k], 1] += n * factory_cost[p]
            flows[company[k], 2] += n * freight[k]
        amount[k] = standard - int(math.floor(standard * discount[k] + 0.5))
        books[k, inventory] += standard
        books[k, variance] += amount[k] - standard
        books[k, payable] -= amount[k]
        due_cents[due_slot[k], k] += amount[k]
        flows[company[k], 0] += amount[k]


@kernel()
def sum_books(books: Array, total: Array) -> None:
    """Add the rows of `books`, shape (n, n_accounts), to `total`, shape (n_accounts,) [cents]."""
    for i in range(books.shape[0]):
        for a in range(books.shape[1]):
            total[a] += books[i, a]


@kernel()
def sum_books_by_company(books: Array, company: Array, total: Array) -> None:
    """Add the rows of `books`, shape (n, n_accounts), to their companies' rows of `total` [cents]."""
    for i in range(books.shape[0]):
        for a in range(books.shape[1]):
            total[company[i], a] += books[i, a]


@kernel()
def post_payments(
    outlets: Array,
    distributors: Array,
    cents: Array,
    cash: int,
    payable: int,
    receivable: int,
    outlet_books: Array,
    distributor_books: Array,
) -> None:
    """Outlets pay; the three arrays have one length, the next three are columns of the books."""
    for r in range(cents.shape[0]):
        outlet_books[outlets[r], cash] -= cents[r]
        outlet_books[outlets[r], payable] += cents[r]
        distributor_books[distributors[r], cash] += cents[r]
        distributor_books[distributors[r], receivable] -= cents[r]
