"""The names that references are checked against are the names that the world gives."""

from __future__ import annotations

import pytest

from sim.scenario.names import (
    brand_names,
    brands_of,
    company_ids,
    distributor_ids,
    product_ids,
    switched_off,
    territory_ids,
)
from sim.scenario.schema import Scenario
from sim.world.setup.companies import companies_of, distributors_of, products_of
from sim.world.setup.places import territories_of

SCENARIOS = {
    "all generated": {},
    "many": {
        "territories": {"generate": {"n": 11}},
        "rivals": {"generate": {"n": 5}},
        "products": {"generate": {"per_brand": 3}},
        "distributors": {"generate": {"per_territory": 2}},
    },
    "mixed": {
        "territories": {"generate": {"n": 2}, "list": [{"id": "X", "x_km": 0, "y_km": 0}]},
        "ours": {"id": "we", "brands": ["red", "blue"]},
        "rivals": {"generate": {"n": 1}, "list": [{"id": "Z"}]},
        "products": {"generate": {"per_brand": 2}, "list": [{"id": "r", "brand": "red"}]},
        "distributors": {"generate": {"per_territory": 1}, "list": [{"id": "D", "territories": ["X"]}]},
    },
    "all listed": {
        "territories": {"list": [{"id": "X", "x_km": 0, "y_km": 0}]},
        "rivals": {"list": [{"id": "Z"}]},
        "products": {"list": [{"id": "o", "brand": "ours"}, {"id": "z", "brand": "Z"}]},
        "distributors": {
            "list": [{"id": "D", "territories": ["X"]}, {"id": "E", "company": "Z", "territories": ["X"]}]
        },
    },
}


@pytest.mark.parametrize("data", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_they_are_the_worlds(data):
    scenario = Scenario.model_validate(data)
    territories, companies = territories_of(scenario), companies_of(scenario)
    assert territory_ids(scenario) == [territory.id for territory in territories]
    assert company_ids(scenario) == [company.id for company in companies]
    assert brand_names(scenario) == [brand for company in companies for brand in brands_of(company)]
    assert sorted(product_ids(scenario)) == sorted(p.spec.id for p in products_of(scenario, companies))
    built = distributors_of(scenario, companies, territories)
    assert sorted(distributor_ids(scenario)) == sorted(distributor.spec.id for distributor in built)


def test_switched_off_mechanisms_are_named():
    assert switched_off(Scenario()) == []
    assert switched_off(Scenario.model_validate({"mechanisms": {"push": False, "season": False}})) == ["season", "push"]
