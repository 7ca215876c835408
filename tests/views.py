"""Small views made by hand for tests of strategies: two outlets a territory, three companies, two products.

Every table takes overrides by name, which are broadcast to the table's shape:

    view = made_view(3, territories={"potential": [5.0, 1.0, 2.0]}, baseline={"advisors": [1, 1, 4]})
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.strategies.base import Decision, Memory, Pull, Strategy
from sim.strategies.levers import combine
from sim.strategies.view import KnownOutlets, Names, OwnDistributors, OwnPeople, OwnProducts, Territories, View
from sim.world.columns import BY_NAME
from sim.world.levers import LEVERS

Array = NDArray[Any]
COMPANIES = ("us", "rival-1", "rival-2")
PRODUCTS = ("ours-1", "ours-2", "theirs-1", "theirs-2")
"""The first two are ours."""

START: dict[str, float] = {
    "visit_every_days": 14.0,
    "outlet_interval": 1.0,
    "advisors": 4,
    "promoters": 2,
    "advertising_cents": 100_000,
    "display_cents": 50_000,
    "focus": 1.0,
    "target_growth": 1.05,
    "terms_days": 30,
    "review_days": 7,
    "cover_days": 14.0,
    "safety_factor": 1.5,
    "memory_days": 28,
    "open": 1,
}
"""What the levers stand at; those that are not named stand at 0."""


def made_view(
    n: int = 3,
    *,
    day: int = 0,
    per_territory: int = 2,
    outlets: Mapping[str, Any] | None = None,
    territories: Mapping[str, Any] | None = None,
    people: Mapping[str, Any] | None = None,
    distributors: Mapping[str, Any] | None = None,
    products: Mapping[str, Any] | None = None,
    baseline: Mapping[str, Any] | None = None,
) -> View:
    """Return a view of n equal territories, one distributor each; overrides replace columns of its tables.

    Parameters
    ----------
    per_territory : known outlets in each territory.
    outlets, territories, people, distributors, products, baseline : columns by name. A column of another length gives
        its table that length; the other columns repeat their rows, and rows are numbered anew.
    """
    names = Names(tuple(f"t{t}" for t in range(n)), COMPANIES, PRODUCTS, tuple(f"d{t}" for t in range(n)))
    houses = dict(distributors or {})
    if "holder" not in houses and "is_contracted" in houses:
        houses["holder"] = np.where(houses["is_contracted"], 0, -1)
    return View(
        day=day,
        first_day=90,
        when=date(2026, 1, 1),
        names=names,
        outlets=_overridden(_outlets(n, per_territory), outlets),
        territories=_overridden(_territories(n, per_territory), territories),
        people=_overridden(_people(n), people),
        distributors=_overridden(_distributors(n), houses),
        products=_overridden(_products(), products),
        baseline=_baseline(n, n * per_territory, baseline or {}),
    )


def levers_after(view: View, *decisions: Decision) -> dict[str, Array]:
    """Return every lever as the pulls of the parts leave it; parts are named "0", "1", …"""
    pulls = [(str(number), pull) for number, decision in enumerate(decisions) for pull in decision.pulls]
    return {**view.baseline, **combine(view.baseline, pulls, _ours(view))}


def assert_is_baseline(view: View, decision: Decision) -> None:
    """Fail unless the pulls leave every lever exactly where it was."""
    for name, value in levers_after(view, decision).items():
        np.testing.assert_array_equal(value, view.baseline[name], err_msg=name)
        assert value.dtype == view.baseline[name].dtype, name


def pulls_of(decision: Decision, lever: str) -> list[Pull]:
    """Return the pulls of one lever."""
    return [pull for pull in decision.pulls if pull.lever == lever]


def assert_pure(part: Strategy, view: View, memory: Memory | None = None) -> None:
    """Fail unless deciding twice gives the same, and leaves view and memory alone; memory must be JSON."""
    given = {} if memory is None else dict(memory)
    before = json.dumps(given, allow_nan=False)
    first, second = part.decide(view, given), part.decide(view, given)
    assert repr(first) == repr(second)
    assert json.dumps(given, allow_nan=False) == before
    assert json.loads(json.dumps(first.memory, allow_nan=False)) == first.memory


def _overridden(table: Any, columns: Mapping[str, Any] | None) -> Any:
    """Replace columns and make all of them read-only."""
    given = columns or {}
    old = {f.name: getattr(table, f.name) for f in fields(table)}
    assert set(given) <= set(old), f"no such column: {set(given) - set(old)}"
    n = next((len(v) for v in given.values() if np.ndim(v)), len(next(iter(old.values()))))
    made = {}
    for name, column in old.items():
        shape = (n, *column.shape[1:])
        if name in given:
            made[name] = np.array(np.broadcast_to(np.asarray(given[name], dtype=column.dtype), shape))
        else:
            made[name] = np.arange(n) if name in ("row", "post") else np.resize(column, shape)
        made[name].flags.writeable = False
    return replace(table, **made)


def _outlets(n: int, each: int) -> KnownOutlets:
    rows = np.arange(n * each)
    columns = np.ones((n * each, len(COMPANIES)))
    return KnownOutlets(
        row=rows,
        territory=rows // each,
        channel=np.zeros_like(rows),
        grade=rows % each % 3,
        x_km=rows * 1.0,
        y_km=np.zeros(n * each),
        size=np.full(n * each, 50.0),
        advisor=np.full(n * each, -1),
        last_seen=np.full(n * each, 7),
        visits=np.full(n * each, 10),
        sales_rate=np.full(n * each, 5.0),
        listed=np.ones_like(rows),
        exclusive=np.zeros(n * each, dtype=bool),
        seen_share=columns / len(COMPANIES),
        seen_products=columns * 2.0,
        seen_empty=columns * 0.1,
        seen_price=columns * 1.0,
        seen_promoter=columns * 0.2,
    )


def _territories(n: int, each: int) -> Territories:
    t, columns = np.arange(n), np.ones((n, len(COMPANIES)))
    return Territories(
        x_km=t * 10.0,
        y_km=np.zeros(n),
        area_km2=np.full(n, 100.0),
        population=np.full(n, 1e5),
        growth=np.full(n, 0.02),
        adjacent=np.abs(t[:, None] - t) == 1,
        distance_km=np.abs(t[:, None] - t) * 10.0,
        known=np.full(n, each),
        unvisited=np.zeros(n, dtype=np.int64),
        potential=np.full(n, 50.0 * each),
        sales_rate=np.full(n, 5.0 * each),
        sell_in_rate=np.full(n, 10.0),
        share=columns / len(COMPANIES),
        rank=np.full(n, 2),
        numeric_distribution=np.full(n, 0.5),
        weighted_distribution=np.full(n, 0.5),
        coverage=columns * 0.8,
        out_of_stock=columns * 0.1,
        price=columns * 1.0,
        promoters=columns * 0.2,
        knowledge=np.ones(n),
        calls_per_day=np.full(n, 40.0),
        travel_share=np.full(n, 0.3),
        is_open=np.ones(n, dtype=bool),
    )


def _people(n: int) -> OwnPeople:
    posts = np.arange(4 * n)
    skill = np.full(4 * n, 0.35)
    return OwnPeople(
        post=posts,
        territory=posts // 4,
        selling=skill,
        service=skill,
        coaching=skill,
        farmer=skill,
        visits_made=np.full(4 * n, 200),
    )


def _distributors(n: int) -> OwnDistributors:
    rows = np.arange(n)
    yes, half = np.ones(n, dtype=bool), np.full(n, 0.5)
    return OwnDistributors(
        row=rows,
        territory=rows,
        covers=np.eye(n, dtype=bool),
        is_core=~yes,
        is_contracted=yes,
        holder=np.zeros(n, dtype=np.int64),
        purchase_rate=np.full(n, 10.0),
        rated_potential=half,
        rated_return=np.full(n, np.nan),
        rated_attention=np.full(n, np.nan),
        relation=half,
        information_system=~yes,
        stock_days=np.full(n, np.nan),
    )


def _products() -> OwnProducts:
    return OwnProducts(
        row=np.array([0, 1]),
        launched=np.ones(2, dtype=bool),
        list_price_cents=np.array([300, 200]),
        factory_cost_cents=np.array([150, 150]),
        sell_in_rate=np.array([10.0, 10.0]),
    )


def _baseline(n: int, n_outlets: int, given: Mapping[str, Any]) -> Mapping[str, Array]:
    sizes = {"territory": n, "class": 3, "outlet": n_outlets, "product": len(PRODUCTS), "distributor": n, "market": 1}
    assert set(given) <= set(LEVERS), f"no such lever: {set(given) - set(LEVERS)}"
    levers = {}
    for name, lever in LEVERS.items():
        column = BY_NAME[lever.column]
        shape = tuple(sizes[axis] for axis in column.axes)
        start = min(max(START.get(name, 0.0), lever.low), lever.high)
        levers[name] = np.array(np.broadcast_to(given.get(name, start), shape)).astype(column.dtype)
        levers[name].flags.writeable = False
    return MappingProxyType(levers)


def _ours(view: View) -> dict[str, Array]:
    rows: Iterable[tuple[str, Array]] = (("product", view.products.row), ("distributor", view.distributors.row))
    return dict(rows)
