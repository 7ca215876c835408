"""From the recorder's arrays to tidy pandas tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.ledger.recorder import EVENT_AXES, Event, Recorder
from sim.world.accounts import Account, Sector
from sim.world.panels import PANELS
from sim.world.world import World

Array = NDArray[Any]
STATIC = frozenset({"geography", "territory_border", "constants"})
DecisionNote = tuple[int, str, str, int, float]
LEVELS = ("territory", "distributor", "advisor")


def tables_of(
    world: World, recorder: Recorder, n_days: int, burn_in: int, notes: Sequence[DecisionNote]
) -> dict[str, pd.DataFrame]:
    """Return all tables of one replication; `n_days` simulated days have been recorded.

    Parameters
    ----------
    notes : what the head office wrote down: (simulated day, part, note, territory or −1, value).
    """
    days = np.arange(n_days) - burn_in
    tables = {name: _panel(world, recorder, name, days) for name in PANELS}
    tables["market"] = _with_product_owner(world, tables["market"])
    tables["factory"] = _with_product_owner(world, tables["factory"]).drop(columns="brand")
    tables["brand_territory"] = _with_brand_owner(world, tables["brand_territory"])
    for name in ("distributor", "delivery", "partner"):
        tables[name] = _with_distributor_owner(world, tables[name])
    advisor = tables["advisor"]
    advisor = advisor[advisor["working"] > 0].drop(columns="working").reset_index(drop=True)
    advisor.insert(2, "territory", _labels(world.names.territories, advisor.pop("territory").to_numpy()))
    tables["advisor"] = advisor
    tables["money"], tables["balance"] = _money(world, recorder, days)
    tables["outlets"] = _outlets(world, burn_in)
    tables["visits"] = _visits(world, burn_in)
    tables["events"] = _events(world, burn_in)
    tables["targets"] = _targets(world, burn_in)
    tables["decisions"] = _decisions(world, notes, burn_in)
    tables["geography"] = _geography(world)
    tables["constants"] = _constants(world)
    if world.borders:
        tables["territory_border"] = pd.concat(
            [pd.DataFrame({"territory": t, "x_km": xy[:, 0], "y_km": xy[:, 1]}) for t, xy in world.borders.items()],
            ignore_index=True,
        )
    if world.scenario.consumers.panel.households:
        tables["households"] = _households(world, burn_in)
    if recorder.outlet_panel.shape[0]:
        tables["outlet_panel"] = _outlet_panel(world, recorder, days)
    return tables


def _decisions(world: World, notes: Sequence[DecisionNote], burn_in: int) -> pd.DataFrame:
    table = pd.DataFrame(notes, columns=["day", "part", "note", "territory", "value"])
    table["day"] = table["day"].astype(np.int64) - burn_in
    table["territory"] = _labels(world.names.territories, table["territory"].astype(np.int64).to_numpy())
    return table.astype({"part": object, "note": object, "value": np.float64})


def _labels(names: tuple[str, ...], rows: Array) -> Array:
    """Names of rows; an empty string where the row is negative."""
    table = np.array([*names, ""], dtype=object)
    return table[np.where(np.asarray(rows) < 0, len(names), rows)]


def _axis_names(world: World, axis: str) -> tuple[str, ...]:
    names = world.names
    return {
        "territory": names.territories,
        "product": names.products,
        "brand": names.brands,
        "outlet": names.outlets,
        "distributor": names.distributors,
        "advisor": names.advisors,
        "company": names.companies,
    }[axis]


def _panel(world: World, recorder: Recorder, name: str, days: Array) -> pd.DataFrame:
    panel, counts = PANELS[name], PANELS[name].counts()
    data = recorder.panels[name]
    shape = (days.shape[0], *data[0].shape[1:])
    columns: dict[str, Any] = {"day": np.repeat(days, int(np.prod(shape[1:])))}
    for k, axis in enumerate(panel.axes, start=1):
        index = np.broadcast_to(
            np.arange(shape[k]).reshape([-1 if m == k else 1 for m in range(len(shape))]), shape
        ).ravel()
        columns[axis] = pd.Categorical.from_codes(index, pd.Index(_axis_names(world, axis))).astype(object)
    for field, values in data._asdict().items():
        flat = values[: days.shape[0]].ravel()
        columns[field] = flat.astype(np.int64) if field in counts else flat.copy()
    return pd.DataFrame(columns)


def _with_product_owner(world: World, table: pd.DataFrame) -> pd.DataFrame:
    names = world.names
    brand = dict(zip(names.products, _labels(names.brands, world.product_brand), strict=True))
    company = dict(zip(names.products, _labels(names.companies, world.product_company), strict=True))
    place = list(table.columns).index("product") + 1
    table.insert(place, "brand", table["product"].map(brand))
    table.insert(place + 1, "company", table["product"].map(company))
    return table


def brand_companies(world: World) -> dict[str, str]:
    """Return the company of each brand."""
    names = world.names
    return {
        names.brands[b]: names.companies[c] for b, c in zip(world.product_brand, world.product_company, strict=True)
    }


def _with_brand_owner(world: World, table: pd.DataFrame) -> pd.DataFrame:
    table.insert(3, "company", table["brand"].map(brand_companies(world)))
    return table


def _with_distributor_owner(world: World, table: pd.DataFrame) -> pd.DataFrame:
    names = world.names
    company = dict(zip(names.distributors, _labels(names.companies, world.distributor_company), strict=True))
    territory = dict(zip(names.distributors, _labels(names.territories, world.distributor_territory), strict=True))
    table.insert(2, "company", table["distributor"].map(company))
    table.insert(3, "territory", table["distributor"].map(territory))
    return table


def _money(world: World, recorder: Recorder, days: Array) -> tuple[pd.DataFrame, pd.DataFrame]:
    n = days.shape[0]
    companies = list(world.names.companies)
    tiers = (
        ("manufacturer", companies, recorder.books_company[:n]),
        ("distributor", companies, recorder.books_distributor[:n]),
        ("outlet", ["outlets"], recorder.books_outlet[:n]),
        ("outside", [s.name.lower() for s in Sector], recorder.books_outside[:n]),
    )
    accounts = np.array([a.name.lower() for a in Account], dtype=object)
    money, balance = [], []
    for tier, parties, books in tiers:
        party = np.array(parties, dtype=object)
        posted = np.diff(books, axis=0, prepend=np.zeros((1, *books.shape[1:]), dtype=np.int64))
        d, r, a = np.nonzero(posted)
        money.append(
            pd.DataFrame(
                {
                    "day": days[d],
                    "tier": tier,
                    "party": party[r],
                    "account": accounts[a],
                    "amount_cents": posted[d, r, a],
                }
            )
        )
        if tier != "outside":
            balance.append(_balances(days, tier, party, books))
    return pd.concat(money, ignore_index=True), pd.concat(balance, ignore_index=True)


def _balances(days: Array, tier: str, party: Array, books: Array) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": np.repeat(days, party.shape[0]),
            "tier": tier,
            "party": np.tile(party, days.shape[0]),
            "cash_cents": books[:, :, Account.CASH].ravel(),
            "receivable_cents": books[:, :, Account.RECEIVABLE].ravel(),
            "payable_cents": -books[:, :, Account.PAYABLE].ravel(),
            "inventory_cents": books[:, :, Account.INVENTORY].ravel(),
        }
    )


def _days_or_missing(days: Array, burn_in: int) -> pd.Series[int]:
    """Measured days; missing where the simulated day is negative, which means never."""
    measured = pd.Series(days - burn_in, dtype="Int64")
    return measured.mask(days < 0)


def _outlets(world: World, burn_in: int) -> pd.DataFrame:
    names = world.names
    ours = world.product_company == 0
    best = np.argmax(world.habit, axis=1)
    leading = np.where(world.habit[np.arange(world.n_outlets), best] > 0.0, best, -1)
    owner = brand_companies(world)
    brand_of_ours = np.array([owner.get(b) == names.companies[0] for b in names.brands])
    table = pd.DataFrame(
        {
            "outlet": np.array(names.outlets, dtype=object),
            "name": np.array(names.outlet_names, dtype=object),
            "territory": _labels(names.territories, world.outlet_territory),
            "channel": _labels(names.channels, world.outlet_channel),
            "abc": np.array(["A", "B", "C"], dtype=object)[world.outlet_class],
            "x_km": world.outlet_x_km.copy(),
            "y_km": world.outlet_y_km.copy(),
            "size": world.outlet_size.copy(),
            "open": world.is_open.copy(),
            "open_day": np.where(world.outlet_open_day < 0, -burn_in, world.outlet_open_day - burn_in),
            "close_day": _days_or_missing(world.outlet_closed_day, burn_in),
            "known": world.is_known.copy(),
            "last_visit_day": _days_or_missing(world.last_visit_day, burn_in),
            "visits": world.visit_count.copy(),
            "advisor": _labels(names.advisors, world.outlet_advisor),
            "distributor": _labels(names.distributors, world.outlet_distributor[:, 0]),
            "relation_ours": world.relation[:, 0].copy(),
            "leading_brand": _labels(names.brands, leading),
            "share_ours": world.habit[:, brand_of_ours].sum(axis=1),
            "listed_ours": world.is_listed[:, ours].sum(axis=1),
            "sold_units_ours": world.sold_total_units[:, ours].sum(axis=1),
            "sold_units_all": world.sold_total_units.sum(axis=1),
        }
    )
    table.insert(18, "leading_company", table["leading_brand"].map({**owner, "": ""}))
    for b, brand in enumerate(names.brands):
        table[f"sold_{brand}"] = world.sold_total_units[:, world.product_brand == b].sum(axis=1)
    return table


def _visits(world: World, burn_in: int) -> pd.DataFrame:
    rows = world.tables["visits"]
    columns = rows.columns()
    columns["day"] = columns["day"] - burn_in
    columns["advisor"] = _labels(world.names.advisors, columns["advisor"])
    columns["outlet"] = _labels(world.names.outlets, columns["outlet"])
    return pd.DataFrame(columns)


def _entities(world: World, axes: Array, rows: Array) -> Array:
    """Names of events' subjects, each in its own axis."""
    out = np.full(rows.shape[0], "", dtype=object)
    for code, axis in enumerate(EVENT_AXES):
        if axis:
            mine = axes == code
            out[mine] = _labels(_axis_names(world, axis), rows[mine])
    return out


