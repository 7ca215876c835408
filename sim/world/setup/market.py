"""From a scenario to a world: its tables joined, and the market as it is before the first day of the burn-in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from sim.sampling import normal_quantiles
from sim.scenario.leads import acting_leads
from sim.scenario.names import brand_names
from sim.scenario.schema import Scenario
from sim.scenario.schema.company import CompanySpec
from sim.streams import DecisionPoint, key_of, slot_of, uniforms
from sim.world.accounts import N_ACCOUNTS, N_SECTORS
from sim.world.business import attention_share
from sim.world.firms import one_house
from sim.world.geography import CANDIDATES, assign_distributors, expected_rate, future_reach
from sim.world.ground import serves
from sim.world.levers import fill_levers
from sim.world.setup.companies import (
    advisors_of,
    companies_of,
    distributors_of,
    fill_companies,
    fill_distributors,
    fill_ground,
    fill_team,
    newcomers,
    products_of,
)
from sim.world.setup.places import Outlet, fill_outlets, fill_territories, outlets_of, territories_of
from sim.world.setup.programme import fill_programmes
from sim.world.shares import classify_known
from sim.world.standing import fill_standing, share_of_brands
from sim.world.world import HISTORY_DAYS, RING_DAYS, Names, World

if TYPE_CHECKING:
    from sim.scenario.census import CensusNote

Array = NDArray[Any]

PRICE_SPREAD = 0.03
"""Standard deviation of ln(a shop's own prices against its channel's) (assumption)."""

RELATION_SPREAD = 0.5
"""Standard deviation of the log-odds of relations at the beginning, around a company's mean (assumption)."""

LEAST_OF_MARKET = 0.05
"""A factory is sized for at least this share of the market, so that a company that lists next to nothing can grow
(assumption)."""

LEAST_WAREHOUSE_UNITS, LEAST_DISTRIBUTOR_CASH_CENTS = 500.0, 100_000
"""Room that every distributor has, and cash on top of what its days of purchases cost (assumption)."""

PURSE_CASES = 2.0
"""Cash of every shop on top of its days of purchases: so many cases of the dearest product (assumption)."""

LEAST_OF_EQUAL, LEAST_OF_EXPECTED = 1.0 / 3.0, 0.5
"""Means of a distributor: for at least this part of an equal share of its shops' shoppers, and this part of what its
company sells to as many elsewhere (assumption; usual listings give more than 0.4, and more than 0.75)."""

MONTH = 30

LEAST_BUYERS = 0.25
"""Means of a shop: for at least this share of its shoppers buying (assumption; usual listings give more than 0.5)."""

SETTLING = 30
"""Rounds in which shares and brand capital find each other; a gain of 0.8 leaves a thousandth of the gap."""


def build_world(scenario: Scenario, replication: int = 0) -> tuple[World, list[CensusNote]]:
    """Build the market of a scenario before its first day.

    Parameters
    ----------
    scenario : a checked scenario.
    replication : its number; the market itself (places, sizes, people) is the same in all replications, only the
        opening state (listings, relations, knowledge) is drawn for each.

    Returns
    -------
    The world, without stock and cash (the ledger opens those), and notes on filled or dropped census rows.
    """
    territories = territories_of(scenario)
    outlets, notes = outlets_of(scenario, territories)
    companies = companies_of(scenario)
    products = products_of(scenario, companies)
    distributors = distributors_of(scenario, companies, territories)
    advisors = advisors_of(scenario, territories)
    named: tuple[Any, ...] = (*territories, *companies, *(p.spec for p in products), *(d.spec for d in distributors))
    names = Names(
        territories=tuple(t.id for t in territories),
        outlets=tuple(o.id for o in outlets),
        outlet_names=tuple(o.name for o in outlets),
        products=tuple(p.spec.id for p in products),
        brands=tuple(brand_names(scenario)),
        companies=tuple(c.id for c in companies),
        distributors=tuple(d.spec.id for d in distributors),
        advisors=tuple(a.id for a in advisors),
        channels=tuple(scenario.retail.channels),
        labels={each.id: each.name for each in named if each.name},
    )
    world = World(scenario, names, _sizes(scenario, names))
    world.borders.update({t.id: t.area.polygon for t in territories if t.area.polygon is not None})
    fill_territories(world, territories)
    fill_companies(world, companies, products)
    fill_ground(world, companies)
    fill_outlets(world, outlets, territories)
    fill_distributors(world, distributors)
    assign_distributors(world, distributors, [o.distributor for o in outlets])
    fill_team(world, advisors)
    _fill_start(world, companies, outlets, replication)
    fill_programmes(world, companies, replication)
    fill_levers(world, [d.spec for d in distributors])
    return world, notes


