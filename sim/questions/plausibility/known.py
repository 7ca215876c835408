"""What is known of a market without running it: from the scenario alone, and from its world before the first day."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.kernels.laws import advertising_response
from sim.policies import AdvertisingResponse
from sim.questions.plausibility.band import Band, Found, Line, card, one
from sim.scenario.names import product_ids
from sim.scenario.schema import Scenario
from sim.world.setup import build_world
from sim.world.world import World

Array = NDArray[Any]

MOST_BUILT: Final = 200_000
"""Outlets above which the world is not built for a check: it would take minutes. [outlets]"""

SECONDS_A_DAY, SECONDS_AN_OUTLET_DAY, SECONDS_A_PRODUCT = 5e-3, 0.8e-6, 0.15e-6
"""Time of a simulated day: fixed, for each outlet, and for each product of each outlet; measured at 700 to 60,000
outlets and 2 to 20 products on one core of a 2-core cloud machine. [s], [s/outlet], [s/outlet/product]"""

MEGABYTES, MEGABYTES_AN_OUTLET, MEGABYTES_A_PRODUCT = 230.0, 2.4e-3, 0.12e-3
"""Memory of one run; measured with the above. [MB], [MB/outlet], [MB/outlet/product]"""

PROSPECTUS: Final = "Nongfu Spring prospectus 2019"
MEASURED: Final = "measured on one core of a cloud machine; limit: assumption"


def stated_lines(scenario: Scenario) -> list[Line]:
    """Return the lines that need no world: what a run will take, and people's pay.

    Raises
    ------
    InputError
        When the census cannot be used.
    """
    return list(card(STATED, scenario, scenario.currency))


def built_lines(scenario: Scenario) -> list[Line]:
    """Return the lines of the world before its first day; none for a market that takes minutes to build."""
    if n_outlets(scenario) > MOST_BUILT:
        return []
    return list(card(BUILT, build_world(scenario)[0], scenario.currency))


def n_outlets(scenario: Scenario) -> int:
    """Return how many outlets there are at the beginning, census included."""
    outlets = scenario.outlets
    n = len(outlets.list) + (outlets.generate.n if outlets.generate is not None else 0)
    if outlets.census is not None:
        from sim.scenario.census import load_census

        n += len(load_census(outlets.census, scenario).frame)
    return n


def run_minutes(scenario: Scenario) -> float:
    """Return how long all replications of one strategy will take on one core. [minutes]."""
    calendar, products = scenario.calendar, len(product_ids(scenario))
    days = (calendar.burn_in_days + calendar.duration_days) * scenario.replications
    an_outlet = SECONDS_AN_OUTLET_DAY + SECONDS_A_PRODUCT * products
    return days * (SECONDS_A_DAY + an_outlet * n_outlets(scenario)) / 60.0


def run_megabytes(scenario: Scenario) -> float:
    """Return the memory that one run will need. [MB]."""
    products = len(product_ids(scenario))
    return MEGABYTES + (MEGABYTES_AN_OUTLET + MEGABYTES_A_PRODUCT * products) * n_outlets(scenario)


def field_people(scenario: Scenario) -> int:
    """Return our advisors at the beginning. [persons]."""
    team = scenario.team
    staffed = len(team.list) + (team.generate.n if team.generate is not None else 0)
    return staffed if scenario.mechanisms.advisors else 0


def _a_person(world: World, total: float) -> float:
    people = field_people(world.scenario)
    return total / people if people else math.nan


def _outlets(world: World) -> float:
    return float(world.is_open.sum())


def _outlets_a_distributor(world: World) -> float:
    signed = int((world.is_contracted & (world.distributor_company == 0)).sum())
    return _outlets(world) / signed if signed else math.nan


def _least_outlets(world: World) -> Iterator[Found]:
    """The territories without an outlet; where there are none, the one with fewest."""
    count = np.bincount(world.outlet_territory[world.is_open], minlength=world.sizes["territory"])
    least = int(count.min())
    names = [world.names.label(world.names.territories[t]) for t in np.flatnonzero(count == least)]
    yield Found(least, ", ".join(names) if least == 0 else names[0])


def _reach_of_companies(world: World) -> Iterator[Found]:
    """The part of all outlets that a company's distributors serve, for the company that reaches fewest."""
    served = (world.outlet_distributor[world.is_open] >= 0).mean(axis=0)
    least = float(served.min())
    names = [world.names.label(world.names.companies[c]) for c in np.flatnonzero(served == least)]
    yield Found(least, ", ".join(names) if least < 1.0 else "")