def _events(world: World, burn_in: int) -> pd.DataFrame:
    columns = world.tables["events"].columns()
    kinds = np.array([e.name.lower() for e in Event], dtype=object)
    return pd.DataFrame(
        {
            "day": columns["day"] - burn_in,
            "minute": columns["minute"],
            "kind": kinds[columns["kind"]],
            "territory": _labels(world.names.territories, columns["territory"]),
            "subject": _entities(world, columns["subject_axis"], columns["subject"]),
            "object": _entities(world, columns["object_axis"], columns["object"]),
            "value": columns["value"],
        }
    )


def _targets(world: World, burn_in: int) -> pd.DataFrame:
    columns = world.tables["targets"].columns()
    subject = np.full(columns["subject"].shape[0], "", dtype=object)
    for code, level in enumerate(LEVELS):
        mine = columns["level"] == code
        subject[mine] = _labels(_axis_names(world, level), columns["subject"][mine])
    return pd.DataFrame(
        {
            "day": columns["day"] - burn_in,
            "level": np.array(LEVELS, dtype=object)[columns["level"]],
            "subject": subject,
            "units": columns["units"],
            "achieved_units": columns["achieved_units"],
        }
    )


def _households(world: World, burn_in: int) -> pd.DataFrame:
    columns = world.tables["households"].columns()
    product = columns["product"]
    return pd.DataFrame(
        {
            "day": columns["day"] - burn_in,
            "household": columns["household"],
            "outlet": _labels(world.names.outlets, columns["outlet"]),
            "product": _labels(world.names.products, product),
            "brand": _labels(world.names.brands, world.product_brand[product]),
            "units": np.ones(product.shape[0], dtype=np.int64),
        }
    )


