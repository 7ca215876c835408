"""The market database: what our people see in shops goes into it, with their error, and what they believe comes out.

Strategies are told nothing of shops but what comes out here: known outlets, and what they add up to by territory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.market_day import street_price_factor
from sim.agents.own_books import OwnBooks
from sim.kernels.choice import PriceCuts
from sim.kernels.day_plan import Knowledge
from sim.kernels.observation import LookRules, Seen, Sights, look, notice_closed
from sim.strategies.view import KnownOutlets, Territories
from sim.streams import DecisionPoint
from sim.world.bundles import bundle
from sim.world.ground import open_ground
from sim.world.world import World

Array = NDArray[Any]


def sights_of(world: World) -> Sights:
    """Return the shops as they stand now; of all that, only the street prices must be computed anew each day."""
    cuts = bundle(PriceCuts, world, world.scenario.diversion)
    return bundle(Sights, world, price_factor=street_price_factor(cuts))


def exact_sight(world: World, rows: Array) -> Seen:
    """Return the truth about the outlets in `rows` in the database's terms, shape (n, n_companies).

    Promoters are as the database has them: who stands there at one moment says nothing about a month.
    """
    blank = {name: np.full_like(world.columns[name], np.nan) for name in Seen._fields}
    fresh = np.zeros((rows.shape[0], world.sizes["product"]), dtype=np.bool_)
    exact = bundle(LookRules, world.scenario.database, share_error=0.0, look_weight=1.0)
    look(rows, np.ones(rows.shape[0]), fresh, np.uint64(0), exact, sights_of(world), Seen(**blank))
    blank["seen_promoter"] = world.seen_promoter
    return Seen(**{name: column[rows] for name, column in blank.items()})


class ShopObserver:
    """Whoever stands in shops for us, advisors on their calls and surveyors: writes what is seen into the database."""

    def __init__(self, context: Context) -> None:
        self._c = context
        self._sights, self._seen = sights_of(context.world), bundle(Seen, context.world)
        self._cuts = bundle(PriceCuts, context.world, context.scenario.diversion)
        self._known, self._rules = bundle(Knowledge, context.world), bundle(LookRules, context.scenario.database)

    def look(self, day: Day, rows: Array, service: Array | float = 0.0, fresh: Array | None = None) -> None:
        """Write what is seen at the outlets in `rows`, shape (n,).

        Parameters
        ----------
        service : shape (n,), or one number for all. Service skill of who looks, in [0, 1].
        fresh : shape (n, n_products). Products listed in this very call; none when absent.
        """
        if rows.shape[0] == 0:
            return
        skill = np.zeros(rows.shape[0]) + service
        if fresh is None:
            fresh = np.zeros((rows.shape[0], self._c.world.sizes["product"]), dtype=np.bool_)
        key = self._c.key(DecisionPoint.SHARE_TOLD, day.index)
        sights = self._sights._replace(price_factor=street_price_factor(self._cuts))
        look(rows, skill, fresh, key, self._rules, sights, self._seen)

    def notice_closed(self, day: Day, is_at_work: Array) -> None:
        """Advisors at work, shape (n_advisors,), whose call is due at a shop that has closed find that out."""
        notice_closed(self._known, is_at_work, day.index, self._c.scenario.team.visit.due_share)


@dataclass(frozen=True)
class Beliefs:
    """What differs between a database and the truth, by known outlet.

    Attributes
    ----------
    row : shape (n,).
    size, sales_rate : shape (n,). [shoppers/day, units/day]
    seen : columns of shape (n, n_companies).
    """

    row: Array
    size: Array
    sales_rate: Array
    seen: Seen


def beliefs_of(context: Context) -> Beliefs:
    """Return the database; with `mechanisms.database_limits` off, the truth about every open outlet."""
    world = context.world
    if context.scenario.mechanisms.database_limits:
        row = np.flatnonzero(world.is_known & ~world.known_closed)
        seen = Seen(**{name: world.columns[name][row] for name in Seen._fields})
        return Beliefs(row, world.known_size[row], world.known_sales_rate[row], seen)
    row = np.flatnonzero(world.is_open)
    ours = world.is_listed[row] & (world.product_company == 0)
    rate = (world.sales_rate[row] * ours).sum(axis=1)
    return Beliefs(row, world.outlet_size[row], rate, exact_sight(world, row))


def known_outlets(context: Context, day: Day) -> KnownOutlets:
    """Return the known outlets.

    Our listed products are those of the last look, which may have been a surveyor's; our sales there are what an
    advisor last saw, 0 before.
    """
    world, beliefs = context.world, beliefs_of(context)
    row, seen = beliefs.row, beliefs.seen
    return KnownOutlets(
        row=row,
        territory=world.outlet_territory[row],
        channel=world.outlet_channel[row],
        grade=world.known_class[row],
        x_km=world.outlet_x_km[row],
        y_km=world.outlet_y_km[row],
        size=beliefs.size,
        advisor=world.outlet_advisor[row],
        last_seen=day.index - world.last_visit_day[row].astype(np.int64),
        visits=world.visit_count[row],
        sales_rate=beliefs.sales_rate,
        listed=np.nan_to_num(seen.seen_products[:, 0], nan=0.0).astype(np.int32),
        exclusive=(world.exclusive_company[row] == 0) & (world.exclusive_until[row] > day.index),
        **seen._asdict(),
    )


def territories(context: Context, books: OwnBooks, outlets: KnownOutlets) -> Territories:
    """Return the territories: public facts, own books, and sums and means over the known outlets."""
    world = context.world
    place, n = outlets.territory, world.sizes["territory"]
    listed = outlets.listed > 0
    stale = outlets.last_seen > context.scenario.database.unvisited_after_days
    known, potential = count(place, n), count(place, n, outlets.size)
    share = told_share(outlets, n)
    carried = np.where(outlets.seen_products > 0, 1.0, np.where(np.isnan(outlets.seen_products), np.nan, 0.0))
    return Territories(
        x_km=world.territory_x_km,
        y_km=world.territory_y_km,
        area_km2=world.territory_area_km2,
        population=world.territory_population,
        growth=world.territory_growth,
        adjacent=world.adjacent,
        distance_km=world.distance_km,
        known=known.astype(np.int64),
        unvisited=count(place, n, stale).astype(np.int64),
        potential=potential,
        sales_rate=count(place, n, outlets.sales_rate),
        sell_in_rate=books.sell_in().sum(axis=1),
        share=share,
        rank=rank_of_ours(share),
        numeric_distribution=ratio(count(place, n, listed), known, 0.0),
        weighted_distribution=ratio(count(place, n, outlets.size * listed), potential, 0.0),
        coverage=mean_by(place, n, carried),
        out_of_stock=mean_by(place, n, np.where(carried > 0, outlets.seen_empty, np.nan)),
        price=mean_by(place, n, np.where(carried > 0, outlets.seen_price, np.nan)),
        promoters=mean_by(place, n, outlets.seen_promoter),
        knowledge=world.programme_knowledge[0],
        calls_per_day=books.by_territory("calls"),
        travel_share=travel_share(books),
        is_open=open_ground(world, 0),
    )


def count(place: Array, n: int, weight: Array | None = None) -> Array:
    """Return the sum of weights, or the number of rows, by territory, shape (n,), float."""
    return np.bincount(place, weights=None if weight is None else weight.astype(float), minlength=n).astype(float)


def ratio(part: Array, whole: Array, empty: float) -> Array:
    """Return part / whole; `empty` where the whole is 0."""
    out: Array = np.full(np.shape(whole), empty, dtype=float)
    return np.divide(part, whole, out=out, where=np.asarray(whole) > 0.0)


def mean_by(place: Array, n: int, values: Array) -> Array:
    """Return means by territory over the rows that are not NaN; NaN without any.

    Parameters
    ----------
    place : shape (k,). Territory of each row.
    n : number of territories.
    values : shape (k, n_columns).

    Returns
    -------
    Shape (n, n_columns).
    """
    there = ~np.isnan(values)
    filled = np.where(there, values, 0.0)
    columns = range(values.shape[1])
    total = np.column_stack([count(place, n, filled[:, c]) for c in columns])
    number = np.column_stack([count(place, n, there[:, c]) for c in columns])
    return ratio(total, number, np.nan)


def told_share(outlets: KnownOutlets, n: int) -> Array:
    """Return shares of purchases by the shopkeepers' word, weighted by known size, shape (n, n_companies).

    They sum to 1 in each territory; NaN where nobody was asked, or nobody buys anything.
    """
    told = np.nan_to_num(outlets.seen_share.astype(float), nan=0.0) * outlets.size[:, None]
    total = np.column_stack([count(outlets.territory, n, told[:, c]) for c in range(told.shape[1])])
    return ratio(total, np.broadcast_to(total.sum(axis=1)[:, None], total.shape), np.nan)


def rank_of_ours(share: Array) -> Array:
    """Return our rank in each territory, 1 the largest share; the last rank where no share is known, shape (n,)."""
    larger = (share > share[:, :1]).sum(axis=1) + 1
    rank: Array = np.where(np.isnan(share[:, 0]), share.shape[1], larger).astype(np.int64)
    return rank


def travel_share(books: OwnBooks) -> Array:
    """Return the part of our advisors' working day spent on the road, shape (n_territories,); NaN without any."""
    driving = books.by_territory("driving_minutes")
    others = ("visiting_minutes", "idle_minutes", "survey_minutes", "coaching_minutes")
    return ratio(driving, sum((books.by_territory(name) for name in others), start=driving), np.nan)
