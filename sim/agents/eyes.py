"""Our people's eyes: what they see in shops goes into the market database, with their error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.prices import street_price_factor
from sim.kernels.day_plan import DUE
from sim.kernels.observation import Seen, Sights, look, notice_closed
from sim.streams import DecisionPoint
from sim.world.world import World

Array = NDArray[Any]


def sights_of(world: World) -> Sights:
    """Return the shops as they stand now."""
    brand_company = np.zeros(world.sizes["brand"], dtype=np.int64)
    brand_company[world.product_brand] = world.product_company
    return Sights(
        world.outlet_slot, world.outlet_territory, world.promoter_companies, world.is_listed,
        world.outlet_stock_units, world.shelf_price_cents, world.habit, world.relation, street_price_factor(world),
        world.usual_price_cents, world.product_company, brand_company,
    )  # fmt: skip


def seen_of(world: World) -> Seen:
    """Return the database's columns of the inside of shops."""
    return Seen(world.seen_share, world.seen_products, world.seen_empty, world.seen_price, world.seen_promoter)


def exact_sight(world: World, rows: Array) -> Seen:
    """Return the truth about the outlets in `rows` in the database's terms, shape (n, n_companies).

    Promoters are as the database has them: who stands there at one moment says nothing about a month.
    """
    seen = Seen(*(np.full_like(column, np.nan) for column in seen_of(world)))
    fresh = np.zeros((rows.shape[0], world.sizes["product"]), dtype=np.bool_)
    look(rows, np.ones(rows.shape[0]), fresh, np.uint64(0), 0.0, 1.0, sights_of(world), seen)
    return Seen(*(column[rows] for column in seen._replace(promoter=world.seen_promoter)))


class Eyes:
    """Whoever stands in shops for us: advisors on their calls, and surveyors."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def look(self, day: Day, rows: Array, service: Array | float = 0.0, fresh: Array | None = None) -> None:
        """Write what is seen at the outlets in `rows`, shape (n,).

        Parameters
        ----------
        service : shape (n,), or one number for all. Service skill of who looks, in [0, 1].
        fresh : shape (n, n_products). Products listed in this very call; none when absent.
        """
        if rows.shape[0] == 0:
            return
        world, database = self._c.world, self._c.scenario.database
        skill = np.zeros(rows.shape[0]) + service
        if fresh is None:
            fresh = np.zeros((rows.shape[0], world.sizes["product"]), dtype=np.bool_)
        key = self._c.key(DecisionPoint.SHARE_TOLD, day.index)
        look(rows, skill, fresh, key, database.share_error, database.look_weight, sights_of(world), seen_of(world))

    def notice_closed(self, day: Day, advisors: Array) -> None:
        """Advisors at work, shape (n,), whose call is due at a shop that has closed find that out."""
        world = self._c.world
        at_work = np.zeros(world.sizes["advisor"], dtype=np.bool_)
        at_work[advisors] = True
        notice_closed(
            day.index, DUE, world.is_known, world.is_open, world.outlet_closed_day, world.last_visit_day,
            world.lever_visit_every_days, world.outlet_territory, world.known_class, world.lever_outlet_interval,
            world.outlet_advisor, at_work, world.known_closed,
        )  # fmt: skip
