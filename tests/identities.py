"""Laws that the tables of any run must obey, computed from the tables alone, never from the world or the ledger.

Goods are followed through factory, road, warehouse, truck and shelf; money through every party's accounts; shoppers
from the door to what became of them. All equalities are exact.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.scenario.schema import Scenario

Tables = dict[str, pd.DataFrame]


def check_tables(tables: Tables, scenario: Scenario) -> None:
    """Assert every law."""
    check_values(tables, scenario)
    check_goods(tables, scenario)
    check_money(tables)
    check_prices(tables, scenario)
    check_shoppers(tables)
    check_panels(tables, scenario)


def _by_product(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Day × product."""
    return frame.pivot_table(index="day", columns="product", values=column, aggfunc="sum", sort=True)


def _equal(left: pd.DataFrame | pd.Series, right: pd.DataFrame | pd.Series, what: str) -> None:
    gap = np.asarray(left, dtype=np.int64) - np.asarray(right, dtype=np.int64)
    assert not gap.any(), f"{what}: differs by {gap[np.nonzero(gap)][:5]} at {np.argwhere(gap)[:5].tolist()}"


def _truck(tables: Tables, scenario: Scenario) -> pd.DataFrame:
    """Goods on the way to outlets at midnight: what was loaded today arrives tomorrow."""
    assert scenario.mechanisms.stock_outs
    return _by_product(tables["distributor"], "delivered_units")


def check_goods(tables: Tables, scenario: Scenario) -> None:
    """Opening + made = consumed + scrapped + closing, by product, day by day and place by place."""
    market, distributor, factory = tables["market"], tables["distributor"], tables["factory"]
    made, shipped, at_factory = (_by_product(factory, c) for c in ("made_units", "shipped_units", "stock_units"))
    columns = ("stock_units", "transit_units", "received_units", "delivered_units", "diverted_units")
    stock, road, received, delivered, diverted = (_by_product(distributor, c) for c in columns)
    scrapped = _by_product(distributor, "scrapped_units") + _by_product(distributor, "returned_units")
    shelf, sold, sell_in = (_by_product(market, c) for c in ("outlet_stock_units", "sell_out_units", "sell_in_units"))
    _equal(sell_in, delivered, "sell-in and deliveries")
    _equal(at_factory.diff()[1:], (made - shipped)[1:], "factory stock")
    _equal(stock.diff()[1:], (received - delivered - diverted - scrapped)[1:], "warehouse stock")
    _equal(road.diff()[1:], (shipped - received)[1:], "goods on the road")
    ordered = _by_product(distributor, "ordered_units")
    _equal(ordered, _by_product(factory, "ordered_units"), "orders to the factory")
    thrown = _thrown_away_by_shops(tables, scenario, delivered, diverted, shelf, sold)
    assert (thrown >= 0).all(axis=None), "outlets scrap a negative number of units"
    if not scenario.mechanisms.outlet_turnover:
        assert not thrown.any(axis=None), f"goods vanish from shelves: {thrown.sum().to_dict()}"
    _check_waiting(tables)


def _thrown_away_by_shops(
    tables: Tables,
    scenario: Scenario,
    delivered: pd.DataFrame,
    diverted: pd.DataFrame,
    shelf: pd.DataFrame,
    sold: pd.DataFrame,
) -> pd.DataFrame:
    """Units scrapped by outlets, as what is missing; their value must be the day's scrap account to the cent."""
    if not scenario.mechanisms.stock_outs:
        # Part of the deliveries is rushed to the shelf at once, so only the whole span can be followed.
        gone = (delivered + diverted - sold)[1:].sum() - (shelf.iloc[-1] - shelf.iloc[0])
        on_the_way = delivered.iloc[0] + delivered.iloc[-1]
        assert (gone >= -on_the_way).all(), gone.to_dict()
        return (gone * 0).to_frame().T
    held = shelf + _truck(tables, scenario)
    thrown = (delivered + diverted - sold)[1:] - held.diff()[1:]
    price = tables["constants"].set_index("product")["trade_price_cents"].reindex(thrown.columns)
    money = tables["money"].query("tier == 'outlet' and account == 'scrap'").set_index("day")["amount_cents"]
    _equal(thrown.to_numpy() @ price.to_numpy(), money.reindex(thrown.index).fillna(0), "value scrapped by outlets")
    return thrown


def _check_waiting(tables: Tables) -> None:
    """Orders that wait grow only by orders placed."""
    frame = tables["distributor"].groupby("day")[["backlog_units", "ordered_by_outlets"]].sum()
    assert (frame["backlog_units"].diff()[1:] <= frame["ordered_by_outlets"][1:]).all()
    factory = tables["factory"].groupby("day")[["backlog_units", "ordered_units"]].sum()
    assert (factory["backlog_units"].diff()[1:] <= factory["ordered_units"][1:]).all()