def _sizes(scenario: Scenario, names: Names) -> dict[str, int]:
    segments = len(scenario.consumers.segments) if scenario.mechanisms.segments else 1
    parts = 1 + len(names.territories) if scenario.mechanisms.programme else 1
    return {
        "outlet": len(names.outlets),
        "product": len(names.products),
        "brand": len(names.brands),
        "company": len(names.companies),
        "territory": len(names.territories),
        "distributor": len(names.distributors),
        "advisor": len(names.advisors),
        "segment": segments,
        "neighbour": scenario.consumers.huff.neighbours,
        "candidate": CANDIDATES * scenario.consumers.huff.neighbours,
        "day_slot": RING_DAYS,
        "history": HISTORY_DAYS,
        "class": 3,
        "month": 12,
        "weekday": 7,
        "market": 1,
        "part": parts,
        "other_part": parts,
        "choice": max(company.programme.choices for company in companies_of(scenario)),
        "account": N_ACCOUNTS,
        "sector": N_SECTORS,
    }


def _fill_start(world: World, companies: Sequence[CompanySpec], outlets: Sequence[Outlet], replication: int) -> None:
    """Fill prices and the opening state; stock and cash are opened by the ledger."""
    _prices(world)
    _fees(world)
    _mixes(world)
    _habits_of_ordering(world)
    _relations(world, companies, replication)
    _listings(world, companies, outlets, replication)
    _first_rates(world)
    _knowledge(world, replication)
    _capacities(world, companies)


def _u(world: World, point: DecisionPoint, replication: int, index: int, slots: Array | None = None) -> Array:
    key = key_of(world.scenario.seed, replication, point, 0)
    return uniforms(np.uint64(key), world.outlet_slot if slots is None else slots, index)


def _prices(world: World) -> None:
    """Shelf prices: recommended price × channel × a shop's own deviation."""
    channels = [world.scenario.retail.channels[c].price_factor for c in world.names.channels]
    factor = np.asarray(channels)[world.outlet_channel] * np.exp(
        PRICE_SPREAD * normal_quantiles(_u(world, DecisionPoint.BUILD_MIX, 0, 100))
    )
    price = np.floor(factor[:, None] * world.retail_price_cents[None, :] + 0.5).astype(np.int64)
    world.fill("shelf_price_cents", np.maximum(price, 1))


def _mixes(world: World) -> None:
    """Segment shares of each outlet's shoppers: Dirichlet around the market's."""
    consumers = world.scenario.consumers
    share = np.array([s.share for s in consumers.segments]) if world.scenario.mechanisms.segments else np.ones(1)
    if share.shape[0] == 1 or consumers.mix_concentration == 0.0:
        world.fill("outlet_mix", np.tile(share, (world.n_outlets, 1)))
        return
    gammas = np.column_stack(
        [
            gammaincinv(max(consumers.mix_concentration * a, 1e-6), _u(world, DecisionPoint.BUILD_MIX, 0, s))
            for s, a in enumerate(share)
        ]
    )
    gammas = np.maximum(gammas, 1e-12)
    world.fill("outlet_mix", gammas / gammas.sum(axis=1, keepdims=True))


def _fees(world: World) -> None:
    """What each shop asks for a place on its full shelf, by its size."""
    fee = world.scenario.money.listing_fee.cents_per_shopper if world.scenario.mechanisms.listing_fees else 0.0
    world.fill("listing_fee_cents", np.floor(fee * world.outlet_size))


def _habits_of_ordering(world: World) -> None:
    ordering = world.scenario.retail.ordering
    edges = np.cumsum([ordering.late_share, ordering.over_share, ordering.under_share])
    drawn = np.searchsorted(edges, _u(world, DecisionPoint.BUILD_HABIT, 0, 0), side="right")
    world.fill("ordering_habit", np.where(drawn < 3, drawn + 1, 0))


