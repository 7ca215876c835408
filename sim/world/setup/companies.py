"""Companies, products, distributors and advisors of a scenario as plain tables, and their columns.

Our company is always the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from sim.errors import InputError, Problem
from sim.sampling import normal_quantile
from sim.scenario.geography import position_km, projection_of
from sim.scenario.names import brands_of
from sim.scenario.schema import Scenario
from sim.scenario.schema.channel import DistributorGenerator, DistributorSpec
from sim.scenario.schema.company import CompanySpec, RivalSpec
from sim.scenario.schema.consumers import ProductSpec
from sim.scenario.schema.field import AdvisorSpec
from sim.streams import DecisionPoint, key_of, slot_of, uniform
from sim.world.setup.places import Territory, slots_of
from sim.world.shares import whole_shares
from sim.world.talent import talent_of
from sim.world.world import World

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

WAREHOUSE_DISC = 0.3
"""A warehouse without a stated position is in a square of this width around the centre, in radii (assumption)."""

SKILL_LIMITS = (0.02, 0.98)
"""Skills of generated advisors: nobody begins without any, or perfect (assumption)."""

FARMER_SPREAD = 0.15
"""Standard deviation of generated advisors' orientation (assumption)."""

NOT_YET = 1_000_000_000
"""Launch day of a newcomer's products, which are launched when it enters."""

OPENING_DAYS = 60
"""A rival has seen two months at least before it takes a revenue for its usual one (assumption)."""

LEAST_SPARE_POSTS = 4
"""Posts that may be added at least, where the scenario does not say."""


def companies_of(scenario: Scenario) -> list[CompanySpec]:
    """Return our company, then the rivals."""
    rivals: list[CompanySpec] = list(scenario.rivals.list)
    generator = scenario.rivals.generate
    if generator is not None:
        for k in range(generator.n):
            step = k / max(1, generator.n - 1)
            appeal = generator.appeal_first + step * (generator.appeal_last - generator.appeal_first)
            rivals.append(RivalSpec(id=f"R{k + 1}", name=f"Rival {k + 1}", appeal=appeal))
    return [scenario.ours, *rivals]


@dataclass(frozen=True)
class Product:
    """A product with its owner."""

    spec: ProductSpec
    company: int
    launch_day: int


def newcomers(companies: Sequence[CompanySpec]) -> list[int]:
    """Return the rows of the companies that are not in the market yet."""
    return [c for c, company in enumerate(companies) if isinstance(company, RivalSpec) and company.entry is not None]


def products_of(scenario: Scenario, companies: Sequence[CompanySpec]) -> list[Product]:
    """Return all products, by company and in the order of the scenario."""
    owner = {brand: c for c, company in enumerate(companies) for brand in brands_of(company)}
    specs = list(scenario.products.list)
    generator = scenario.products.generate
    if generator is not None:
        described = {spec.brand for spec in specs}
        for company in companies:
            for brand in brands_of(company):
                if brand not in described:
                    specs += [_generated_product(company, brand, k, scenario) for k in range(generator.per_brand)]
    burn_in = scenario.calendar.burn_in_days
    products = [
        Product(s, owner[s.brand], -1 if s.launch_day is None else max(-1, s.launch_day + burn_in)) for s in specs
    ]
    outside = newcomers(companies)
    products = [replace(p, launch_day=NOT_YET) if p.company in outside else p for p in products]
    return sorted(products, key=lambda p: p.company)


def _generated_product(company: CompanySpec, brand: str, k: int, scenario: Scenario) -> ProductSpec:
    generator = scenario.products.generate
    assert generator is not None
    factor = company.price_factor * (1.0 + generator.price_step * k)
    base = ProductSpec(id="x", brand=brand)
    try:
        return ProductSpec(
            id=f"{brand}-{k + 1}",
            name=f"{brand} {k + 1}",
            brand=brand,
            appeal=company.appeal + generator.size_appeal_step * k,
            factory_cost_cents=round(base.factory_cost_cents * (1.0 + generator.price_step * k)),
            list_price_cents=round(base.list_price_cents * factor),
            trade_price_cents=round(base.trade_price_cents * factor),
            retail_price_cents=round(base.retail_price_cents * factor),
            usual_price_cents=round(base.retail_price_cents * (1.0 + generator.price_step * k)),
        )
    except ValidationError as error:
        raise InputError(
            [_of_generator(found, f"product {k + 1} of {company.id}", scenario) for found in error.errors()]
        ) from None