BALANCES = {
    "cash_cents": ("cash", 1),
    "receivable_cents": ("receivable", 1),
    "payable_cents": ("payable", -1),
    "inventory_cents": ("inventory", 1),
}


def check_money(tables: Tables) -> None:
    """Every party's postings of a day sum to zero, all cash together too; balances are the sums of postings."""
    money, balance = tables["money"], tables["balance"]
    assert not money.groupby(["day", "tier", "party"])["amount_cents"].sum().any(), "a party's day does not balance"
    assert not money.query("account == 'cash'").groupby("day")["amount_cents"].sum().any(), "cash is made or lost"
    assert (money["amount_cents"] != 0).all()
    for column, (account, sign) in BALANCES.items():
        shown = balance.pivot_table(index="day", columns=["tier", "party"], values=column, aggfunc="sum")
        posted = money[(money["account"] == account) & (money["tier"] != "outside")]
        table = posted.pivot_table(index="day", columns=["tier", "party"], values="amount_cents", aggfunc="sum")
        summed = table.reindex(index=shown.index, columns=shown.columns).fillna(0).cumsum() * sign
        _equal(shown, summed, column)
    last = balance.groupby(["day", "tier"])[["receivable_cents", "payable_cents"]].sum().unstack("tier")
    _equal(last["payable_cents", "outlet"], last["receivable_cents", "distributor"], "outlets' debts")
    _equal(last["payable_cents", "distributor"], last["receivable_cents", "manufacturer"], "distributors' debts")


def check_prices(tables: Tables, scenario: Scenario) -> None:
    """Inventories are units at standard cost; sales in the panels are the revenues in the books."""
    constants = tables["constants"].set_index("product")
    balance = tables["balance"].set_index(["tier", "day", "party"])["inventory_cents"]
    for tier, table, columns, price in (
        ("manufacturer", "factory", ["stock_units"], "factory_cost_cents"),
        ("distributor", "distributor", ["stock_units", "transit_units"], "list_price_cents"),
    ):
        frame = tables[table]
        cents = frame[columns].sum(axis=1) * frame["product"].map(constants[price])
        value = cents.groupby([frame["day"], frame["company"]]).sum().sort_index()
        _equal(value, balance[tier].reindex(value.index), f"{tier}'s inventory")
    market, money = tables["market"], tables["money"]
    days = sorted(market["day"].unique())
    spent = market.groupby("day")["sell_out_cents"].sum()
    books = money.pivot_table(index="day", columns=["tier", "account"], values="amount_cents", aggfunc="sum")
    books = books.reindex(days).fillna(0)
    none = pd.Series(0, index=days)
    _equal(spent, -books.get(("outlet", "revenue"), none), "consumers' spending and outlets' revenue")
    consumers = money.query("party == 'consumers' and account == 'cash'").set_index("day")["amount_cents"]
    _equal(spent, -consumers.reindex(days).fillna(0), "consumers' spending and their cash")
    grey = tables["distributor"].groupby("day")["diverted_units"].sum().reindex(days) > 0
    sell_in = market.groupby("day")["sell_in_cents"].sum()
    revenue = -books.get(("distributor", "revenue"), none)
    _equal(sell_in[~grey], revenue[~grey], "sell-in and distributors' revenue")
    if scenario.mechanisms.stock_outs:
        price = constants["trade_price_cents"]
        truck = _truck(tables, scenario)
        held = _by_product(market, "outlet_stock_units") + truck
        value = pd.Series(held.to_numpy() @ price.reindex(held.columns).to_numpy(), index=held.index)
        _equal(value, balance["outlet"].droplevel("party").reindex(value.index), "outlets' inventory")


LOST = ["lost_ordering", "lost_delivery", "lost_supply"]


def check_shoppers(tables: Tables) -> None:
    """Everybody who wanted something bought, was lost, or comes tomorrow; the others bought nothing."""
    market, territory = tables["market"], tables["territory"]
    daily = market.groupby("day")[["shoppers_first_choice", "sell_out_units", "deferred", *LOST]].sum()
    came = daily["shoppers_first_choice"] + daily["deferred"].shift(fill_value=0)
    went = daily["sell_out_units"] + daily[LOST].sum(axis=1) + daily["deferred"]
    _equal(came, went, "shoppers")
    wanted = market.groupby(["day", "territory"])["shoppers_first_choice"].sum()
    there = territory.set_index(["day", "territory"])
    there = there.reindex(wanted.index)
    _equal(wanted + there["no_purchase"], there["shoppers"], "first choices")