def _relations(world: World, companies: Sequence[CompanySpec], replication: int) -> None:
    for c, company in enumerate(companies):
        if company.relation <= 0.0 or company.relation >= 1.0:
            world.relation[:, c] = company.relation
            continue
        slots = world.outlet_slot ^ world.company_slot[c]
        z = normal_quantiles(_u(world, DecisionPoint.BUILD_RELATION, replication, 0, slots))
        log_odds = np.log(company.relation / (1.0 - company.relation)) + RELATION_SPREAD * z
        world.relation[:, c] = 1.0 / (1.0 + np.exp(-log_odds))
    world.relation[:, newcomers(companies)] = 0.0
    world.personal_tie[:] = world.scenario.relations.personal_share * world.relation[:, 0]


def _listings(world: World, companies: Sequence[CompanySpec], outlets: Sequence[Outlet], replication: int) -> None:
    """Products on the shelf at the beginning: stated by the census, otherwise logistic in appeal and size."""
    listing = world.scenario.retail.listing
    ln_size = np.log(world.outlet_size / _typical_size(world))
    row = {p: k for k, p in enumerate(world.names.products)}
    bonus = np.array([c.listing_bonus for c in companies])[world.product_company]
    log_odds = (
        listing.initial_intercept
        + listing.pull * world.product_appeal[None, :]
        + bonus[None, :]
        + listing.initial_size * ln_size[:, None]
    )
    chance = 1.0 / (1.0 + np.exp(-log_odds))
    for p, product in enumerate(world.names.products):
        slots = world.outlet_slot ^ slot_of(product)
        world.is_listed[:, p] = _u(world, DecisionPoint.BUILD_LISTING, replication, 0, slots) < chance[:, p]
    for i, outlet in enumerate(outlets):
        if outlet.listings is not None:
            ours = world.product_company == 0
            world.is_listed[i, ours] = False
            for product in outlet.listings:
                world.is_listed[i, row[product]] = True
    world.is_listed[:] &= world.launched[None, :] & (world.outlet_distributor[:, world.product_company] >= 0)


def _first_rates(world: World) -> None:
    """First estimate of each shop's sales by product: its shoppers times a plain logit of what it lists."""
    consumers = world.scenario.consumers
    beta = sum(s.share * s.price_coefficient for s in consumers.segments)
    price = (world.retail_price_cents / world.usual_price_cents) ** -beta
    leads = acting_leads(world.scenario)
    for _ in range(SETTLING if leads.capital_weight > 0.0 else 1):
        fill_standing(world, leads)
        level = price * np.exp(world.product_appeal + world.standing[:, world.product_brand])
        weight = level[world.outlet_territory] * world.is_listed
        share = weight / world.is_listed.sum(axis=1, keepdims=True).clip(1) ** consumers.shelf_coefficient
        total = share.sum(axis=1, keepdims=True) + np.exp(consumers.no_purchase_utility)
        world.fill("sales_rate", world.outlet_size[:, None] * share / total)
        _first_capital(world)
    fill_standing(world, leads)
    brands = np.zeros((world.n_outlets, world.sizes["brand"]))
    for p, b in enumerate(world.product_brand):
        brands[:, b] += share[:, p]
    world.fill("habit", brands / np.maximum(brands.sum(axis=1, keepdims=True), 1e-12))
    world.fill("shelf_space", 1.0)
    world.fill("weight_is_stale", True)


def _first_capital(world: World) -> None:
    """Brand capital as if the first estimates of sales had lasted for ever."""
    units = np.zeros(world.bought_units.shape)
    np.add.at(units, world.outlet_territory, world.sales_rate * world.is_open[:, None])
    world.fill("brand_capital", share_of_brands(world, units, np.zeros(world.brand_capital.shape)))


SEEN_INSIDE = ("seen_share", "seen_products", "seen_empty", "seen_price", "seen_promoter")


def _typical_size(world: World) -> float:
    """Median size of the outlets that are there at the beginning, whoever comes later [shoppers/day]."""
    there = world.is_open if world.is_open.any() else np.ones_like(world.is_open)
    return float(np.median(world.outlet_size[there]))


