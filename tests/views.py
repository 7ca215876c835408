"""Hand-made views for tests of strategies: small tables, given column by column, everything else plain.

    view(outlets={"size": [9, 1]}, distributors={"purchase_rate": [80, 20]}, advisors=[2, 0, 1])

A table has as many rows as its longest given column. Levers are given by name; all others stand at `LEVER_DEFAULTS`, or
at the least value that they may have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.strategies.levers import LEVERS
from sim.strategies.view import KnownOutlets, Names, OwnDistributors, OwnPeople, OwnProducts, Territories, View
from sim.world.columns import BY_NAME

Array = NDArray[Any]
Given = Mapping[str, Any]

LEVER_DEFAULTS: dict[str, Any] = {
    "visit_every_days": [7.0, 14.0, 28.0],
    "outlet_interval": 1.0,
    "advisors": 1,
    "courses_per_year": 1.0,
    "incentive_farmer": 0.4,
    "sharing_per_week": 0.01,
    "advertising_cents": 100_000,
    "display_cents": 50_000,
    "penalty_cents": 60.0,
    "focus": 1.0,
    "target_growth": 1.03,
    "terms_days": 30,
    "policy": 4,
    "review_days": 7,
    "cover_days": 10.0,
    "safety_factor": 1.3,
    "memory_days": 28,
    "core": 1,
    "suggested_orders": 1,
    "improve_route": 1,
    "handover": 1,
    "shop_terms_days": 7,
    "promotion_every_days": 56,
    "promotion_length_days": 10,
    "promotion_cut": 0.1,
    "promotion_on": 1,
}


def view(
    n_territories: int = 3,
    n_companies: int = 2,
    *,
    outlets: Given | None = None,
    territories: Given | None = None,
    people: Given | None = None,
    distributors: Given | None = None,
    products: Given | None = None,
    day: int = 0,
    first_day: int = 90,
    when: date = date(2026, 1, 5),
    **levers: Any,
) -> View:
    """Return a view of a market of which only the given columns matter to a test.

    Parameters
    ----------
    n_territories, n_companies : sizes; company 0 is ours. Two products of ours unless given.
    outlets, territories, people, distributors, products : columns by field name.
    levers : baseline by lever name, as anything that broadcasts to the lever's shape.
    """
    t, c = n_territories, n_companies
    assert levers.keys() <= LEVERS.keys(), f"no levers: {sorted(levers.keys() - LEVERS.keys())}"
    shops = _table(KnownOutlets, outlets or {}, _outlet_defaults(c))
    dealers = _table(OwnDistributors, distributors or {}, _distributor_defaults(t))
    goods = _table(OwnProducts, {"row": np.arange(2)} if products is None else products, _product_defaults())
    names = Names(
        territories=tuple(f"T{i}" for i in range(t)),
        companies=tuple(["ours", *(f"R{i}" for i in range(1, c))]),
        products=tuple(f"P{i}" for i in range(1 + int(goods.row.max(initial=-1)))),
        distributors=tuple(f"D{i}" for i in range(1 + int(dealers.row.max(initial=-1)))),
    )
    sizes = {
        "territory": t, "class": 3, "product": len(names.products), "distributor": len(names.distributors), "market": 1,
        "outlet": 1 + int(shops.row.max(initial=-1)), "company": c,
    }  # fmt: skip
    return View(
        day=day,
        first_day=first_day,
        when=when,
        names=names,
        outlets=shops,
        territories=_table(Territories, {"known": np.zeros(t), **(territories or {})}, _territory_defaults(t, c)),
        people=_table(OwnPeople, people or {}, _people_defaults()),
        distributors=dealers,
        products=goods,
        baseline={name: _lever(name, levers.get(name), sizes) for name in LEVERS},
    )


def _table(kind: Any, given: Given, defaults: Given) -> Any:
    """Build a table of as many rows as the longest given column has; a default is one value for each row."""
    unknown = given.keys() - {f.name for f in fields(kind)}
    assert not unknown, f"{kind.__name__} has no {sorted(unknown)}"
    columns = {name: np.asarray(values) for name, values in given.items()}
    n = max((len(values) for values in columns.values()), default=0)
    for f in fields(kind):
        if f.name not in columns:
            value = np.arange(n) if defaults[f.name] is None else np.asarray(defaults[f.name])
            columns[f.name] = value if defaults[f.name] is None else np.broadcast_to(value, (n, *value.shape)).copy()
    return kind(**columns)


def _lever(name: str, value: Any, sizes: Mapping[str, int]) -> Array:
    column = BY_NAME[LEVERS[name].column]
    shape = tuple(sizes[axis] for axis in column.axes)
    plain = LEVER_DEFAULTS.get(name, max(LEVERS[name].low, 0.0)) if value is None else value
    values = np.broadcast_to(np.asarray(plain), shape).astype(column.dtype)
    values.flags.writeable = False
    return values


def _outlet_defaults(c: int) -> Given:
    nothing = np.full(c, np.nan)
    return {
        "row": None, "territory": 0, "channel": 0, "grade": 2, "x_km": 0.0, "y_km": 0.0, "size": 1.0, "advisor": -1,
        "last_seen": 7.0, "visits": 1, "sales_rate": 0.0, "listed": 0, "exclusive": False, "seen_share": nothing,
        "seen_products": nothing, "seen_empty": nothing, "seen_price": nothing, "seen_promoter": nothing,
    }  # fmt: skip


def _territory_defaults(t: int, c: int) -> Given:
    nothing = np.full(c, np.nan)
    return {
        "x_km": 0.0, "y_km": 0.0, "area_km2": 100.0, "population": 1000.0, "growth": 0.0,
        "adjacent": np.zeros(t, dtype=bool), "distance_km": np.full(t, 40.0), "known": 0, "unvisited": 0,
        "potential": 0.0, "sales_rate": 0.0, "sell_in_rate": 0.0, "share": nothing, "rank": c,
        "numeric_distribution": 0.0, "weighted_distribution": 0.0, "coverage": nothing, "out_of_stock": nothing,
        "price": nothing, "promoters": nothing, "calls_per_day": 0.0, "travel_share": np.nan,
    }  # fmt: skip


def _people_defaults() -> Given:
    return {
        "post": None, "territory": 0, "selling": 0.35, "service": 0.35, "coaching": 0.3, "farmer": 0.4,
        "visits_made": 200,
    }  # fmt: skip


def _distributor_defaults(t: int) -> Given:
    return {
        "row": None, "territory": 0, "covers": np.arange(t) == 0, "is_core": True, "is_contracted": True,
        "purchase_rate": 0.0, "rated_potential": 0.5, "relation": 0.5, "information_system": False,
        "stock_days": np.nan,
    }  # fmt: skip


def _product_defaults() -> Given:
    return {
        "row": None, "launched": True, "list_price_cents": 200, "factory_cost_cents": 100, "sell_in_rate": 0.0,
    }  # fmt: skip
