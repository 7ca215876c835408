"""Discounts that are handed on, promotions to shops and the age of goods, in whole markets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.world.accounts import Account
from tests.markets import STRESSED, Tables, assert_same, books_digest, finished, market, merged, ran

CHANNELS = ("hypermarket", "supermarket", "convenience", "traditional", "catering")
PASS: dict[str, Any] = {"mechanisms": {"pass_through": True}}
PROMOTED: dict[str, Any] = {"every_days": 400, "length_days": 14, "discount": 0.1}
ROOMY: dict[str, Any] = {
    "calendar": {"burn_in_days": 0, "duration_days": 140},
    "rivals": {"generate": None, "list": [{"id": "R1"}]},
    "retail": {
        "channels": {name: {"storage_days": 400.0} for name in CHANNELS},
        "payment": {"opening_cash_days": 300.0},
        "ordering": {"safety_factor": 5.0, "late_share": 0.0, "over_share": 0.0, "under_share": 0.0},
    },
    "distributors": {"opening_stock_days": 200.0, "push": {"overstock_days": 700.0}, "opening_cash_days": 400.0},
    "mechanisms": {"outlet_turnover": False, "listing_changes": False, "push": False},
}
"""Shops have room and money for everything and hardly ever an empty shelf, and warehouses are full."""
TRADE: dict[str, Any] = {"mechanisms": {"trade_promotions": True}, "ours": {"trade_promotion": PROMOTED}}


def test_the_lever_reaches_invoices_and_shelves_by_exactly_its_shares() -> None:
    session = Session(market(PASS, {"mechanisms": {"push": False}}))
    session.pull("discount", 0.1)
    session.step(session.calendar.n_days)
    world, ours = session.world, session.world.product_company == 0
    served = world.outlet_distributor[:, 0] >= 0
    assert np.allclose(world.shelf_discount[served][:, ours], 0.13 * 0.5 * 0.1, rtol=1e-12)
    assert not world.shelf_discount[:, ~ours].any()
    sales = session.observe()["market"].query("day >= 0 and company == 'ours'")
    trade = dict(zip(world.names.products, world.trade_price_cents, strict=True))
    # To the cent for each invoice, of which there are a few a day.
    paid = (sales["sell_in_units"] * sales["product"].map(trade)).sum()
    assert sales["sell_in_cents"].sum() == pytest.approx(0.95 * paid, rel=1e-4)


def test_shelf_prices_move_by_whole_cents_of_what_is_passed_on() -> None:
    full = {"money": {"pass_through": {"distributor_share": 1.0, "shelf_share": 1.0}}, "mechanisms": {"push": False}}
    calm = {"mechanisms": {"promotions": False, "diversion": False, "rival_answers": False}}
    session = Session(market(PASS, full, calm))
    session.pull("discount", 0.2)
    session.step(session.calendar.n_days)
    shelf = {p: session.world.shelf_price_cents[:, k] for k, p in enumerate(session.world.names.products)}
    sales = session.observe()["market"].query("day >= 10 and sell_out_units > 0")
    for row in sales.itertuples():
        factor = 0.8 if row.company == "ours" else 1.0
        price = np.floor(shelf[row.product] * factor + 0.5)
        assert price.min() <= row.sell_out_cents / row.sell_out_units <= price.max()


def test_nothing_passed_on_is_nothing() -> None:
    nothing = {"money": {"pass_through": {"distributor_share": 0.0, "shelf_share": 0.0}}}
    assert_same(ran(market(STRESSED)), ran(market(STRESSED, PASS, nothing)))
    assert_same(
        ran(market(STRESSED), pulls={"discount": 0.2}), ran(market(STRESSED, PASS, nothing), pulls={"discount": 0.2})
    )


def ordered(tables: Tables, first: int, last: int, company: str = "ours") -> float:
    rows = tables["distributor"].query(f"day >= {first} and day <= {last} and company == '{company}'")
    return float(rows["ordered_by_outlets"].sum())


def test_shops_buy_ahead_and_less_afterwards() -> None:
    plain, promoted = ran(market(ROOMY)), ran(market(ROOMY, TRADE))
    # The promotion is on in the days 0 to 13.
    during, without = ordered(promoted, 0, 13), ordered(plain, 0, 13)
    after, usual = ordered(promoted, 14, 45), ordered(plain, 14, 45)
    assert during > 1.5 * without
    assert after < 0.7 * usual
    assert ordered(promoted, 0, 139) == pytest.approx(ordered(plain, 0, 139), rel=0.03)
    sold = [float(t["market"].query("company == 'ours'")["sell_out_units"].sum()) for t in (plain, promoted)]
    assert sold[1] == pytest.approx(sold[0], rel=0.03)


def test_the_company_pays_what_its_promotion_takes_off_to_the_cent() -> None:
    session = finished(market(ROOMY, TRADE, {"mechanisms": {"promotions": False}}))
    paid = int(session.world.company_books[0, Account.PROMOTION_COST])
    ours = session.world.distributor_company == 0
    assert paid == -int(session.world.distributor_books[ours, Account.PROMOTION_INCOME].sum())
    constants = session.observe()["constants"].set_index("product")["trade_price_cents"]
    market_ = session.observe()["market"].query("company == 'ours'")
    assert paid == int((market_["sell_in_units"] * market_["product"].map(constants) - market_["sell_in_cents"]).sum())
    assert paid > 0


def test_rivals_promote_by_the_same_rule() -> None:
    spec = PROMOTED | {"every_days": 60}
    on = {"mechanisms": {"trade_promotions": True}, "ours": {"trade_promotion": spec}}
    short = {"calendar": {"duration_days": 44}}
    alike = merged(ROOMY, on, short, {"rivals": {"list": [{"id": "R1", "trade_promotion": spec}]}})
    plain, promoted = ran(market(ROOMY, short)), ran(market(alike))
    # Companies take turns: the rival's promotion begins half a rhythm after ours.
    for company, first in (("ours", 0), ("R1", 30)):
        lift = ordered(promoted, first, first + 13, company) / ordered(plain, first, first + 13, company)
        assert 1.5 < lift < 6.0


def test_goods_that_never_grow_old_change_nothing() -> None:
    lasting = {"distributors": {"shelf_life_days": 36_500}}
    on = {"mechanisms": {"age_of_goods": True}}
    ages = ("market", "distributor", "factory")
    plain, aged = ran(market(lasting)), ran(market(lasting, on))
    assert_same(plain, aged, leave_out=ages)
    for name in ages:
        columns = [c for c in plain[name] if "age_sum" not in c]
        assert plain[name][columns].equals(aged[name][columns])


def test_old_goods_expire_in_shops_and_warehouses_and_the_ledger_closes() -> None:
    short = {"mechanisms": {"age_of_goods": True}, "distributors": {"shelf_life_days": 15, "opening_stock_days": 60.0}}
    world = finished(market(short)).world
    assert world.distributor_books[:, Account.SCRAP].sum() > 0
    assert world.outlet_books[:, Account.SCRAP].sum() > 0


def test_every_midnight_is_a_seam() -> None:
    on = {"mechanisms": {"pass_through": True, "trade_promotions": True, "age_of_goods": True}}
    often = {"trade_promotion": PROMOTED | {"every_days": 9, "length_days": 4}}
    scenario = market(merged(STRESSED, on, {"ours": often, "distributors": {"shelf_life_days": 15}}))
    whole, half = finished(scenario), Session(scenario)
    half.step(12)
    other = Session.restore(scenario, half.save())
    other.step(other.calendar.n_days)
    assert books_digest(other) == books_digest(whole)