def _knowledge(world: World, replication: int) -> None:
    """Our market database at the beginning: larger outlets are known first, sizes with error, nobody was inside."""
    database = world.scenario.database
    for name in SEEN_INSIDE:
        world.fill(name, np.nan)
    if not world.scenario.mechanisms.database_limits:
        world.fill("is_known", world.is_open)
        world.fill("known_size", world.outlet_size)
        classify_known(world)
        return
    if 0.0 < database.known_share < 1.0:
        ln_size = np.log(world.outlet_size / _typical_size(world))
        log_odds = np.log(database.known_share / (1.0 - database.known_share)) + database.known_size_effect * ln_size
        chance = 1.0 / (1.0 + np.exp(-log_odds))
    else:
        chance = np.full(world.n_outlets, database.known_share)
    known = (_u(world, DecisionPoint.BUILD_KNOWN, replication, 0) < chance) & world.is_open
    error = np.exp(database.size_error * normal_quantiles(_u(world, DecisionPoint.BUILD_KNOWN, replication, 1)))
    world.fill("is_known", known)
    world.fill("known_size", world.outlet_size * error)
    classify_known(world)


def _capacities(world: World, companies: Sequence[CompanySpec]) -> None:
    """Factories, warehouses, trucks and purses, sized to the first estimates where the scenario leaves them open."""
    scenario = world.scenario
    rate = world.sales_rate * world.is_open[:, None]
    by_product = rate.sum(axis=0)
    for c, company in enumerate(companies):
        need = float(by_product[world.product_company == c].sum())
        market = float(by_product.sum())
        factor = company.factory.capacity_factor
        # One unit more, so that a market that sells nothing yet can begin; none of a factory that makes nothing.
        world.factory_capacity_units[c] = (
            int(np.ceil(factor * max(need, LEAST_OF_MARKET * market))) + 1 if factor > 0.0 else 0
        )
    world.fill("built_capacity_units", world.factory_capacity_units)
    world.fill("factory_order_rate", by_product)
    by_distributor = np.zeros((world.sizes["distributor"], world.sizes["product"]))
    outlets_served = np.zeros(world.sizes["distributor"])
    for c in range(world.sizes["company"]):
        rows = world.outlet_distributor[:, c]
        mine = world.product_company == c
        served = (rows >= 0) & world.is_open
        for p in np.flatnonzero(mine):
            by_distributor[:, p] += np.bincount(
                rows[served], weights=rate[served, p], minlength=world.sizes["distributor"]
            )
        outlets_served += np.bincount(
            rows[served], weights=1.0 / world.outlet_review_days[served], minlength=world.sizes["distributor"]
        )
    world.fill("distributor_forecast", by_distributor)
    world.fill("past_purchase_rate", by_distributor.sum(axis=1))
    opening = np.floor(by_distributor + 0.5).astype(np.int32)[:, :, None]
    world.demand_history[:] = opening
    world.sell_out_history[:] = opening
    for k in np.flatnonzero(_will_grow(world)):
        # A candidate has the room, the vans and the capital for the outlets that it would serve.
        rows = future_reach(world, int(k))
        by_distributor[k] = expected_rate(world, rows, int(world.distributor_company[k]))
        outlets_served[k] = float((1.0 / world.outlet_review_days[rows & world.is_open]).sum())
    _expect_to_grow(world, by_distributor)
    days = world.scenario.distributors.opening_cash_days
    cost = by_distributor @ world.list_price_cents
    world.fill(
        "distributor_working_capital_cents", np.floor(days * cost).astype(np.int64) + LEAST_DISTRIBUTOR_CASH_CENTS
    )
    _businesses(world, by_distributor)
    world.warehouse_units[:] = np.maximum(world.warehouse_units * by_distributor.sum(axis=1), LEAST_WAREHOUSE_UNITS)
    wanted = np.ceil(scenario.distributors.delivery.spare_capacity * outlets_served).astype(np.int32) + 1
    world.drops_per_day[:] = np.where(world.drops_per_day < 0, wanted, world.drops_per_day)
    one_house(world, "warehouse_units", "drops_per_day", "distributor_working_capital_cents")
    # A shop that lists next to nothing yet has the purse to list what is offered to it.
    least = LEAST_BUYERS * world.outlet_size * world.trade_price_cents.mean()
    purchases = np.maximum(world.sales_rate @ world.trade_price_cents, least)
    floor = PURSE_CASES * float((world.case_units * world.trade_price_cents).max(initial=1))
    capital = scenario.retail.payment.opening_cash_days * purchases + floor
    world.fill("outlet_working_capital_cents", np.floor(capital).astype(np.int64))


def _will_grow(world: World) -> Array:
    """Which distributors may come to serve more than today: candidates, and who covers closed ground, (n,), bool."""
    closed = [(world.covers[k] & ~serves(world, k)).any() for k in range(world.sizes["distributor"])]
    growing: Array = ~world.is_contracted | np.array(closed, dtype=np.bool_)
    return growing


