"""Every flow posts both sides at once, and the closing checks notice whatever does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.errors import LedgerError
from sim.ledger.closing import check_ledger
from sim.ledger.journal import Journal
from sim.ledger.postings import Payments, Shipment
from sim.world.accounts import BALANCE_SHEET, Account, Sector
from sim.world.world import RING_DAYS, World
from tests.markets import finished, market

BOOKS = ("company_books", "distributor_books", "outlet_books", "outside_books")
GOODS = (
    "factory_stock_units",
    "distributor_stock_units",
    "transit_units",
    "outlet_stock_units",
    "outlet_inbound_units",
)


@pytest.fixture
def world() -> World:
    """A market on its first morning: opening stock and capital, nothing owed."""
    return Session(market({"mechanisms": {"outlet_turnover": False}})).world


@pytest.fixture
def journal(world: World) -> Journal:
    return Journal(world)


class Change:
    """What a flow did to books and goods; the ledger must still close."""

    def __init__(self, world: World, flow: Callable[[], Any]) -> None:
        before = {name: world.columns[name].astype(np.int64) for name in (*BOOKS, *GOODS)}
        self.answer = flow()
        check_ledger(world)
        self._delta = {name: world.columns[name].astype(np.int64) - before[name] for name in before}
        assert not sum(int(self._delta[b].sum()) for b in BOOKS)

    def cents(self, books: str, account: Account, row: int | None = None) -> int:
        delta = self._delta[books][:, account]
        return int(delta.sum() if row is None else delta[row])

    def units(self, goods: str, product: int) -> int:
        return int(self._delta[goods][..., product].sum())

    def accounts(self) -> set[str]:
        return {Account(a).name for b in BOOKS for a in np.flatnonzero(self._delta[b].any(axis=0))}


def per_distributor(world: World, units: dict[tuple[int, int], int]) -> np.ndarray:
    out = np.zeros((world.sizes["distributor"], world.sizes["product"]), dtype=np.int64)
    for place, n in units.items():
        out[place] = n
    return out


def on_shelf(world: World, product: int) -> int:
    """An outlet that has a few units of a product."""
    return int(np.flatnonzero(world.outlet_stock_units[:, product] > 6)[0])


def test_the_first_morning_closes(world: World) -> None:
    check_ledger(world)
    assert world.opening_units.sum() > 0


def test_making_goods_turns_cash_into_stock(world: World, journal: Journal) -> None:
    units = np.zeros(world.sizes["product"], dtype=np.int64)
    units[0] = 7
    change = Change(world, lambda: journal.make(units))
    cost = 7 * int(world.factory_cost_cents[0])
    assert change.units("factory_stock_units", 0) == 7
    assert change.cents("company_books", Account.INVENTORY, 0) == cost
    assert change.cents("company_books", Account.CASH, 0) == -cost
    assert change.cents("outside_books", Account.CASH, Sector.SUPPLIERS) == cost
    assert world.made_units[0] == 7


def test_shipping_moves_goods_to_the_road_and_makes_a_debt(world: World, journal: Journal) -> None:
    units = per_distributor(world, {(0, 0): 10})
    n = world.sizes["distributor"]
    arrival, discount, freight = np.full(n, 3), np.full(n, 0.1), np.full(n, 4)
    shipment = Shipment(
        units=units, arrival_slot=arrival, due_slot=np.full(n, 9), discount=discount, freight_cents=freight
    )
    change = Change(world, lambda: journal.ship_to_distributors(shipment))
    standard = 10 * int(world.list_price_cents[0])
    amount = standard - int(np.floor(standard * 0.1 + 0.5))
    assert change.units("factory_stock_units", 0) == -10 == -int(world.transit_units[3, 0, 0])
    assert change.units("distributor_stock_units", 0) == 0
    assert change.cents("company_books", Account.RECEIVABLE, 0) == amount == change.answer[0]
    assert change.cents("distributor_books", Account.PAYABLE, 0) == -amount == -world.distributor_due_cents[9, 0]
    assert change.cents("distributor_books", Account.PRICE_VARIANCE, 0) == amount - standard
    assert change.cents("company_books", Account.LOGISTICS, 0) == 40 == change.cents("outside_books", Account.CASH)
    arrived = Change(world, lambda: journal.receive_at_distributors(3))
    assert arrived.units("distributor_stock_units", 0) == 10 == arrived.answer[0, 0]
    assert arrived.units("transit_units", 0) == -10
    assert arrived.accounts() == set()


def test_a_delivery_takes_a_day_and_makes_an_invoice(world: World, journal: Journal) -> None:
    i = int(np.flatnonzero(world.outlet_distributor[:, 0] >= 0)[0])
    k = int(world.outlet_distributor[i, 0])
    world.distributor_markdown[k, 0] = 0.06
    shipped = np.zeros_like(world.outlet_stock_units)
    shipped[i, 0] = 5
    change = Change(world, lambda: journal.deliver(shipped))
    invoices, sell_in = change.answer
    standard = 5 * int(world.trade_price_cents[0])
    amount = standard - int(np.floor(standard * 0.06 + 0.5))
    assert [(int(a), int(b), int(c), int(d)) for a, b, c, d in zip(*invoices, strict=True)] == [(i, 0, k, amount)]
    assert sell_in.units[world.outlet_territory[i], 0] == 5 == sell_in.units.sum()
    assert sell_in.cents[world.outlet_territory[i], 0] == amount == sell_in.cents.sum()
    assert change.units("distributor_stock_units", 0) == -5 == -change.units("outlet_inbound_units", 0)
    assert change.units("outlet_stock_units", 0) == 0
    assert change.cents("distributor_books", Account.RECEIVABLE, k) == amount
    assert change.cents("outlet_books", Account.PAYABLE, i) == -amount
    arrived = Change(world, journal.receive_at_outlets)
    assert arrived.units("outlet_stock_units", 0) == 5
    one = np.array([i]), np.array([k])
    payment = Payments(outlet=one[0], distributor=one[1], cents=np.array([amount - 1]))
    paid = Change(world, lambda: journal.outlets_pay(payment))
    assert paid.cents("distributor_books", Account.CASH, k) == amount - 1
    lost = Change(world, lambda: journal.write_off(*one, np.array([1])))
    assert lost.cents("distributor_books", Account.BAD_DEBT, k) == 1 == -lost.cents("outlet_books", Account.BAD_DEBT, i)
    assert world.outlet_books[i, Account.PAYABLE] == 0


def test_a_sale_posts_price_promotion_and_cost(world: World, journal: Journal) -> None:
    i = on_shelf(world, 0)
    t = int(world.outlet_territory[i])
    sold = np.zeros_like(world.outlet_stock_units)
    sold[i, 0] = 3
    factor = np.full((world.sizes["territory"], world.sizes["product"]), 0.9)
    cut = np.full_like(factor, 0.1)
    change = Change(world, lambda: journal.sell_out(sold, factor, cut))
    shelf = int(world.shelf_price_cents[i, 0])
    price, promotion = int(np.floor(shelf * 0.9 + 0.5)), int(np.floor(shelf * 0.1 + 0.5))
    sales = change.answer
    assert [int(x[t, 0]) for x in (sales.units, sales.consumers_cents, sales.companies_cents)] == [
        3,
        3 * price,
        3 * promotion,
    ]
    assert change.units("outlet_stock_units", 0) == -3
    assert change.cents("outlet_books", Account.REVENUE, i) == -3 * price
    assert change.cents("outlet_books", Account.CASH, i) == 3 * (price + promotion)
    assert change.cents("company_books", Account.PROMOTION_COST, 0) == 3 * promotion
    assert change.cents("outside_books", Account.CASH, Sector.CONSUMERS) == -3 * price
    assert change.cents("outlet_books", Account.COGS, i) == 3 * int(world.trade_price_cents[0])


def test_scrap_is_a_loss_at_standard_cost(world: World, journal: Journal) -> None:
    i = on_shelf(world, 1)
    thrown = np.zeros((1, world.sizes["product"]), dtype=np.int32)
    thrown[0, 1] = 2
    change = Change(world, lambda: journal.scrap_at_outlets(np.array([i]), thrown))
    assert change.units("outlet_stock_units", 1) == -2
    assert change.cents("outlet_books", Account.SCRAP, i) == 2 * int(world.trade_price_cents[1])
    change = Change(world, lambda: journal.scrap_at_distributors(per_distributor(world, {(0, 0): 4})))
    assert change.cents("distributor_books", Account.SCRAP, 0) == 4 * int(world.list_price_cents[0])
    assert world.scrapped_units.sum() == 6


def test_diverted_goods_change_hands_for_cash(world: World, journal: Journal) -> None:
    rows = np.flatnonzero(world.outlet_territory != world.distributor_territory[0])[:2]
    change = Change(world, lambda: journal.divert(0, rows, 0, np.array([3, 1]), 210))
    assert change.units("distributor_stock_units", 0) == -4 == -change.units("outlet_stock_units", 0)
    assert change.cents("distributor_books", Account.CASH, 0) == 4 * 210 == -change.cents("outlet_books", Account.CASH)
    trade = int(world.trade_price_cents[0])
    assert change.cents("outlet_books", Account.PRICE_VARIANCE) == 4 * (210 - trade)


def test_rushed_goods_pass_through_every_tier(world: World, journal: Journal) -> None:
    i = int(np.flatnonzero(world.outlet_distributor[:, 0] >= 0)[0])
    missing = np.zeros((world.n_outlets, world.sizes["product"]), dtype=np.int64)
    missing[i, 0] = 9
    change = Change(world, lambda: journal.rush(missing, 5))
    needed, sell_in = change.answer
    assert needed.sum() == 9 == needed[world.outlet_distributor[i, 0], 0]
    assert sell_in.units.sum() == 9
    assert change.units("outlet_stock_units", 0) == 9
    assert not any(change.units(g, 0) for g in ("factory_stock_units", "distributor_stock_units", "transit_units"))
    assert world.made_units[0] == 9
    assert change.cents("outlet_books", Account.PAYABLE) == 0


def test_distributors_pay_what_they_can_and_owe_the_rest(world: World, journal: Journal) -> None:
    n = world.sizes["distributor"]
    units = per_distributor(world, {(0, 0): 10})
    none = np.zeros(n, dtype=np.int64)
    due = np.full(n, RING_DAYS - 1)
    amount = journal.ship_to_distributors(
        Shipment(units=units, arrival_slot=none, due_slot=due, discount=np.zeros(n), freight_cents=none)
    )
    cents = np.zeros(n, dtype=np.int64)
    cents[0] = 100
    change = Change(world, lambda: journal.distributors_pay(RING_DAYS - 1, cents, RING_DAYS))
    assert change.cents("company_books", Account.CASH, 0) == 100
    assert world.distributor_due_cents[0, 0] == amount[0] - 100
    with pytest.raises(LedgerError, match="more than is due"):
        journal.distributors_pay(0, amount, 1)


@pytest.mark.parametrize("cents", [1, 99_999])
def test_fees_expenses_and_drawings_have_two_sides(world: World, journal: Journal, cents: int) -> None:
    outlet = np.zeros(world.n_outlets, dtype=np.int64)
    outlet[3] = cents
    distributor = np.zeros(world.sizes["distributor"], dtype=np.int64)
    distributor[1] = cents
    cost, income, rows = Account.DISPLAY_COST, Account.DISPLAY_INCOME, np.array([3])
    fee = Change(world, lambda: journal.company_pays_outlets(0, cost, income, rows, np.array([cents])))
    assert fee.cents("company_books", Account.CASH, 0) == -cents == -fee.cents("outlet_books", Account.CASH, 3)
    fine = Change(
        world, lambda: journal.company_pays_distributors(0, Account.PENALTY_INCOME, Account.PENALTY_COST, -distributor)
    )
    assert fine.cents("company_books", Account.CASH, 0) == cents
    assert fine.cents("distributor_books", Account.PENALTY_COST, 1) == cents
    rent = Change(world, lambda: journal.distributor_expense(Account.STORAGE, distributor, Sector.LANDLORDS))
    assert rent.cents("outside_books", Account.CASH, Sector.LANDLORDS) == cents
    wage = Change(world, lambda: journal.company_expense(1, Account.ADVISOR_COST, cents, Sector.EMPLOYEES))
    assert wage.cents("company_books", Account.ADVISOR_COST, 1) == cents
    drawn = Change(world, lambda: journal.draw_profits(outlet, -distributor))
    assert drawn.cents("outlet_books", Account.DRAWINGS, 3) == cents
    assert drawn.cents("distributor_books", Account.CASH, 1) == cents
    assert drawn.cents("outside_books", Account.CASH, Sector.OWNERS) == 0


def test_profit_accounts_are_the_rest_of_the_chart() -> None:
    assert {a.name for a in BALANCE_SHEET} == {"CASH", "INVENTORY", "RECEIVABLE", "PAYABLE", "EQUITY", "DRAWINGS"}
    assert sorted(Account) == list(range(len(Account)))


# --- planted errors ---------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def ended() -> World:
    """A market after its last day, with debts, goods on every road and scrap."""
    return finished(market({"retail": {"closing_per_year": 1.0}})).world


def _cell(world: World, name: str) -> tuple[int, ...]:
    """A place of a column where something is."""
    return tuple(int(k) for k in np.argwhere(world.columns[name] != 0)[0])


@pytest.mark.parametrize(
    "column",
    [
        *GOODS,
        "made_units",
        "consumed_units",
        "opening_units",
        "scrapped_units",
        "outlet_in_units",
        "outlet_out_units",
        "distributor_in_units",
        "distributor_out_units",
    ],
)
@pytest.mark.parametrize("error", [1, -1])
def test_a_missing_or_extra_unit_is_noticed(ended: World, column: str, error: int) -> None:
    place = _cell(ended, column)
    check_ledger(ended)
    ended.columns[column][place] += error
    with pytest.raises(LedgerError, match="does not close"):
        check_ledger(ended)
    ended.columns[column][place] -= error


@pytest.mark.parametrize("books", BOOKS)
@pytest.mark.parametrize("account", [Account.CASH, Account.REVENUE])
def test_a_missing_cent_is_noticed(ended: World, books: str, account: Account) -> None:
    ended.columns[books][0, account] += 1
    with pytest.raises(LedgerError, match=books):
        check_ledger(ended)
    ended.columns[books][0, account] -= 1
    check_ledger(ended)


def test_made_up_cash_is_noticed(ended: World) -> None:
    """Each party's books sum to zero, but nobody paid the cash."""
    ended.company_books[0, Account.CASH] += 5
    ended.company_books[0, Account.EQUITY] -= 5
    with pytest.raises(LedgerError, match="all cash"):
        check_ledger(ended)
    ended.company_books[0, Account.CASH] -= 5
    ended.company_books[0, Account.EQUITY] += 5


