"""The catalogue of levers: every quantity that a strategy may move, with unit, axes, bounds and combiner.

A lever is a column of the world owned by "levers"; its baseline is what the scenario says. Actors read the column when
they act, so a pull takes effect from the next act on. Pulls go through `pull`, which checks name, place and bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem, nearest_name
from sim.world.columns import BY_NAME
from sim.world.world import World

Array = NDArray[Any]
Place = str | int
"""One place of an axis: its identifier, or its row."""

Combiner = Literal["set", "multiply", "add", "min"]
CLASSES = ("A", "B", "C")


@dataclass(frozen=True)
class Lever:
    """One lever.

    Attributes
    ----------
    name : name in scenarios and strategies.
    column : column of the world.
    low, high : bounds of its value.
    combiner : how the pulls of two strategies on the same place join; "set" conflicts.
    """

    name: str
    column: str
    low: float
    high: float
    combiner: Combiner
    text: str

    @property
    def unit(self) -> str:
        """Unit of the value."""
        return BY_NAME[self.column].unit

    @property
    def axes(self) -> tuple[str, ...]:
        """Axes along which it can differ; empty for the whole market."""
        return tuple(a for a in BY_NAME[self.column].axes if a != "market")


def _lever(name: str, low: float, high: float, combiner: Combiner, text: str) -> Lever:
    return Lever(name, f"lever_{name}", low, high, combiner, text)


LEVERS: dict[str, Lever] = {
    lever.name: lever
    for lever in (
        _lever("visit_every_days", 0.5, 730, "min", "Days between visits, by territory and outlet class."),
        _lever("outlet_interval", 0.02, 100, "multiply", "Factor on the days between visits to single outlets."),
        _lever("visit_plan", 0, 3, "set", "Ranking of due visits: 0 class, 1 need, 2 coverage, 3 habit."),
        _lever("improve_route", 0, 1, "set", "Tours: 0 nearest neighbour, 1 improved."),
        _lever("suggested_orders", 0, 1, "set", "Whether advisors propose orders at calls."),
        _lever("advisors", 0, 10_000, "add", "Advisors' posts by territory; hired after the hiring delay."),
        _lever("transfer", 0, 2, "set", "When posts move: 0 dismiss and hire, 1 novices move, 2 masters move."),
        _lever("handover", 0, 1, "set", "Whether an advisor who leaves hands the shops over formally."),
        _lever("hire_farmer", 0, 1, "set", "Orientation of new advisors: 0 hunter, 1 farmer."),
        _lever("courses_per_year", 0, 50, "set", "Training courses of each advisor."),
        _lever("incentive_farmer", 0, 1, "set", "Orientation that the pay rewards: 0 hunter, 1 farmer."),
        _lever("sharing_per_week", 0, 1, "set", "Share of the gap to the team's best closed in a week."),
        _lever("playbook", 0, 1, "set", "Share of the template's playbook that new advisors are given."),
        _lever("promoters", 0, 10_000, "add", "Promoters by territory."),
        _lever("advertising_cents", 0, 1e14, "add", "Advertising by territory."),
        _lever("display_cents", 0, 1e14, "add", "Paid displays by territory."),
        _lever("price_cut", 0, 0.9, "add", "Lasting cut of the shelf price that we pay, by territory and product."),
        _lever("promotion_every_days", 0, 730, "set", "Days from one promotion of ours to the next; 0 means none."),
        _lever("promotion_length_days", 1, 180, "set", "Length of our promotions."),
        _lever("promotion_cut", 0, 0.9, "set", "Cut of the shelf price in our promotions, paid by us."),
        _lever("promotion_on", 0, 1, "set", "Whether our promotions run in a territory."),
        _lever("census_outlets", 0, 1e7, "add", "Outlets surveyed by territory."),
        _lever("exclusive_outlets", 0, 1e5, "add", "Exclusive agreements offered by territory."),
        _lever("inspectors", 0, 1000, "add", "Inspectors against diversion by territory."),
        _lever("penalty_cents", 0, 1e6, "set", "Penalty for a diverted unit."),
        _lever("focus", 0, 1000, "multiply", "Relative sell-in effort of a product; 0 stops it."),
        _lever("launch_day", -1, 5000, "set", "Simulated day on which a product of ours is launched."),
        _lever("factory_stock_days", 0, 365, "set", "Finished stock that our factory aims at, in days of orders."),
        _lever(
            "shop_policy", 0, 2, "set", "Shops' rule for our products where we call: 0 order-up-to, 1 (s,S), 2 (r,Q)."
        ),
        _lever("shop_safety_factor", -3, 6, "set", "Safety stock of our products at shops that we call on."),
        _lever("shop_cover_days", 0, 365, "set", "Days added to order-up-to, S above s, or the lot, as above."),
        _lever("shop_terms_days", 0, 180, "add", "Days added to shops' terms of payment for our products."),
        _lever("rebate_rate", 0, 0.5, "set", "Rebate of a distributor that reaches its target."),
        _lever("target_growth", 0, 5, "set", "Distributors' targets against their history."),
        _lever("terms_days", 0, 180, "set", "Days that a distributor has to pay us."),
        _lever("discount", 0, 0.9, "add", "Discount on the list price of a distributor."),
        _lever("overstock_days", 0.5, 730, "set", "Days of stock above which a distributor marks down."),
        _lever("markdown_rate", 0, 0.9, "set", "Discount to outlets on a distributor's overstocked products."),
        _lever("return_share", 0, 1, "set", "Share of what a distributor would scrap that we take back and pay."),
        _lever("price_protection", 0, 1, "set", "Share of a fall of our price on distributors' stock that we pay."),
        _lever("policy", 0, 5, "set", "Inventory policy of a distributor; 5 without an information system acts as 4."),
        _lever("review_days", 1, 60, "set", "Days between a distributor's reviews."),
        _lever("cover_days", 0, 365, "set", "Cover of a distributor's fixed policies."),
        _lever("safety_factor", -3, 6, "set", "Safety stock of a distributor."),
        _lever("memory_days", 1, 56, "set", "Memory of a distributor's forecast."),
        _lever("information_system", 0, 1, "set", "Whether a distributor shares its sell-out data."),
        _lever("coaching_cents", 0, 1e10, "add", "Logistics coaching of a distributor."),
        _lever("offer_cents", 0, 1e10, "add", "Retainer offered to a candidate, or paid to a contracted distributor."),
        _lever("poach_cents", 0, 1e10, "add", "Offer to the rivals' most weakly tied distributor of a territory."),
        _lever("core", 0, 1, "set", "Whether a distributor is served first."),
        _lever("dismiss", 0, 1, "set", "Whether a distributor's contract ends."),
    )
}


def pull(world: World, name: str, value: float, **where: Place | Sequence[Place] | Array) -> None:
    """Set a lever in some places.

    Parameters
    ----------
    world : the market.
    name : a lever of `LEVERS`.
    value : new value, in the lever's unit.
    where : by axis ("territory", "product", "distributor", "outlet", "class"): one identifier or several, or rows; all
        when left out.

    Raises
    ------
    InputError
        For an unknown lever, axis, identifier or row, or a value out of bounds.
    """
    if name not in LEVERS:
        raise InputError([Problem("lever", 0, name, str(value), "no such lever", nearest_name(name, LEVERS))])
    lever = LEVERS[name]
    if not lever.low <= value <= lever.high:
        raise InputError(
            [Problem("lever", 0, name, f"{value:g}", f"must lie in [{lever.low:g}, {lever.high:g}] ({lever.unit})")]
        )
    world.columns[lever.column][_places(world, lever, where)] = value


def _places(world: World, lever: Lever, where: Mapping[str, Place | Sequence[Place] | Array]) -> tuple[Array, ...]:
    for axis in where:
        if axis not in lever.axes:
            allowed = f"the lever has the axes {', '.join(lever.axes) or 'none'}"
            raise InputError(
                [Problem("lever", 0, f"{lever.name}.{axis}", str(where[axis]), allowed, nearest_name(axis, lever.axes))]
            )
    if not lever.axes:
        return (np.array([0]),)
    return np.ix_(*(_rows(world, lever, axis, where.get(axis)) for axis in lever.axes))


def _rows(world: World, lever: Lever, axis: str, chosen: Place | Sequence[Place] | Array | None) -> Array:
    """Rows of the places chosen along one axis, shape (n,); every place of ours when none is named."""
    names = {
        "territory": world.names.territories, "product": world.names.products, "outlet": world.names.outlets,
        "distributor": world.names.distributors, "class": CLASSES,
    }[axis]  # fmt: skip
    if chosen is None:
        return _ours(world, axis, len(names))
    wanted: list[Any] = [chosen] if isinstance(chosen, str | int | np.integer) else list(chosen)
    row_of = {name: row for row, name in enumerate(names)} | {row: row for row in range(len(names))}
    for place in wanted:
        if place not in row_of:
            problem = Problem(
                "lever", 0, f"{lever.name}.{axis}", str(place), f"no such {axis}", nearest_name(str(place), names)
            )
            raise InputError([problem])
    rows = np.array([row_of[place] for place in wanted], dtype=np.int64)
    foreign = np.setdiff1d(rows, _ours(world, axis, len(names)))
    if foreign.shape[0]:
        identifier = names[int(foreign[0])]
        raise InputError([Problem("lever", 0, f"{lever.name}.{axis}", identifier, f"not a {axis} of ours")])
    return rows


def _ours(world: World, axis: str, n: int) -> Array:
    """Rows that our levers reach: all, but only our own products and distributors."""
    if axis == "product":
        return np.flatnonzero(world.product_company == 0)
    if axis == "distributor":
        return np.flatnonzero(world.distributor_company == 0)
    return np.arange(n)