def _businesses(world: World, by_distributor: Array) -> None:
    """Fill what each distributor has of its own beside the company's goods: fixed capital, other business, attention.

    Parameters
    ----------
    by_distributor : shape (n_distributors, n_products). What it expects to sell of the company's. [units/day]
    """
    spec = world.scenario.distributors.partners
    principals = spec.principals
    margin = MONTH * (by_distributor @ (world.trade_price_cents - world.list_price_cents))
    world.fill(
        "distributor_fixed_cents", np.ceil(spec.returns.fixed_days * (by_distributor @ world.list_price_cents)) + 1.0
    )
    world.fill("house_cents", np.floor(spec.returns.house_share * margin))
    world.fill("other_business_cents", principals.volume * principals.margin * margin)
    one_house(world, "distributor_fixed_cents", "house_cents", "other_business_cents")
    world.fill("distributor_margin_cents", margin)
    share = attention_share(margin, world.other_business_cents, principals.number, principals.exponent)
    world.fill("usual_attention", share)
    world.fill("distributor_attention", share)
    one_house(world, "usual_attention")
    world.fill("distributor_return", spec.returns.outside_per_year)


def _expect_to_grow(world: World, by_distributor: Array) -> None:
    """Raise rates that come from few listings, so that who starts with none has the means to carry what comes.

    Parameters
    ----------
    by_distributor : shape (n_distributors, n_products), raised in place where it is small. [units/day]
    """
    growing = _will_grow(world)
    for k in range(by_distributor.shape[0]):
        c = int(world.distributor_company[k])
        rows = future_reach(world, k) if growing[k] else world.outlet_distributor[:, c] == k
        mine = world.product_company == c
        shoppers = float(world.outlet_size[rows & world.is_open].sum())
        likely = LEAST_OF_EXPECTED * float(expected_rate(world, rows, c).sum())
        equal = shoppers / world.sizes["company"]
        missing = max(likely, LEAST_OF_EQUAL * equal) - float(by_distributor[k].sum())
        if missing > 0.0 and mine.any():
            by_distributor[k, mine] += missing / mine.sum()


class Households(NamedTuple):
    """Panel members by outlet.

    Attributes
    ----------
    outlet : shape (n_watched,). Outlets where members shop.
    first : shape (n_watched + 1,). Where each outlet's members begin.
    household : shape (n_entries,). Member.
    segment : shape (n_entries,). Its segment.
    rate : shape (n_entries,). Its purchases a day at this outlet. [1/day]
    """

    outlet: Array
    first: Array
    household: Array
    segment: Array
    rate: Array


def draw_households(world: World) -> Households:
    """Draw the panel of a scenario; keyed by household, the same in every replication."""
    spec = world.scenario.consumers.panel
    n = spec.households
    slots = np.array([slot_of(f"household {h}") for h in range(n)], dtype=np.uint64)
    key = np.uint64(key_of(world.scenario.seed, 0, DecisionPoint.BUILD_HOUSEHOLD, 0))
    rate = gammaincinv(spec.rate_shape, uniforms(key, slots, 0)) / spec.rate_shape * spec.trips_per_week / 7.0
    weight = np.cumsum(world.outlet_size * world.is_open)
    home = np.searchsorted(weight, uniforms(key, slots, 1) * weight[-1], side="right")
    mix = np.cumsum(world.outlet_mix[home], axis=1)
    segment = (uniforms(key, slots, 2)[:, None] >= mix[:, :-1]).sum(axis=1)
    outlets, members, rates = [home], [np.arange(n)], [rate * spec.main_store_share]
    others = world.neighbour_outlet[home][:, : spec.other_stores]
    count = (others >= 0).sum(axis=1)
    for k in range(others.shape[1]):
        has = others[:, k] >= 0
        outlets.append(others[has, k])
        members.append(np.flatnonzero(has))
        rates.append(rate[has] * (1.0 - spec.main_store_share) / count[has])
    outlet, member = np.concatenate(outlets), np.concatenate(members)
    order = np.lexsort((member, outlet))
    watched, first = np.unique(outlet[order], return_index=True)
    return Households(
        outlet=watched.astype(np.int64),
        first=np.append(first, outlet.shape[0]).astype(np.int64),
        household=member[order].astype(np.int64),
        segment=segment[member[order]].astype(np.int64),
        rate=np.concatenate(rates)[order],
    )