def _outlet_panel(world: World, recorder: Recorder, days: Array) -> pd.DataFrame:
    data = recorder.outlet_panel[: days.shape[0]]
    n_days, n_outlets, n_products = data.shape[:3]
    shape = (n_days, n_outlets, n_products)
    index = np.indices(shape)
    return pd.DataFrame(
        {
            "day": days[index[0].ravel()],
            "outlet": _labels(world.names.outlets, index[1].ravel()),
            "product": _labels(world.names.products, index[2].ravel()),
            "sold_units": data[..., 0].ravel(),
            "stock_units": data[..., 1].ravel(),
            "shoppers": np.broadcast_to(recorder.shopper_panel[:n_days, :, None], shape).ravel(),
        }
    )


def _geography(world: World) -> pd.DataFrame:
    names = world.names
    radius = np.sqrt(world.territory_area_km2 / np.pi)
    territory = pd.DataFrame(
        {
            "kind": "territory",
            "id": list(names.territories),
            "name": [names.label(t) for t in names.territories],
            "company": "",
            "x_km": world.territory_x_km,
            "y_km": world.territory_y_km,
            "radius_km": radius,
            "population": world.territory_population,
        }
    )
    distributor = pd.DataFrame(
        {
            "kind": "distributor",
            "id": list(names.distributors),
            "name": [names.label(d) for d in names.distributors],
            "company": _labels(names.companies, world.distributor_company),
            "x_km": world.distributor_x_km,
            "y_km": world.distributor_y_km,
            "radius_km": world.service_radius_km,
            "population": np.nan,
        }
    )
    posts = np.flatnonzero(world.is_post)
    home = pd.DataFrame(
        {
            "kind": "advisor_home",
            "id": [names.advisors[a] for a in posts],
            "name": [names.advisors[a] for a in posts],
            "company": names.companies[0],
            "x_km": world.advisor_x_km[posts],
            "y_km": world.advisor_y_km[posts],
            "radius_km": np.nan,
            "population": np.nan,
        }
    )
    return pd.concat([territory, distributor, home], ignore_index=True)


def _constants(world: World) -> pd.DataFrame:
    names = world.names
    return pd.DataFrame(
        {
            "product": list(names.products),
            "brand": _labels(names.brands, world.product_brand),
            "company": _labels(names.companies, world.product_company),
            "factory_cost_cents": world.factory_cost_cents.copy(),
            "list_price_cents": world.list_price_cents.copy(),
            "trade_price_cents": world.trade_price_cents.copy(),
            "retail_price_cents": world.retail_price_cents.copy(),
        }
    )
