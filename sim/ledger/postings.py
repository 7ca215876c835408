"""Compiled postings: goods and both sides of the books in one pass over the outlets. Called by the journal alone."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.world.accounts import Account

Array = NDArray[Any]


# Columns of the books, as plain numbers for the compiler.
CASH: Final = int(Account.CASH)
INVENTORY: Final = int(Account.INVENTORY)
RECEIVABLE: Final = int(Account.RECEIVABLE)
PAYABLE: Final = int(Account.PAYABLE)
REVENUE: Final = int(Account.REVENUE)
COGS: Final = int(Account.COGS)
PRICE_VARIANCE: Final = int(Account.PRICE_VARIANCE)
PROMOTION_INCOME: Final = int(Account.PROMOTION_INCOME)
INTEREST: Final = int(Account.INTEREST)


LARGEST_DISCOUNT: Final = 0.9
"""No invoice is lowered by more than this share, whatever comes together."""


class Books(NamedTuple):
    """Books, stock, counters of goods, and prices: the columns that postings write and read."""

    outlet_books: Array
    distributor_books: Array
    outlet_stock_units: Array
    outlet_inbound_units: Array
    outlet_in_units: Array
    outlet_out_units: Array
    week_sold_units: Array
    review_sold_units: Array
    sold_total_units: Array
    distributor_stock_units: Array
    distributor_in_units: Array
    distributor_out_units: Array
    distributor_due_cents: Array
    transit_units: Array
    factory_stock_units: Array
    factory_out_units: Array
    outlet_territory: Array
    outlet_distributor: Array
    product_company: Array
    distributor_company: Array
    distributor_markdown: Array
    distributor_pass_on: Array
    trade_discount: Array
    shelf_discount: Array
    shelf_price_cents: Array
    trade_price_cents: Array
    list_price_cents: Array
    factory_cost_cents: Array


class Sales(NamedTuple):
    """What consumers bought, shape (n_territories, n_products): units, their cents, and cents paid by companies.

    Attributes
    ----------
    by_distributor : shape (n_distributors, n_products). Units again, by who delivers; who has none is left out.
    """

    units: Array
    consumers_cents: Array
    companies_cents: Array
    by_distributor: Array


class Invoices(NamedTuple):
    """Invoices to outlets, shape (n,): who is invoiced, for whose goods, by whom, how much."""

    outlet: Array
    company: Array
    distributor: Array
    cents: Array


class Payments(NamedTuple):
    """What outlets pay, shape (n,): who pays, to whom, how many cents. An outlet may stand in several rows."""

    outlet: Array
    distributor: Array
    cents: Array


class SellIn(NamedTuple):
    """What was delivered to outlets, shape (n_territories, n_products): units, and cents as invoiced."""

    units: Array
    cents: Array


class Shipment(NamedTuple):
    """Goods for distributors.

    Attributes
    ----------
    units : shape (n_distributors, n_products). [units]
    arrival_slot, due_slot : shape (n_distributors,). Slots of the rings of arrivals and of payments.
    discount : shape (n_distributors,). Discount on the list price.
    freight_cents : shape (n_distributors,). [cents/unit]
    """

    units: Array
    arrival_slot: Array
    due_slot: Array
    discount: Array
    freight_cents: Array


class Flows(NamedTuple):
    """What a company's shipments of the day make, shape (n_companies,). [cents]."""

    revenue: Array
    cost: Array
    carriage: Array


@kernel()
def post_sell_out(sold: Array, price_factor: Array, cut: Array, books: Books, sales: Sales) -> None:
    """Outlets hand goods to consumers; goods and money in one pass over the outlets.

    Parameters
    ----------
    sold : shape (n_outlets, n_products). [units]
    price_factor, cut : shape (n_territories, n_products). Street price, and what the product's company pays instead,
        against the regular shelf price.
    sales : zeros, written.
    """
    outlet_books = books.outlet_books
    for i in range(sold.shape[0]):
        t = books.outlet_territory[i]
        takings = 0
        cost = 0
        bonus = 0
        for p in range(sold.shape[1]):
            units = sold[i, p]
            if units == 0:
                continue
            books.outlet_stock_units[i, p] -= units
            books.outlet_out_units[i, p] += units
            books.week_sold_units[i, p] += units
            books.review_sold_units[i, p] += units
            books.sold_total_units[i, p] += units
            regular = books.shelf_price_cents[i, p] * (1.0 - books.shelf_discount[i, p])
            price = int(math.floor(regular * price_factor[t, p] + 0.5))
            paid = int(math.floor(books.shelf_price_cents[i, p] * cut[t, p] + 0.5))
            takings += units * price
            bonus += units * paid
            cost += units * books.trade_price_cents[p]
            sales.units[t, p] += units
            sales.consumers_cents[t, p] += units * price
            sales.companies_cents[t, p] += units * paid
            k = books.outlet_distributor[i, books.product_company[p]]
            if k >= 0:
                sales.by_distributor[k, p] += units
        outlet_books[i, CASH] += takings + bonus
        outlet_books[i, REVENUE] -= takings
        outlet_books[i, PROMOTION_INCOME] -= bonus
        outlet_books[i, INVENTORY] -= cost
        outlet_books[i, COGS] += cost


