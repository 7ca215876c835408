"""What a strategy sees: our own books and people, and the market as our people believe it to be. Never the truth.

Everything about shops and rivals comes from the market database: only outlets that somebody of ours has found, as last
seen, with the error of the eyes that saw them. `sim.agents.belief` fills these tables; strategies only read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class KnownOutlets:
    """The known outlets, one row each, in rising order of `row`.

    Attributes
    ----------
    row : shape (n,). Handle by which a pull names the outlet.
    territory, channel, grade : shape (n,). Rows of territory and channel; class 0 A, 1 B, 2 C by known size.
    x_km, y_km : shape (n,).
    size : shape (n,). Estimated size. [shoppers/day]
    advisor : shape (n,). Post in charge, −1 none.
    last_seen : shape (n,). Days since our people saw it; very large when never.
    visits : shape (n,). Calls by our advisors.
    sales_rate : shape (n,). Our sales there as last seen. [units/day]
    listed : shape (n,). Our listed products as last seen.
    exclusive : shape (n,). Whether it has an exclusive agreement with us.
    seen_share : shape (n, n_companies). Share of purchases as the shopkeeper told; NaN before the first visit.
    seen_products : shape (n, n_companies). Products on the list as last seen; NaN before the first visit.
    seen_empty : shape (n, n_companies). Share of them found out of stock, smoothed over visits; NaN as above.
    seen_price : shape (n, n_companies). Shelf price against the usual price, 1 is usual; NaN as above.
    seen_promoter : shape (n, n_companies). Share of visits that met a promoter, smoothed; NaN as above.
    """

    row: Array
    territory: Array
    channel: Array
    grade: Array
    x_km: Array
    y_km: Array
    size: Array
    advisor: Array
    last_seen: Array
    visits: Array
    sales_rate: Array
    listed: Array
    exclusive: Array
    seen_share: Array
    seen_products: Array
    seen_empty: Array
    seen_price: Array
    seen_promoter: Array


@dataclass(frozen=True)
class Territories:
    """The territories: public facts, and what the database says about each.

    Attributes
    ----------
    x_km, y_km, area_km2, population, growth : shape (n,). Public. [km, km², persons, 1/year]
    adjacent, distance_km : shape (n, n). Public.
    known : shape (n,). Known outlets.
    unvisited : shape (n,). Known outlets that nobody of ours has seen for `database.unvisited_after_days`.
    potential : shape (n,). Sum of the known sizes. [shoppers/day]
    sales_rate : shape (n,). Our sales as last seen. [units/day]
    sell_in_rate : shape (n,). Our distributors' deliveries to shops in the last 28 days, by our books. [units/day]
    share : shape (n, n_companies). Shares of purchases by the shopkeepers' word, weighted by size; NaN without a visit.
    rank : shape (n,). Our rank by that share, 1 the largest; the last rank without a visit.
    numeric_distribution, weighted_distribution : shape (n,). Share of known outlets (by size) that listed ours.
    coverage, out_of_stock, price, promoters : shape (n, n_companies). Means of what was seen over seen outlets: share
        of outlets that carry the company, of its listed products that were empty, price index, promoters met.
    knowledge : shape (n,). What our work is expected to achieve there against a mature programme, by what we have
        learned of our way of working; 1 means that it is mastered.
    calls_per_day : shape (n,). Calls of our advisors, last 28 days.
    travel_share : shape (n,). Share of our advisors' day on the road, last 28 days; NaN without any.
    is_open : shape (n,). Whether the territory is open to us today; see the lever `open`.
    """

    x_km: Array
    y_km: Array
    area_km2: Array
    population: Array
    growth: Array
    adjacent: Array
    distance_km: Array
    known: Array
    unvisited: Array
    potential: Array
    sales_rate: Array
    sell_in_rate: Array
    share: Array
    rank: Array
    numeric_distribution: Array
    weighted_distribution: Array
    coverage: Array
    out_of_stock: Array
    price: Array
    promoters: Array
    knowledge: Array
    calls_per_day: Array
    travel_share: Array
    is_open: Array


@dataclass(frozen=True)
class OwnPeople:
    """Our advisors who hold a post now, one row each.

    Attributes
    ----------
    post, territory : shape (n,). Row of the post, row of its territory.
    selling, service, coaching, farmer : shape (n,). Skills and orientation as rated by their managers.
    visits_made : shape (n,).
    """

    post: Array
    territory: Array
    selling: Array
    service: Array
    coaching: Array
    farmer: Array
    visits_made: Array


@dataclass(frozen=True)
class OwnDistributors:
    """Distributors of ours, candidates that may be signed included, one row each.

    Attributes
    ----------
    row : shape (n,). Row among all distributors.
    territory : shape (n,). First territory.
    covers : shape (n, n_territories).
    is_core, is_contracted : shape (n,).
    holder : shape (n,). Company for which its firm works, as the whole trade knows; −1 nobody.
    purchase_rate : shape (n,). What it buys from us, from our books. [units/day]
    rated_potential : shape (n,). Room to grow as our people rate it (with error).
    rated_return : shape (n,). Return on its capital as our people rate it (with error); NaN where distributors are no
        companies of their own (`mechanisms.distributor_companies`), and without a contract. [1/year]
    rated_attention : shape (n,). Share of its time and vans that is ours, rated and NaN likewise.
    relation : shape (n,). Its tie with us.
    information_system : shape (n,). Whether it shares its data.
    stock_days : shape (n,). Its stock in days of sales where data are shared; NaN elsewhere.
    """

    row: Array
    territory: Array
    covers: Array
    is_core: Array
    is_contracted: Array
    holder: Array
    purchase_rate: Array
    rated_potential: Array
    rated_return: Array
    rated_attention: Array
    relation: Array
    information_system: Array
    stock_days: Array


@dataclass(frozen=True)
class OwnProducts:
    """Our products.

    Attributes
    ----------
    row : shape (n,). Row among all products.
    launched : shape (n,).
    list_price_cents, factory_cost_cents : shape (n,). [cents/unit]
    sell_in_rate : shape (n,). Deliveries to shops in the last 28 days. [units/day]
    """

    row: Array
    launched: Array
    list_price_cents: Array
    factory_cost_cents: Array
    sell_in_rate: Array


@dataclass(frozen=True)
class Names:
    """Identifiers by row."""

    territories: tuple[str, ...]
    companies: tuple[str, ...]
    products: tuple[str, ...]
    distributors: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """Everything a strategy may use to decide.

    Attributes
    ----------
    day : days since strategies began; 0 at the first decision.
    first_day : simulated day on which strategies began (levers that name a day count from the start of the simulation).
    when : date.
    baseline : lever columns as the scenario states them, read-only arrays by lever name.
    """

    day: int
    first_day: int
    when: date
    names: Names
    outlets: KnownOutlets
    territories: Territories
    people: OwnPeople
    distributors: OwnDistributors
    products: OwnProducts
    baseline: Mapping[str, Array]