def _of_generator(found: ErrorDetails, product: str, scenario: Scenario) -> Problem:
    """Say of which fields a generated product is made that its own schema refuses."""
    name = ".".join(str(part) for part in found["loc"])
    made_of = "appeal and size_appeal_step" if name == "appeal" else "price_factor and price_step"
    allowed = f"comes of the company's and the generator's {made_of}: {found['msg'][:1].lower()}{found['msg'][1:]}"
    return Problem(scenario.name, 0, "products.generate", f"{name} {found['input']} of {product}", allowed)


@dataclass(frozen=True)
class Distributor:
    """A distributor placed on the map; `firm` is the identifier of the row that its firm began with."""

    spec: DistributorSpec
    company: int
    firm: str
    territories: tuple[int, ...]
    x_km: float
    y_km: float


def distributors_of(
    scenario: Scenario, companies: Sequence[CompanySpec], territories: Sequence[Territory]
) -> list[Distributor]:
    """Return all distributors, by company and in the order of the scenario."""
    company_row = {c.id: k for k, c in enumerate(companies)}
    territory_row = {t.id: k for k, t in enumerate(territories)}
    specs = [(company_row[s.company or companies[0].id], s) for s in scenario.distributors.list]
    generator = scenario.distributors.generate
    if generator is not None:
        served = {c for c, _ in specs}
        for c, company in enumerate(companies):
            if c in served:
                continue
            for territory in territories:
                for k in range(generator.per_territory):
                    identifier = f"D-{company.id}-{territory.id}" + (f"-{k + 1}" if generator.per_territory > 1 else "")
                    name = f"{company.name or company.id}, {territory.name}"
                    specs.append((c, _generated_distributor(scenario, territory, identifier, name=name)))
    on = scenario.mechanisms.distributor_pool
    for territory in territories:
        for k in range(scenario.distributors.pool.free_per_territory if on else 0):
            identifier = f"F-{territory.id}-{k + 1}"
            spec = _generated_distributor(
                scenario, territory, identifier, name=f"{territory.name} {k + 1}", signed=False
            )
            specs.append((0, spec))
    placed = []
    for c, spec in specs:
        rows = tuple(territory_row[t] for t in spec.territories)
        home = territories[rows[0]]
        u = [
            float(uniform(key_of(scenario.seed, 0, DecisionPoint.BUILD_DISTRIBUTOR, 1), slot_of(spec.id), k))
            for k in (0, 1)
        ]
        near_centre = (
            home.x_km + WAREHOUSE_DISC * home.radius_km * (u[0] - 0.5),
            home.y_km + WAREHOUSE_DISC * home.radius_km * (u[1] - 0.5),
        )
        x, y = position_km(spec, projection_of(scenario)) or near_centre
        placed.append(Distributor(spec=spec, company=c, firm=spec.id, territories=rows, x_km=x, y_km=y))
    if on:
        placed += [_for_another(d, c, company) for d in placed for c, company in enumerate(companies) if c != d.company]
    return sorted(placed, key=lambda d: d.company)


def _for_another(distributor: Distributor, c: int, company: CompanySpec) -> Distributor:
    """Return the row in which a firm could work for another company, to which it has no tie yet."""
    spec = distributor.spec
    fresh = {
        "id": f"{spec.id}@{company.id}",
        "name": f"{spec.name or spec.id} → {company.name or company.id}",
        "signed": False,
        "relation": DistributorSpec.model_fields["relation"].default,
        "information_system": False,
    }
    return replace(distributor, spec=spec.model_copy(update=fresh), company=c)