@kernel()
def post_outlet_invoices(
    shipped: Array, books: Books, amounts: Array, invoices: Invoices, sell_in: SellIn, refunds: Array
) -> int:
    """Distributors load trucks: goods and invoices; return the number of invoices.

    Parameters
    ----------
    shipped : shape (n_outlets, n_products). [units]
    amounts : shape (n_companies,), scratch, zeros.
    invoices : of the largest number that there may be; written by outlet and company.
    sell_in : added to.
    refunds : shape (n_distributors,), added to: what promotions to shops took off, which the company pays. [cents]
    """
    outlet_books, distributor_books = books.outlet_books, books.distributor_books
    n = 0
    for i in range(shipped.shape[0]):
        is_served = False
        for p in range(shipped.shape[1]):
            units = shipped[i, p]
            if units == 0:
                continue
            is_served = True
            c = books.product_company[p]
            k = books.outlet_distributor[i, c]
            books.outlet_inbound_units[i, p] += units
            books.outlet_in_units[i, p] += units
            books.distributor_stock_units[k, p] -= units
            books.distributor_out_units[k, p] += units
            standard = units * books.trade_price_cents[p]
            own = min(books.distributor_markdown[k, p] + books.distributor_pass_on[k, p], LARGEST_DISCOUNT)
            promoted = min(books.trade_discount[books.outlet_territory[i], c], LARGEST_DISCOUNT - own)
            refund = int(np.floor(standard * promoted + 0.5))
            amount = standard - int(np.floor(standard * own + 0.5)) - refund
            refunds[k] += refund
            cost = units * books.list_price_cents[p]
            outlet_books[i, INVENTORY] += standard
            outlet_books[i, PRICE_VARIANCE] += amount - standard
            outlet_books[i, PAYABLE] -= amount
            distributor_books[k, RECEIVABLE] += amount
            distributor_books[k, REVENUE] -= amount
            distributor_books[k, INVENTORY] -= cost
            distributor_books[k, COGS] += cost
            amounts[c] += amount
            sell_in.units[books.outlet_territory[i], p] += units
            sell_in.cents[books.outlet_territory[i], p] += amount
        if not is_served:
            continue
        for c in range(amounts.shape[0]):
            if amounts[c] != 0:
                invoices.outlet[n] = i
                invoices.company[n] = c
                invoices.distributor[n] = books.outlet_distributor[i, c]
                invoices.cents[n] = amounts[c]
                amounts[c] = 0
                n += 1
    return n


@kernel()
def post_shipments(shipment: Shipment, books: Books, invoiced: Array, flows: Flows) -> None:
    """Factories load goods for distributors and invoice them.

    Parameters
    ----------
    invoiced : shape (n_distributors,), written. [cents]
    flows : added to.
    """
    distributor_books = books.distributor_books
    for k in range(shipment.units.shape[0]):
        company = books.distributor_company[k]
        standard = 0
        for p in range(shipment.units.shape[1]):
            n = shipment.units[k, p]
            books.factory_stock_units[p] -= n
            books.factory_out_units[p] += n
            books.transit_units[shipment.arrival_slot[k], k, p] += n
            books.distributor_in_units[k, p] += n
            standard += n * books.list_price_cents[p]
            flows.cost[company] += n * books.factory_cost_cents[p]
            flows.carriage[company] += n * shipment.freight_cents[k]
        amount = standard - int(math.floor(standard * shipment.discount[k] + 0.5))
        distributor_books[k, INVENTORY] += standard
        distributor_books[k, PRICE_VARIANCE] += amount - standard
        distributor_books[k, PAYABLE] -= amount
        books.distributor_due_cents[shipment.due_slot[k], k] += amount
        flows.revenue[company] += amount
        invoiced[k] = amount


@kernel()
def post_payments(payments: Payments, books: Books) -> None:
    """Outlets pay their distributors."""
    for r in range(payments.cents.shape[0]):
        cents = payments.cents[r]
        books.outlet_books[payments.outlet[r], CASH] -= cents
        books.outlet_books[payments.outlet[r], PAYABLE] += cents
        books.distributor_books[payments.distributor[r], CASH] += cents
        books.distributor_books[payments.distributor[r], RECEIVABLE] -= cents


@kernel()
def post_interest(books: Array, rest: Array, rate_per_day: float) -> int:
    """Everybody pays a day's interest on stock and receivables less payables; a surplus of payables earns nothing.

    Parameters
    ----------
    books : shape (n, n_accounts). [cents]
    rest : shape (n,). Interest owed that is not yet a whole cent, which the next day adds to. [cents]

    Returns
    -------
    Interest of all together. [cents]
    """
    total = 0
    for i in range(books.shape[0]):
        tied = books[i, INVENTORY] + books[i, RECEIVABLE] + books[i, PAYABLE]
        owed = rest[i] + max(tied, 0) * rate_per_day
        cents = int(math.floor(owed + 0.5))
        rest[i] = owed - cents
        books[i, INTEREST] += cents
        books[i, CASH] -= cents
        total += cents
    return total


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
