"""What a week does to a shop's list."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.kernels.ageing import AgeingRules, DelistingRules, Week, age_listings
from sim.kernels.calls import Relations
from sim.kernels.ordering import Shelves
from sim.scenario.leads import acting_leads
from sim.streams import DecisionPoint, key_of
from sim.world.bundles import bundle
from tests.markets import market

DELIST_WEEKS = 8
LISTING = {"delist_units_per_week": 0.4, "delist_weeks": DELIST_WEEKS, "facings_per_product": 1.0}
STILL: dict[str, Any] = {"unprompted_per_week": 0.0, "shelf_keep": 0.0, "taught_keep": 0.0, "relation_keep": 0.0}
SHOP = market({"retail": {"listing": LISTING}})
LISTS = bundle(DelistingRules, SHOP.retail.listing, acting_leads(SHOP))
RULES = bundle(AgeingRules, SHOP, SHOP.retail, listing=LISTS, **STILL)
KEY = np.uint64(key_of(1, 0, DecisionPoint.UNPROMPTED_LISTING, 3))


def weeks_on_the_list(stock: int, distributor: int, sold: int, weeks: int = 20) -> int:
    """Weeks until a shop that sells `sold` a week drops its one product; `weeks` when it keeps it."""
    shelves = Shelves(**dict.fromkeys(Shelves._fields, np.zeros((1, 1))))._replace(
        outlet_slot=np.array([7], dtype=np.uint64),
        is_listed=np.ones((1, 1), dtype=np.bool_),
        outlet_stock_units=np.array([[stock]]),
        open_order_units=np.zeros((1, 1), dtype=np.int32),
        outlet_distributor=np.array([[distributor]]),
        product_company=np.zeros(1, dtype=np.int64),
        launched=np.ones(1, dtype=np.bool_),
        won=np.zeros((1, 1), dtype=np.bool_),
    )
    relations = Relations(**dict.fromkeys(Relations._fields, np.zeros((1, 1))))._replace(
        relation=np.full((1, 1), 0.5),
        outlet_facings=np.full(1, 10.0),
        neighbour_outlet=np.full((1, 1), -1),
        weight_is_stale=np.zeros(1, dtype=np.bool_),
        outlet_territory=np.zeros(1, dtype=np.int64),
        product_brand=np.zeros(1, dtype=np.int64),
        product_appeal=np.zeros(1),
        exclusive_company=np.full(1, -1),
        rival_products_most=np.zeros(1, dtype=np.int32),
    )
    week = Week(**dict.fromkeys(Week._fields, np.zeros((1, 1))))._replace(
        week_sold_units=np.array([[sold]]),
        slow_weeks=np.zeros((1, 1), dtype=np.int32),
        dropped=np.zeros((1, 1), dtype=np.bool_),
    )
    for passed in range(weeks):
        age_listings(shelves, relations, week, RULES, 0, KEY)
        if not shelves.is_listed[0, 0]:
            assert week.dropped[0, 0]
            return passed + 1
    return weeks


@pytest.mark.parametrize(
    ("stock", "distributor", "sold", "weeks"),
    [
        pytest.param(3, 0, 0, DELIST_WEEKS, id="nobody wants it"),
        pytest.param(0, 0, 0, 20, id="the shelf is empty for a while"),
        pytest.param(0, -1, 0, DELIST_WEEKS, id="nobody can fill the shelf again"),
        pytest.param(3, -1, 1, 20, id="the rest still sells"),
    ],
)
def test_a_product_leaves_the_list_when_it_does_not_sell_or_cannot_come(
    stock: int, distributor: int, sold: int, weeks: int
) -> None:
    assert weeks_on_the_list(stock, distributor, sold) == weeks