def _buyers(world: World) -> Array:
    """Chance that a shopper buys one of a company's products, at the first listings, shape (n_companies,)."""
    shoppers = float(world.outlet_size[world.is_open].sum())
    sold = world.sales_rate[world.is_open].sum(axis=0)
    return np.bincount(world.product_company, weights=sold, minlength=world.sizes["company"]) / shoppers


def _per_head(world: World) -> float:
    return 365.0 * float(world.sales_rate[world.is_open].sum()) / float(world.territory_population.sum())


def _per_head_against_reality(world: World) -> float:
    return _per_head(world) / world.scenario.category.purchases_per_head_year


def _calls_asked(world: World) -> float:
    """Calls that the visit plan asks of a field person on a working day."""
    visit, rest = world.scenario.team.visit, len(set(world.scenario.calendar.rest_weekdays))
    every = np.array([visit.every_days_a, visit.every_days_b, visit.every_days_c])
    calls = float((1.0 / every[world.outlet_class[world.is_open]]).sum())
    return _a_person(world, calls) * 7.0 / (7 - rest) if rest < 7 else math.nan


def _of_prices(world: World, above: Array, below: Array) -> float:
    """Mean of a margin over our products, as they are expected to sell."""
    ours = world.product_company == 0
    weight = world.sales_rate[world.is_open].sum(axis=0)[ours] + 1e-9
    return float(1.0 - (weight @ below[ours]) / (weight @ above[ours]))


def _our_margin(world: World) -> float:
    freight = world.scenario.ours.factory.freight_cents_per_unit
    return _of_prices(world, world.list_price_cents, world.factory_cost_cents + freight)


def _sales_a_month(world: World) -> float:
    """Our expected revenue at the first listings. [cents/month]."""
    ours = world.product_company == 0
    rate = world.sales_rate[world.is_open].sum(axis=0)[ours]
    return float(rate @ world.list_price_cents[ours]) * 365.0 / 12.0


def _advertising_elasticity(world: World) -> float:
    """Long-run elasticity of our sales to our advertising, where goodwill has come to rest.

    A logit share s responds to ln(advertising) by (1 − s)·dG/d ln(advertising).
    """
    spec, cents = world.scenario.consumers.goodwill, world.scenario.ours.budget.advertising_cents
    if spec.law == "lanchester" or not world.scenario.mechanisms.goodwill or spec.decay_per_day == 0.0:
        return math.nan
    kind, brands = int(AdvertisingResponse[spec.response]), np.unique(world.product_brand[world.product_company == 0])
    pressure = cents / float(world.territory_population.sum()) / spec.reference_spend / max(brands.shape[0], 1)

    def goodwill(factor: float) -> float:
        response = advertising_response(kind, factor * pressure, spec.adbudg_exponent, spec.adbudg_half)
        gain = spec.response_scale * float(response)
        return gain / (spec.decay_per_day + (gain / spec.saturation if spec.law == "vidale_wolfe" else 0.0))

    step = 1e-4
    slope = (goodwill(1.0 + step) - goodwill(1.0 - step)) / (2.0 * step)
    return (1.0 - float(_buyers(world)[0])) * slope


def _dorfman_steiner(world: World) -> float:
    """Advertising as a share of gross margin, against the elasticity of sales to it; 1 where profit is largest."""
    elasticity, margin = _advertising_elasticity(world), _our_margin(world) * _sales_a_month(world)
    if not elasticity > 0.0 or margin <= 0.0:
        return math.nan
    return world.scenario.ours.budget.advertising_cents / margin / elasticity


def _wage(scenario: Scenario) -> float:
    return scenario.team.wage_cents_per_month / 100.0 if field_people(scenario) else math.nan