def _generated_distributor(scenario: Scenario, territory: Territory, identifier: str, **stated: Any) -> DistributorSpec:
    generator = scenario.distributors.generate or DistributorGenerator()
    key = key_of(scenario.seed, 0, DecisionPoint.BUILD_DISTRIBUTOR, 0)
    z = float(normal_quantile(uniform(key, slot_of(identifier), 0)))
    return DistributorSpec(
        id=identifier,
        territories=(territory.id,),
        capability=float(np.clip(generator.capability_mean + generator.capability_sd * z, 0.0, 1.0)),
        potential=float(uniform(key, slot_of(identifier), 1)),
        **stated,
    )


def fill_companies(world: World, companies: Sequence[CompanySpec], products: Sequence[Product]) -> None:
    """Write companies, brands and products."""
    brand_row = {b: k for k, b in enumerate(world.names.brands)}
    world.fill("company_slot", slots_of(world.names.companies))
    world.fill("product_brand", [brand_row[p.spec.brand] for p in products])
    world.fill("product_company", [p.company for p in products])
    world.brand_company[world.product_brand] = world.product_company
    world.fill("product_appeal", [p.spec.appeal for p in products])
    for name in ("factory_cost_cents", "list_price_cents", "trade_price_cents", "retail_price_cents", "case_units"):
        world.fill(name, [getattr(p.spec, name) for p in products])
    world.fill("usual_price_cents", [p.spec.usual_price_cents or p.spec.retail_price_cents for p in products])
    world.fill("launch_day", [p.launch_day for p in products])
    world.launched[:] = world.launch_day < 0
    world.fill("goodwill", 0.0)
    for company in companies:
        for brand in brands_of(company):
            world.goodwill[:, brand_row[brand]] = company.goodwill
    world.fill("trial", np.where(world.launch_day < 0, 1.0, 0.0)[None, :].repeat(world.sizes["territory"], axis=0))
    world.fill("promotion_until", -1)
    world.fill("advertising_multiplier", 1.0)
    world.fill("share_seen", -1.0)
    world.fill("target_company", -1)
    world.fill("rival_means", 1.0)
    for name in ("revenue_reckoned", "opening_revenue", "withdrawn_day"):
        world.fill(name, -1)
    outside = newcomers(companies)
    world.rival_means[outside] = 0.0
    world.withdrawn_day[outside] = 0
    for c in outside:
        world.goodwill[:, world.brand_company == c] = 0.0
    world.fill("settles_day", max(world.scenario.calendar.burn_in_days, OPENING_DAYS))


def fill_distributors(world: World, distributors: Sequence[Distributor]) -> None:
    """Write distributors; what they carry is sized when the outlets are known."""
    world.fill("distributor_slot", slots_of(world.names.distributors))
    world.fill("distributor_company", [d.company for d in distributors])
    row = {d.spec.id: k for k, d in enumerate(distributors)}
    world.fill("distributor_firm", [row[d.firm] for d in distributors])
    world.fill("distributor_territory", [d.territories[0] for d in distributors])
    world.fill("distributor_x_km", [d.x_km for d in distributors])
    world.fill("distributor_y_km", [d.y_km for d in distributors])
    for name in ("capability", "potential", "relation"):
        world.fill(f"distributor_{name}", [getattr(d.spec, name) for d in distributors])
    world.fill("service_radius_km", [d.spec.service_radius_km for d in distributors])
    world.fill("is_core", [d.spec.core for d in distributors])
    # A newcomer's distributors wait for it; where ground is closed, they do so as all others.
    outside = [] if world.scenario.mechanisms.ground else newcomers(companies_of(world.scenario))
    world.fill("is_contracted", [d.spec.signed and d.company not in outside for d in distributors])
    world.fill("drops_per_day", [-1 if d.spec.drops_per_day is None else d.spec.drops_per_day for d in distributors])
    world.fill("warehouse_units", [d.spec.warehouse_days for d in distributors])
    own_lists = world.scenario.mechanisms.distributor_companies
    world.fill("distributor_reach", world.scenario.distributors.partners.reach.start if own_lists else 1.0)
    world.fill("left_day", -1)