SHARES = {
    "market": ["facings_share"],
    "brand_territory": ["relation"],
    "advisor": ["selling", "service", "coaching", "farmer"],
    "outlets": ["relation_ours", "share_ours"],
}
# The same columns may be missing numbers by design: places of posts have no radius, open outlets no closing day.
MAY_BE_MISSING = {"geography": {"radius_km", "population"}, "outlets": {"close_day", "last_visit_day"}}
SIGNED = {
    *("day", "x_km", "y_km", "amount_cents", "open_day", "close_day", "last_visit_day", "cash_cents", "replication"),
    "profit_cents",
}


def check_values(tables: Tables, scenario: Scenario) -> None:
    """No missing number, nothing negative that can't be, shares between 0 and 1, parts not above their whole."""
    for name, table in tables.items():
        for column in set(table.columns) - MAY_BE_MISSING.get(name, set()):
            assert not table[column].isna().any(), f"{name}.{column} has missing values"
            if table[column].dtype.kind in "if":
                assert np.isfinite(table[column]).all(), f"{name}.{column} is not finite"
                if column not in SIGNED:
                    assert (table[column] >= 0).all(), f"{name}.{column} is negative"
    for name, columns in SHARES.items():
        for column in columns:
            assert (tables[name][column] <= 1.0 + 1e-9).all(), f"{name}.{column} exceeds 1"
    market, territory = tables["market"], tables["territory"].set_index(["day", "territory"])
    shelf = market.groupby(["day", "territory"])["facings_share"].sum()
    assert (shelf <= 1.0 + 1e-9).all()
    assert (market["in_stock_outlets"] <= market["listed_outlets"]).all()
    where = pd.MultiIndex.from_frame(market[["day", "territory"]])
    assert (market["listed_outlets"].to_numpy() <= territory["open_outlets"].reindex(where).to_numpy()).all()
    assert (market["listed_weight"].to_numpy() <= territory["open_weight"].reindex(where).to_numpy() + 1e-6).all()
    assert (market["in_stock_weight"] <= market["listed_weight"] + 1e-6).all()
    for part in ("known_outlets", "unvisited_outlets", "listed_ours", "active_ours", "first_ours"):
        assert (territory[part] <= territory["open_outlets"]).all(), part
    first = tables["brand_territory"].groupby(["day", "territory"])["first_outlets"].sum()
    assert (first <= territory["open_outlets"].reindex(first.index)).all()
    delivery = tables["delivery"]
    assert (delivery["orders_in_full_on_time"] <= delivery["orders_completed"]).all()
    assert (delivery["late_drops"] <= delivery["drops"]).all()
    if scenario.mechanisms.delivery_limits:
        assert (delivery["drops"] <= delivery["capacity_drops"]).all()
    advisor = tables["advisor"]
    minutes = advisor["driving_minutes"] + advisor["visiting_minutes"]
    assert (minutes <= scenario.team.visit.minutes_per_day + 1e-6).all()
    assert (advisor["productive_calls"] <= advisor["calls"]).all()
    assert (advisor["calls"] <= scenario.team.visit.max_calls_per_day).all()


def check_panels(tables: Tables, scenario: Scenario) -> None:
    """Panels of single outlets, visits and households agree with the totals."""
    outlets = tables["outlets"]
    place = dict(zip(outlets["outlet"], outlets["territory"], strict=True))
    if "outlet_panel" in tables:
        panel = tables["outlet_panel"].assign(territory=lambda f: f["outlet"].map(place))
        sums = panel.groupby(["day", "territory", "product"])[["sold_units", "stock_units"]].sum().sort_index()
        market = tables["market"].set_index(["day", "territory", "product"]).reindex(sums.index)
        _equal(sums["sold_units"], market["sell_out_units"], "outlets' sales")
        _equal(sums["stock_units"], market["outlet_stock_units"], "outlets' stock")
        own = panel[panel["day"] >= 0].groupby("outlet")["sold_units"].sum()
        _equal(own, outlets.set_index("outlet")["sold_units_all"].reindex(own.index), "sales of the measured days")
    if scenario.recording.visits:
        visits, advisor = tables["visits"], tables["advisor"]
        calls = advisor.groupby(["day", "advisor"])[["calls", "order_units", "lines", "new_listings"]].sum()
        calls = calls[calls["calls"] > 0]
        made = visits.groupby(["day", "advisor"]).agg(
            calls=("stop", "count"),
            order_units=("order_units", "sum"),
            lines=("lines", "sum"),
            new_listings=("listings", "sum"),
        )
        assert made.index.sort_values().equals(calls.index.sort_values())
        _equal(made, calls.reindex(made.index)[list(made.columns)], "visits")
    if "households" in tables and len(tables["households"]):
        bought = tables["households"].groupby(["day", "outlet", "product"])["units"].sum()
        if "outlet_panel" in tables:
            sold = tables["outlet_panel"].set_index(["day", "outlet", "product"])["sold_units"].reindex(bought.index)
            assert (bought <= sold).all(), "a household buys what its store has not sold"
