"""The journal: every movement of goods and of cash, both sides at once.

Goods live in five kinds of place (factory, road to the distributor, warehouse, truck to the outlet, outlet); consumers,
production and scrap are the ends. Each method is one kind of flow and posts one array entry; stock and money of a sale
move in the same call, so neither can be forgotten. Inventory is carried at standard cost (factory cost, list price,
trade price), so that the inventory account always equals stock times price, to the cent.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import LedgerError
from sim.ledger.postings import (
    Books,
    Flows,
    Invoices,
    Payments,
    Sales,
    SellIn,
    Shipment,
    post_interest,
    post_outlet_invoices,
    post_payments,
    post_sell_out,
    post_shipments,
)
from sim.world.accounts import Account, Sector
from sim.world.bundles import bundle, zeros
from sim.world.world import RING_DAYS, World

Array = NDArray[Any]
DAYS_OF_A_YEAR: Final = 365


class Journal:
    """Posts flows into the world's stock and books; nobody else writes those columns."""

    def __init__(self, world: World) -> None:
        self._w = world
        self._books = bundle(Books, world)
        most = world.n_outlets * world.sizes["company"]
        self._invoices = Invoices(**{name: np.empty(most, dtype=np.int64) for name in Invoices._fields})

    # --- small movements of money ---
    def _outside(self, sector: Sector, amount: int) -> None:
        """A sector receives (positive) or spends (negative) cash."""
        contra = Account.CONSUMPTION if sector == Sector.CONSUMERS else Account.REVENUE
        self._w.outside_books[sector, Account.CASH] += amount
        self._w.outside_books[sector, contra] -= amount

    def company_expense(self, company: int, account: Account, cents: int, sector: Sector) -> None:
        """A company pays an expense in cash to an outside sector [cents]."""
        self._w.company_books[company, account] += cents
        self._w.company_books[company, Account.CASH] -= cents
        self._outside(sector, cents)

    def distributor_expense(self, account: Account, cents: Array, sector: Sector) -> None:
        """Distributors pay expenses in cash; `cents` has shape (n_distributors,)."""
        books = self._w.distributor_books
        books[:, account] += cents
        books[:, Account.CASH] -= cents
        self._outside(sector, int(cents.sum()))

    def company_pays_outlets(self, company: int, cost: Account, income: Account, rows: Array, cents: Array) -> None:
        """A company pays fees to the outlets in `rows`, each named once; `cents` has their shape (n,)."""
        total = int(cents.sum())
        self._w.company_books[company, cost] += total
        self._w.company_books[company, Account.CASH] -= total
        self._w.outlet_books[rows, Account.CASH] += cents
        self._w.outlet_books[rows, income] -= cents

    def company_pays_distributors(self, company: int, cost: Account, income: Account, cents: Array) -> None:
        """A company pays its distributors (negative: is paid); `cents` has shape (n_distributors,)."""
        total = int(cents.sum())
        self._w.company_books[company, cost] += total
        self._w.company_books[company, Account.CASH] -= total
        self._w.distributor_books[:, Account.CASH] += cents
        self._w.distributor_books[:, income] -= cents

    def pay_in_capital(self, company: Array, distributor: Array, outlet: Array) -> None:
        """Owners give every party its opening cash [cents]."""
        for books, cents in (
            (self._w.company_books, company),
            (self._w.distributor_books, distributor),
            (self._w.outlet_books, outlet),
        ):
            books[:, Account.CASH] += cents
            books[:, Account.EQUITY] -= cents
            self._outside(Sector.OWNERS, -int(cents.sum()))

    def share_tills(self) -> None:
        """Firms put the cash that lies in their other rows, debts left aside, where they have a contract."""
        w = self._w
        books = w.distributor_books
        user = np.full(w.sizes["distributor"], -1)
        user[w.distributor_firm[w.is_contracted]] = np.flatnonzero(w.is_contracted)
        user = user[w.distributor_firm]
        idle = (user >= 0) & ~w.is_contracted
        moved = np.where(idle, np.maximum(books[:, Account.CASH] + books[:, Account.PAYABLE], 0), 0)
        change = -moved
        np.add.at(change, user[idle], moved[idle])
        books[:, Account.CASH] += change
        books[:, Account.EQUITY] -= change

    def pay_interest(self, company: float, distributor: float, outlet: float) -> None:
        """Every party pays a day's interest on the capital that it ties up; rates in 1/year."""
        w = self._w
        paid = 0
        for books, rest, rate in (
            (w.company_books, w.company_interest_rest, company),
            (w.distributor_books, w.distributor_interest_rest, distributor),
            (w.outlet_books, w.outlet_interest_rest, outlet),
        ):
            paid += int(post_interest(books, rest, rate / DAYS_OF_A_YEAR))
        self._outside(Sector.BANKS, paid)

    def draw_profits(self, outlet: Array, distributor: Array) -> None:
        """Owners take cash out of outlets and distributors (negative: put in) [cents]."""
        for books, cents in ((self._w.outlet_books, outlet), (self._w.distributor_books, distributor)):
            books[:, Account.CASH] -= cents
            books[:, Account.DRAWINGS] += cents
            self._outside(Sector.OWNERS, int(cents.sum()))

    # --- goods ---
    def open_stock(self, factory: Array, distributor: Array, outlet: Array) -> None:
        """Opening stock of every party, against equity.

        Parameters
        ----------
        factory, distributor, outlet : shapes (n_products,), (n_distributors, n_products), (n_outlets, n_products).
        """
        w = self._w
        w.factory_stock_units[:] += factory
        w.distributor_stock_units[:] += distributor
        w.outlet_stock_units[:] += outlet
        w.opening_units[:] += factory + distributor.sum(axis=0) + outlet.sum(axis=0, dtype=np.int64)
        value = np.bincount(w.product_company, weights=factory * w.factory_cost_cents, minlength=w.sizes["company"])
        self._value(w.company_books, value.astype(np.int64))
        self._value(w.distributor_books, distributor @ w.list_price_cents)
        self._value(w.outlet_books, outlet.astype(np.int64) @ w.trade_price_cents)
        w.distributor_in_units[:] += distributor
        w.outlet_in_units[:] += outlet

    @staticmethod
    def _value(books: Array, cents: Array) -> None:
        books[:, Account.INVENTORY] += cents
        books[:, Account.EQUITY] -= cents

    def make(self, units: Array) -> None:
        """Factories make goods and pay for materials and work; `units` has shape (n_products,)."""
        w = self._w
        w.factory_stock_units[:] += units
        w.made_units[:] += units
        cost = units * w.factory_cost_cents
        for c, cents in zip(w.product_company, cost.tolist(), strict=True):
            w.company_books[c, Account.INVENTORY] += cents
            w.company_books[c, Account.CASH] -= cents
        self._outside(Sector.SUPPLIERS, int(cost.sum()))

    def ship_to_distributors(self, shipment: Shipment) -> Array:
        """Factories load goods for distributors and invoice them; title passes at once.

        Returns
        -------
        Invoiced cents, shape (n_distributors,).
        """
        invoiced = np.zeros(shipment.units.shape[0], dtype=np.int64)
        flows = self._zeros(Flows, "company")
        post_shipments(shipment, self._books, invoiced, flows)
        books = self._w.company_books
        books[:, Account.RECEIVABLE] += flows.revenue
        books[:, Account.REVENUE] -= flows.revenue
        books[:, Account.INVENTORY] -= flows.cost
        books[:, Account.COGS] += flows.cost
        books[:, Account.LOGISTICS] += flows.carriage
        books[:, Account.CASH] -= flows.carriage
        self._outside(Sector.CARRIERS, int(flows.carriage.sum()))
        return invoiced

    def _zeros(self, kind: Any, *axes: str) -> Any:
        """Return a bundle of zeros, each of the shape of some axes."""
        shape = tuple(self._w.sizes[axis] for axis in axes)
        return kind(**{name: np.zeros(shape, dtype=np.int64) for name in kind._fields})

    def on_the_road(self) -> Array:
        """Return goods on the way to the distributors, shape (n_distributors, n_products): in less out less stock."""
        w = self._w
        coming: Array = w.distributor_in_units - w.distributor_out_units - w.distributor_stock_units
        return coming

    def receive_at_distributors(self, slot: int) -> Array:
        """Trucks of this day arrive; returns units, shape (n_distributors, n_products)."""
        w = self._w
        units: Array = w.transit_units[slot].copy()
        w.distributor_stock_units[:] += units
        w.transit_units[slot] = 0
        return units

    def deliver(self, shipped: Array) -> tuple[Invoices, SellIn]:
        """Distributors load goods for outlets, shape (n_outlets, n_products) [units], and invoice them.

        Returns
        -------
        Invoices by outlet and company, which are good until the next delivery; what was sold in.
        """
        amounts = np.zeros(self._w.sizes["company"], dtype=np.int64)
        sell_in: SellIn = self._zeros(SellIn, "territory", "product")
        refunds = np.zeros(self._w.sizes["distributor"], dtype=np.int64)
        n = post_outlet_invoices(shipped, self._books, amounts, self._invoices, sell_in, refunds)
        for c in np.unique(self._w.distributor_company[refunds > 0]):
            mine = np.where(self._w.distributor_company == c, refunds, 0)
            self.company_pays_distributors(int(c), Account.PROMOTION_COST, Account.PROMOTION_INCOME, mine)
        return Invoices(**{name: values[:n] for name, values in self._invoices._asdict().items()}), sell_in

    def receive_at_outlets(self) -> Array:
        """Yesterday's trucks arrive; returns units, shape (n_outlets, n_products)."""
        w = self._w
        units: Array = w.outlet_inbound_units.copy()
        w.outlet_stock_units[:] += units
        w.outlet_inbound_units[:] = 0
        return units

    def sell_out(self, sold: Array, price_factor: Array, cut: Array) -> Sales:
        """Consumers buy; companies pay outlets for their promotions.

        Parameters
        ----------
        sold : shape (n_outlets, n_products). [units]
        price_factor : shape (n_territories, n_products). Street price against the regular shelf price.
        cut : shape (n_territories, n_products). Part of the shelf price that the product's company pays instead.
        """
        w = self._w
        n = w.sizes
        by_distributor = np.zeros((n["distributor"], n["product"]), dtype=np.int64)
        sales: Sales = zeros(Sales, (n["territory"], n["product"]), np.int64, by_distributor=by_distributor)
        post_sell_out(sold, price_factor, cut, self._books, sales)
        w.consumed_units[:] += sales.units.sum(axis=0)
        self._outside(Sector.CONSUMERS, -int(sales.consumers_cents.sum()))
        for c, cents in zip(w.product_company, sales.companies_cents.sum(axis=0).tolist(), strict=True):
            w.company_books[c, Account.PROMOTION_COST] += cents
            w.company_books[c, Account.CASH] -= cents
        return sales

    def rush(self, missing: Array, slot: int) -> tuple[Array, SellIn]:
        """Make and deliver goods in the same minute (only with stock-outs switched off).

        Parameters
        ----------
        missing : shape (n_outlets, n_products). [units]
        slot : slot of the ring in which the distributors' invoices fall due.

        Returns
        -------
        Units that passed through each distributor, shape (n_distributors, n_products); what was sold in.
        """
        w = self._w
        served = w.outlet_distributor[:, w.product_company]
        goods = np.where(served >= 0, missing, 0)
        needed = np.zeros((w.sizes["distributor"], w.sizes["product"]), dtype=np.int64)
        rows, products = np.nonzero(goods)
        np.add.at(needed, (served[rows, products], products), goods[rows, products])
        self.make(needed.sum(axis=0))
        n = needed.shape[0]
        slots = np.full(n, slot)
        before = w.transit_units[slot].copy()
        free = np.zeros(n, dtype=np.int64)
        shipment = Shipment(units=needed, arrival_slot=slots, due_slot=slots, discount=np.zeros(n), freight_cents=free)
        self.ship_to_distributors(shipment)
        w.transit_units[slot] = before
        w.distributor_stock_units[:] += needed
        return needed, self._sell_rushed(goods)

    def _sell_rushed(self, goods: Array) -> SellIn:
        w = self._w
        waiting = w.outlet_inbound_units.copy()
        invoices, sell_in = self.deliver(goods.astype(np.int32))
        w.outlet_stock_units[:] += w.outlet_inbound_units - waiting
        w.outlet_inbound_units[:] = waiting
        self.outlets_pay(bundle(Payments, invoices))
        return sell_in

    def scrap_at_outlets(self, rows: Array, units: Array) -> None:
        """Outlets throw goods away.

        Parameters
        ----------
        rows : shape (n,). Outlets, each at most once.
        units : shape (n, n_products). [units]
        """
        w = self._w
        w.outlet_stock_units[rows] -= units
        w.outlet_out_units[rows] += units
        w.scrapped_units[:] += units.sum(axis=0)
        cents = units.astype(np.int64) @ w.trade_price_cents
        w.outlet_books[rows, Account.INVENTORY] -= cents
        w.outlet_books[rows, Account.SCRAP] += cents

    def scrap_at_distributors(self, units: Array) -> None:
        """Distributors throw goods away; shape (n_distributors, n_products)."""
        w = self._w
        w.distributor_stock_units[:] -= units
        w.distributor_out_units[:] += units
        w.scrapped_units[:] += units.sum(axis=0)
        cents = units @ w.list_price_cents
        w.distributor_books[:, Account.INVENTORY] -= cents
        w.distributor_books[:, Account.SCRAP] += cents

    def take_back(self, units: Array, discount: Array) -> None:
        """Companies take expired goods back for what these cost their distributors, and scrap them.

        Parameters
        ----------
        units : shape (n_distributors, n_products). [units]
        discount : shape (n_distributors,). Discount on the list price.
        """
        w = self._w
        paid = self._sell_back(units, discount)
        w.scrapped_units[:] += units.sum(axis=0)
        for c in range(w.sizes["company"]):
            cents = int(paid[w.distributor_company == c].sum())
            w.company_books[c, Account.SCRAP] += cents
            w.company_books[c, Account.CASH] -= cents

    def return_to_factories(self, units: Array, discount: Array, freight_cents: Array) -> None:
        """Distributors send goods back for what they paid; a sale undone, and the way back on the company.

        Parameters
        ----------
        units : shape (n_distributors, n_products). [units]
        discount : shape (n_distributors,). Discount on the list price at which they were bought.
        freight_cents : shape (n_companies,). [cents/unit]
        """
        w = self._w
        paid = self._sell_back(units, discount)
        w.factory_stock_units[:] += units.sum(axis=0)
        for c in range(w.sizes["company"]):
            mine = w.distributor_company == c
            cents, cost = int(paid[mine].sum()), int((units[mine] @ w.factory_cost_cents).sum())
            w.company_books[c, Account.REVENUE] += cents
            w.company_books[c, Account.CASH] -= cents
            w.company_books[c, Account.INVENTORY] += cost
            w.company_books[c, Account.COGS] -= cost
            carriage = int(units[mine].sum()) * int(freight_cents[c])
            self.company_expense(c, Account.LOGISTICS, carriage, Sector.CARRIERS)

    def _sell_back(self, units: Array, discount: Array) -> Array:
        """Distributors give goods up for what they paid; returns that, shape (n_distributors,). [cents]."""
        w = self._w
        w.distributor_stock_units[:] -= units
        w.distributor_out_units[:] += units
        standard = units @ w.list_price_cents
        paid: Array = standard - np.floor(standard * discount + 0.5).astype(np.int64)
        books = w.distributor_books
        books[:, Account.INVENTORY] -= standard
        books[:, Account.PRICE_VARIANCE] += standard - paid
        books[:, Account.CASH] += paid
        return paid

    def divert(self, distributor: int, outlets: Array, product: int, units: Array, price_cents: int) -> None:
        """A distributor sells goods for cash to outlets of a foreign territory; delivered at once."""
        w = self._w
        total = int(units.sum())
        w.distributor_stock_units[distributor, product] -= total
        w.distributor_out_units[distributor, product] += total
        w.outlet_stock_units[outlets, product] += units.astype(np.int32)
        w.outlet_in_units[outlets, product] += units
        amount = units * price_cents
        standard = units * w.trade_price_cents[product]
        books = w.outlet_books
        books[outlets, Account.INVENTORY] += standard
        books[outlets, Account.PRICE_VARIANCE] += amount - standard
        books[outlets, Account.CASH] -= amount
        cost = total * int(w.list_price_cents[product])
        seller = w.distributor_books[distributor]
        seller[Account.CASH] += int(amount.sum())
        seller[Account.REVENUE] -= int(amount.sum())
        seller[Account.INVENTORY] -= cost
        seller[Account.COGS] += cost

    # --- settlement ---
    def outlets_pay(self, payments: Payments) -> None:
        """Outlets pay invoices to their distributors."""
        post_payments(payments, self._books)

    def write_off(self, outlets: Array, distributors: Array, cents: Array) -> None:
        """Distributors lose invoices of closed outlets; the outlet's side ends in its owner's pocket."""
        w = self._w
        np.add.at(w.outlet_books[:, Account.PAYABLE], outlets, cents)
        np.add.at(w.outlet_books[:, Account.BAD_DEBT], outlets, -cents)
        np.add.at(w.distributor_books[:, Account.RECEIVABLE], distributors, -cents)
        np.add.at(w.distributor_books[:, Account.BAD_DEBT], distributors, cents)

    def distributors_pay(self, slot: int, cents: Array, later_slot: int) -> None:
        """Distributors pay their companies; what they cannot pay moves to a later slot. `cents`: (n_distributors,)."""
        w = self._w
        due = w.distributor_due_cents[slot].copy()
        if np.any(cents > due):
            raise LedgerError("a distributor would pay more than is due")
        w.distributor_due_cents[slot] = 0
        w.distributor_due_cents[later_slot % RING_DAYS] += due - cents
        w.distributor_books[:, Account.CASH] -= cents
        w.distributor_books[:, Account.PAYABLE] += cents
        paid = np.zeros(w.sizes["company"], dtype=np.int64)
        np.add.at(paid, w.distributor_company, cents)
        w.company_books[:, Account.CASH] += paid
        w.company_books[:, Account.RECEIVABLE] -= paid
