"""The scenario schema: what a user may ask for, with unit, bounds, default and source of every field.

Only descriptions live here; reading files is `sim.scenario.load`, making a market of it is `sim.world.setup`.
"""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from sim.scenario.schema.channel import DistributorGenerator, DistributorsSpec, RetailSpec
from sim.scenario.schema.common import Spec, quantity
from sim.scenario.schema.company import ComparisonSpec, DirectionSpec, OursSpec, RivalGenerator, RivalsSpec
from sim.scenario.schema.consumers import CategorySpec, ConsumersSpec, ProductGenerator, ProductsSpec
from sim.scenario.schema.field import (
    AdvisorGenerator,
    DatabaseSpec,
    DiversionSpec,
    MechanismsSpec,
    RecordingSpec,
    RelationSpec,
    TeamSpec,
)
from sim.scenario.schema.leads import LeadsSpec
from sim.scenario.schema.money import MoneySpec
from sim.scenario.schema.place import CalendarSpec, OutletGenerator, OutletsSpec, TerritoriesSpec, TerritoryGenerator

__all__ = ["Scenario", "Spec"]


class Scenario(Spec):
    """A whole market and a span of time."""

    name: str = quantity("market", "Name; results are filed under it.", "-", pattern=r"^\w[\w.-]*$", max_length=80)
    description: str = quantity("", "The question this scenario is for.", "-")
    currency: str = quantity("CNY", "Currency of which all cents are hundredths.", "-", max_length=8)
    seed: int = quantity(1, "Root seed of every random draw.", ge=0, le=2**63 - 1)
    replications: int = quantity(1, "Independent repetitions.", "[1, 100_000] runs")
    calendar: CalendarSpec = quantity(text="Dates.", domain="-", factory=CalendarSpec)
    territories: TerritoriesSpec = quantity(
        text="Territories.", domain="-", factory=lambda: TerritoriesSpec(generate=TerritoryGenerator())
    )
    outlets: OutletsSpec = quantity(
        text="Outlets.", domain="-", factory=lambda: OutletsSpec(generate=OutletGenerator())
    )
    category: CategorySpec = quantity(text="Category demand.", domain="-", factory=CategorySpec)
    consumers: ConsumersSpec = quantity(text="Consumers.", domain="-", factory=ConsumersSpec)
    products: ProductsSpec = quantity(
        text="Products.", domain="-", factory=lambda: ProductsSpec(generate=ProductGenerator())
    )
    ours: OursSpec = quantity(text="Our company.", domain="-", factory=OursSpec)
    rivals: RivalsSpec = quantity(text="Rivals.", domain="-", factory=lambda: RivalsSpec(generate=RivalGenerator()))
    retail: RetailSpec = quantity(text="Shops' conduct.", domain="-", factory=RetailSpec)
    distributors: DistributorsSpec = quantity(
        text="Distributors.", domain="-", factory=lambda: DistributorsSpec(generate=DistributorGenerator())
    )
    team: TeamSpec = quantity(
        text="Our field force.", domain="-", factory=lambda: TeamSpec(generate=AdvisorGenerator())
    )
    relations: RelationSpec = quantity(text="Relations.", domain="-", factory=RelationSpec)
    database: DatabaseSpec = quantity(text="Market database.", domain="-", factory=DatabaseSpec)
    diversion: DiversionSpec = quantity(text="Diversion and price disorder.", domain="-", factory=DiversionSpec)
    money: MoneySpec = quantity(text="What money costs.", domain="-", factory=MoneySpec)
    leads: LeadsSpec = quantity(text="Leads that last and spread.", domain="-", factory=LeadsSpec)
    mechanisms: MechanismsSpec = quantity(text="Switches.", domain="-", factory=MechanismsSpec)
    recording: RecordingSpec = quantity(text="Recording.", domain="-", factory=RecordingSpec)
    direction: DirectionSpec = quantity(text="Head office and budget.", domain="-", factory=DirectionSpec)
    comparison: ComparisonSpec = quantity(text="What a comparison asks.", domain="-", factory=ComparisonSpec)
    strategies: dict[str, tuple[dict[str, Any], ...]] = quantity(
        text="Strategies by name; each is a list of parts, a part is `kind: {parameters}`; see `arsim strategies`.",
        domain="-",
        max_length=100,
        factory=dict,
    )
    strategy: str = quantity("baseline", "The strategy that a run follows: a name under strategies, or baseline.", "-")
    futures: dict[str, dict[str, Any]] = quantity(
        text="Futures by name; each is a mapping of fields that differ in it.", domain="-", max_length=50, factory=dict
    )

    @model_validator(mode="before")
    @classmethod
    def _parts_without_entities_get_the_generator(cls, data: Any) -> Any:
        """A section that sets only conduct (`team: {visit: …}`) keeps the default generator."""
        if not isinstance(data, dict):
            return data
        defaults: dict[str, Spec] = {
            "territories": TerritoryGenerator(),
            "products": ProductGenerator(),
            "rivals": RivalGenerator(),
            "distributors": DistributorGenerator(),
            "team": AdvisorGenerator(),
        }
        filled = dict(data)
        for section, generator in defaults.items():
            part = filled.get(section)
            if isinstance(part, dict) and "generate" not in part and "list" not in part:
                filled[section] = {**part, "generate": generator.model_dump()}
        outlets = filled.get("outlets")
        if isinstance(outlets, dict) and not {"generate", "list", "census"} & outlets.keys():
            filled["outlets"] = {**outlets, "generate": OutletGenerator().model_dump()}
        return filled
