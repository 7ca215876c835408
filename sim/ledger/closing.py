"""The closing checks: exact, at the end of every run, always on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import LedgerError
from sim.world.accounts import Account
from sim.world.world import World

Array = NDArray[Any]


def check_ledger(world: World) -> None:
    """Raise `LedgerError` unless goods and money balance to the unit and to the cent."""
    _check_goods(world)
    _check_parties(world)
    _check_money(world)
    _check_inventory(world)
    _check_debts(world)


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise LedgerError(f"the ledger does not close: {what}")


def _check_goods(w: World) -> None:
    """Opening + made = consumed + scrapped + all stock, in transit included; nothing negative."""
    on_hand = (
        w.factory_stock_units
        + w.distributor_stock_units.sum(axis=0)
        + w.transit_units.sum(axis=(0, 1))
        + w.outlet_stock_units.sum(axis=0, dtype=np.int64)
        + w.outlet_inbound_units.sum(axis=0, dtype=np.int64)
    )
    gone = w.consumed_units + w.scrapped_units
    for p, product in enumerate(w.names.products):
        left, right = int(w.opening_units[p] + w.made_units[p]), int(gone[p] + on_hand[p])
        _demand(left == right, f"product {product}: opening + made = {left}, consumed + scrapped + stock = {right}")
    for name in (
        "factory_stock_units",
        "distributor_stock_units",
        "transit_units",
        "outlet_stock_units",
        "outlet_inbound_units",
    ):
        _demand(int(w.columns[name].min(initial=0)) >= 0, f"{name} is negative")


def _check_parties(w: World) -> None:
    """For every party: in − out = closing stock, goods on the way to it included."""
    outlet = w.outlet_in_units - w.outlet_out_units - w.outlet_stock_units - w.outlet_inbound_units
    _demand(not outlet.any(), "an outlet's goods in − out differ from its stock")
    held = w.distributor_stock_units + w.transit_units.sum(axis=0)
    _demand(
        bool(np.array_equal(w.distributor_in_units - w.distributor_out_units, held)),
        "a distributor's goods do not balance",
    )


def _check_money(w: World) -> None:
    """Every party's balances sum to zero; all cash together is zero."""
    cash = 0
    for name in ("company_books", "distributor_books", "outlet_books", "outside_books"):
        books: Array = w.columns[name]
        wrong = np.flatnonzero(books.sum(axis=1))
        _demand(wrong.size == 0, f"{name}: balances of row {wrong[:1]} do not sum to zero")
        cash += int(books[:, Account.CASH].sum())
    _demand(cash == 0, f"all cash sums to {cash} cents")


def _check_inventory(w: World) -> None:
    """The inventory account equals stock times standard cost."""
    value = np.zeros(w.sizes["company"], dtype=np.int64)
    np.add.at(value, w.product_company, w.factory_stock_units * w.factory_cost_cents)
    _demand(
        bool(np.array_equal(value, w.company_books[:, Account.INVENTORY])), "factory inventory differs from its stock"
    )
    held = w.distributor_stock_units + w.transit_units.sum(axis=0)
    _demand(
        bool(np.array_equal(held @ w.list_price_cents, w.distributor_books[:, Account.INVENTORY])),
        "a distributor's inventory account differs from its stock",
    )
    shelf = w.outlet_stock_units.astype(np.int64) + w.outlet_inbound_units
    _demand(
        bool(np.array_equal(shelf @ w.trade_price_cents, w.outlet_books[:, Account.INVENTORY])),
        "an outlet's inventory account differs from its stock",
    )


def _check_debts(w: World) -> None:
    """What one owes, the other is owed."""
    outlets = int(w.outlet_books[:, Account.PAYABLE].sum())
    _demand(
        outlets == -int(w.distributor_books[:, Account.RECEIVABLE].sum()),
        "outlets' debts differ from distributors' claims",
    )
    distributors = int(w.distributor_books[:, Account.PAYABLE].sum())
    _demand(
        distributors == -int(w.company_books[:, Account.RECEIVABLE].sum()),
        "distributors' debts differ from companies' claims",
    )
    _demand(
        bool(np.array_equal(w.distributor_due_cents.sum(axis=0), -w.distributor_books[:, Account.PAYABLE])),
        "invoices by due day differ from the debts",
    )