def fill_ground(world: World, companies: Sequence[CompanySpec]) -> None:
    """Write where every company works at the beginning."""
    places = world.names.territories
    world.fill("ground_open", [[place not in company.absent_from for place in places] for company in companies])
    world.ground_open[newcomers(companies)] = False
    world.fill("ground_wanted", world.ground_open)
    world.fill("ground_change_day", -1)


def advisors_of(scenario: Scenario, territories: Sequence[Territory]) -> list[AdvisorSpec]:
    """Return the posts; names of spare posts begin with '+'."""
    posts = list(scenario.team.list)
    generator = scenario.team.generate
    if generator is not None:
        posts += _generated_advisors(scenario, territories, generator.n)
    spare = scenario.team.spare_posts
    if spare is None:
        # Nobody is in the field yet where all ground is closed, but there is room for all that were asked for.
        spare = max(LEAST_SPARE_POSTS, len(posts), generator.n if generator is not None else 0)
    return posts + [AdvisorSpec(id=f"+{k + 1}", territory=territories[k % len(territories)].id) for k in range(spare)]


def _generated_advisors(scenario: Scenario, territories: Sequence[Territory], n: int) -> list[AdvisorSpec]:
    generator = scenario.team.generate
    assert generator is not None
    closed = scenario.ours.absent_from
    weight = np.array([t.spec.population * t.spec.spending_index * (t.id not in closed) for t in territories])
    count = whole_shares(n, weight) if weight.any() else weight.astype(np.int64)
    specs = []
    for territory, posts in zip(territories, count, strict=True):
        for k in range(posts):
            identifier = f"A-{territory.id}-{k + 1}"
            key = key_of(scenario.seed, 0, DecisionPoint.BUILD_ADVISOR, 0)
            z = [float(normal_quantile(uniform(key, slot_of(identifier), m))) for m in range(4)]
            skill = [float(np.clip(generator.skill_mean + generator.skill_sd * v, *SKILL_LIMITS)) for v in z[:3]]
            specs.append(
                AdvisorSpec(
                    id=identifier,
                    territory=territory.id,
                    selling=skill[0],
                    service=skill[1],
                    coaching=skill[2],
                    farmer=float(np.clip(generator.farmer_mean + FARMER_SPREAD * z[3], 0.0, 1.0)),
                )
            )
    return specs


def fill_team(world: World, advisors: Sequence[AdvisorSpec]) -> None:
    """Write the posts; spare ones stay empty until hiring fills them."""
    row = {t: k for k, t in enumerate(world.names.territories)}
    territory = np.array([row[a.territory] for a in advisors], dtype=np.int64)
    world.fill("advisor_slot", slots_of([a.id for a in advisors]))
    world.fill("advisor_territory", territory)
    world.fill("advisor_x_km", world.territory_x_km[territory])
    world.fill("advisor_y_km", world.territory_y_km[territory])
    filled = np.array([not a.id.startswith("+") for a in advisors], dtype=bool)
    world.fill("is_post", filled)
    world.fill("is_employed", filled)
    world.fill("occupant", filled.astype(int))
    for name in ("selling", "service", "coaching", "farmer"):
        world.fill(name, [getattr(a, name) for a in advisors])
    world.fill("visits_made", [a.past_visits for a in advisors])
    key = key_of(world.scenario.seed, 0, DecisionPoint.TALENT, 0)
    spread = world.scenario.team.talent.spread
    world.fill("talent", [talent_of(normal_quantile(uniform(key, slot, 0)), spread) for slot in world.advisor_slot])
    for name in ("pay_factor", "effort"):
        world.fill(name, 1.0)
    world.fill("minutes_per_km", 60.0 / world.scenario.team.visit.speed_km_per_hour)
    # Last courses lie back by up to a year, so that the team does not leave for training all at once.
    world.fill("training_until", -1 - (world.advisor_slot % np.uint64(365)).astype(np.int64))