STATED: Final[tuple[Band[Scenario], ...]] = (
    Band(
        "time of a run, all replications", -math.inf, 30.0, "minutes", MEASURED, "outlets, calendar", one(run_minutes)
    ),
    Band("memory of a run", -math.inf, 8000.0, "MB", MEASURED, "outlets", one(run_megabytes)),
    Band(
        "pay of a field person a month",
        3000.0,
        15000.0,
        "CNY",
        "wages in China 2023: 5,700 in private companies, 10,100 in others (Bureau of Statistics)",
        "team.wage_cents_per_month, which is in cents",
        one(_wage),
    ),
)
"""Bands of what the scenario says itself."""

BUILT: Final[tuple[Band[World], ...]] = (
    Band(
        "outlets of the territory with fewest",
        1.0,
        math.inf,
        "outlets",
        "a territory without any takes part in nothing",
        "outlets, territories",
        _least_outlets,
    ),
    Band(
        "outlets that each company's distributors reach",
        0.5,
        math.inf,
        "share",
        "who reaches no outlet sells nothing; limit: assumption",
        "distributors.list and distributors.generate: only generated ones serve every company",
        _reach_of_companies,
    ),
    Band(
        "outlets a field person",
        150.0,
        300.0,
        "outlets",
        f"{PROSPECTUS}: 2.37 M outlets, 10,896 people",
        "team or outlets.generate.n",
        one(lambda world: _a_person(world, _outlets(world))),
    ),
    Band(
        "calls a day that the visit plan asks",
        15.0,
        60.0,
        "calls",
        "assumption: a day has 15–40, and a plan may ask for half as many again",
        "team.visit.every_days_a, _b, _c",
        one(_calls_asked),
    ),
    Band(
        "outlets a distributor",
        200.0,
        800.0,
        "outlets",
        f"{PROSPECTUS}: 554",
        "distributors",
        one(_outlets_a_distributor),
    ),
    Band(
        "residents an outlet",
        100.0,
        1500.0,
        "persons",
        f"{PROSPECTUS}: 2.37 M outlets for 1.4 bn people, 590",
        "territories' population or outlets.generate.n",
        one(lambda world: float(world.territory_population.sum()) / max(_outlets(world), 1.0)),
    ),
    Band(
        "category shoppers an outlet and day",
        15.0,
        150.0,
        "shoppers",
        "assumption: one in six of the 100–900 customers of a shop",
        "outlets.generate.size_median_shoppers, outlets.shoppers_per_size_unit",
        one(lambda world: float(world.outlet_size[world.is_open].mean()) if world.is_open.any() else math.nan),
    ),
    Band("category purchases a head and year", -math.inf, math.inf, "units", "", "", one(_per_head)),
    Band(
        "the same, against the category's real figure",
        1.0 / 3.0,
        3.0,
        "times",
        "category.purchases_per_head_year; the limits are a factor of 3",
        "outlets.generate.size_median_shoppers, territories' population, category.purchases_per_head_year",
        one(_per_head_against_reality),
    ),
    Band(
        "our gross margin on the price to distributors",
        0.25,
        0.65,
        "share",
        "makers of drinks in China: 31–36 % (Tingyi, Uni-President) to 55 % (Nongfu Spring 2019)",
        "products: factory_cost_cents, list_price_cents",
        one(_our_margin),
    ),
    Band(
        "distributors' margin",
        0.04,
        0.2,
        "share",
        "assumption",
        "products: list_price_cents, trade_price_cents",
        one(lambda world: _of_prices(world, world.trade_price_cents, world.list_price_cents)),
    ),
    Band(
        "shops' margin",
        0.15,
        0.4,
        "share",
        "24–29 % (Dominick's)",
        "products: trade_price_cents, retail_price_cents",
        one(lambda world: _of_prices(world, world.retail_price_cents, world.trade_price_cents)),
    ),
    Band(
        "advertising ÷ gross margin, against its elasticity",
        0.5,
        2.0,
        "times",
        "Dorfman & Steiner 1954: 1 at the best; within a factor of 2; at the first listings",
        "ours.budget.advertising_cents, which is in cents; consumers.goodwill.reference_spend",
        one(_dorfman_steiner),
    ),
)
"""Bands of the world before its first day."""
