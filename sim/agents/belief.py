"""What strategies may know: our own books and people, and the market as our people believe it to be.

Everything about shops comes from the market database, never from the shops; `sim.agents.known_market` writes it. All
arrays of a view are read-only copies, so that no strategy can write into the market.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.known_market import known_outlets, ratio, territories
from sim.agents.own_books import OwnBooks
from sim.sampling import normal_quantiles
from sim.strategies.view import KnownOutlets, Names, OwnDistributors, OwnPeople, OwnProducts, Territories, View
from sim.streams import DecisionPoint, uniforms
from sim.world.firms import holder

Array = NDArray[Any]
Table = TypeVar("Table", KnownOutlets, Territories, OwnPeople, OwnDistributors, OwnProducts)


def view_of(context: Context, day: Day, first_day: int, baseline: Mapping[str, Array]) -> View:
    """Return what is known on the morning of a day.

    Parameters
    ----------
    first_day : simulated day on which strategies begin.
    baseline : lever columns as the scenario states them, by lever name.
    """
    names, books = context.world.names, OwnBooks(context, day)
    outlets = known_outlets(context, day)
    return View(
        day=day.index - first_day,
        first_day=first_day,
        when=day.when,
        names=Names(names.territories, names.companies, names.products, names.distributors),
        outlets=sealed(outlets),
        territories=sealed(territories(context, books, outlets)),
        people=sealed(own_people(context)),
        distributors=sealed(own_distributors(context, books)),
        products=sealed(own_products(context, books)),
        baseline=MappingProxyType({name: read_only(values) for name, values in baseline.items()}),
    )


def read_only(values: Array) -> Array:
    """Return a copy that can't be written; what can't be written already is handed on."""
    if not values.flags.writeable:
        return values
    copy = np.array(values)
    copy.flags.writeable = False
    return copy


def sealed(table: Table) -> Table:
    """Return a table whose arrays are read-only copies."""
    return replace(table, **{f.name: read_only(getattr(table, f.name)) for f in fields(table)})


def own_people(context: Context) -> OwnPeople:
    """Return our advisors; their managers know them well."""
    world = context.world
    post = np.flatnonzero(world.is_employed)
    return OwnPeople(
        post=post,
        territory=world.advisor_territory[post],
        selling=world.selling[post],
        service=world.service[post],
        coaching=world.coaching[post],
        farmer=world.farmer[post],
        visits_made=world.visits_made[post],
    )


def own_distributors(context: Context, books: OwnBooks) -> OwnDistributors:
    """Return our distributors, and those who could be; what they bought is what has arrived there."""
    world = context.world
    row = np.flatnonzero(world.distributor_company == 0)
    return OwnDistributors(
        row=row,
        territory=world.distributor_territory[row],
        covers=world.covers[row],
        is_core=world.is_core[row],
        is_contracted=world.is_contracted[row],
        holder=holder(world)[row],
        purchase_rate=books.through_distributors("received_units")[row],
        rated_potential=rated_potential(context)[row],
        rated_return=rated_partner(context, world.distributor_return, 1)[row],
        rated_attention=np.clip(rated_partner(context, world.distributor_attention, 2), 0.0, 1.0)[row],
        relation=world.distributor_relation[row],
        information_system=world.lever_information_system[row],
        stock_days=stock_days(context, books)[row],
    )


def rated_potential(context: Context) -> Array:
    """Return potential as our people rate it, shape (n_distributors,). See `rated`."""
    rating: Array = np.clip(rated(context, context.world.distributor_potential, 0), 0.0, 1.0)
    return rating


def rated(context: Context, truth: Array, slot: int) -> Array:
    """Return what our people believe of each distributor, shape (n_distributors,).

    With an error that stays with the distributor; the truth with `mechanisms.database_limits` off.

    Parameters
    ----------
    truth : shape (n_distributors,).
    slot : of the errors, one for each thing that is rated.
    """
    world, scenario = context.world, context.scenario
    if not scenario.mechanisms.database_limits:
        return truth
    key = context.key(DecisionPoint.DISTRIBUTOR_RATING, 0)
    error = scenario.distributors.rating_error * normal_quantiles(uniforms(key, world.distributor_slot, slot))
    rating: Array = truth + error
    return rating


def rated_partner(context: Context, truth: Array, slot: int) -> Array:
    """Return what our people believe of our partners as companies; NaN where nobody is one. See `rated`."""
    if not context.scenario.mechanisms.distributor_companies:
        return np.full(truth.shape, np.nan)
    known: Array = np.where(context.world.is_contracted, rated(context, truth, slot), np.nan)
    return known


def stock_days(context: Context, books: OwnBooks) -> Array:
    """Return stock in days of deliveries to shops, shape (n_distributors,).

    NaN where data are not shared, and where nothing has been delivered.
    """
    world = context.world
    stock = world.distributor_stock_units[:, world.product_company == 0].sum(axis=1)
    days = ratio(stock, books.through_distributors("delivered_units"), np.nan)
    shared: Array = np.where(world.lever_information_system, days, np.nan)
    return shared


def own_products(context: Context, books: OwnBooks) -> OwnProducts:
    """Return our products."""
    world = context.world
    row = np.flatnonzero(world.product_company == 0)
    return OwnProducts(
        row=row,
        launched=world.launched[row],
        list_price_cents=world.list_price_cents[row],
        factory_cost_cents=world.factory_cost_cents[row],
        sell_in_rate=books.sell_in().sum(axis=0),
    )