@pytest.mark.parametrize(
    ("books", "match"),
    [
        ("company_books", "factory inventory"),
        ("distributor_books", "distributor's inv"),
        ("outlet_books", "outlet's inv"),
    ],
)
def test_inventory_at_another_value_is_noticed(ended: World, books: str, match: str) -> None:
    ended.columns[books][0, Account.INVENTORY] += 1
    ended.columns[books][0, Account.COGS] -= 1
    with pytest.raises(LedgerError, match=match):
        check_ledger(ended)
    ended.columns[books][0, Account.INVENTORY] -= 1
    ended.columns[books][0, Account.COGS] += 1


@pytest.mark.parametrize(
    ("books", "account", "match"),
    [
        ("outlet_books", Account.PAYABLE, "outlets' debts"),
        ("distributor_books", Account.RECEIVABLE, "outlets' debts"),
        ("distributor_books", Account.PAYABLE, "distributors' debts"),
        ("company_books", Account.RECEIVABLE, "distributors' debts"),
    ],
)
def test_a_debt_without_a_creditor_is_noticed(ended: World, books: str, account: Account, match: str) -> None:
    ended.columns[books][0, account] += 1
    ended.columns[books][0, Account.EQUITY] -= 1
    with pytest.raises(LedgerError, match=match):
        check_ledger(ended)
    ended.columns[books][0, account] -= 1
    ended.columns[books][0, Account.EQUITY] += 1


def test_an_invoice_under_the_wrong_day_or_name_is_noticed(ended: World) -> None:
    slot, k = _cell(ended, "distributor_due_cents")
    ended.distributor_due_cents[slot, k] -= 1
    with pytest.raises(LedgerError, match="due day"):
        check_ledger(ended)
    ended.distributor_due_cents[slot, k] += 1
    check_ledger(ended)


def test_open_invoices_are_the_debts_of_each_outlet_and_distributor(ended: World) -> None:
    invoices = ended.tables["invoices"]
    assert invoices.n > 0
    cents = invoices["cents"]
    by_outlet = np.bincount(invoices["outlet"], weights=cents, minlength=ended.n_outlets)
    np.testing.assert_array_equal(by_outlet, -ended.outlet_books[:, Account.PAYABLE])
    by_distributor = np.bincount(invoices["distributor"], weights=cents, minlength=ended.sizes["distributor"])
    np.testing.assert_array_equal(by_distributor, ended.distributor_books[:, Account.RECEIVABLE])
    assert np.isin(invoices["outlet"], np.flatnonzero(ended.is_open)).all(), "closed shops owe nothing"
