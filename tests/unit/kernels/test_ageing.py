"""What a week does to a shop's list."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.kernels.ageing import AgeingRules, age_listings
from sim.kernels.calls import Ties
from sim.kernels.ordering import Shelves
from sim.streams import DecisionPoint, key_of

DELIST_WEEKS = 8
STILL: dict[str, Any] = dict.fromkeys(AgeingRules._fields, 0)
RULES = AgeingRules(**STILL)._replace(
    delist_units=0.4, delist_weeks=DELIST_WEEKS, delist_relation=0.05, facings_per_product=1.0, listings_move=True
)
KEY = np.uint64(key_of(1, 0, DecisionPoint.UNPROMPTED_LISTING, 3))


def weeks_on_the_list(stock: int, distributor: int, sold: int, weeks: int = 20) -> int:
    """Weeks until a shop that sells `sold` a week drops its one product; `weeks` when it keeps it."""
    shelves = Shelves(**dict.fromkeys(Shelves._fields, np.zeros((1, 1))))._replace(
        slot=np.array([7], dtype=np.uint64), is_listed=np.ones((1, 1), dtype=np.bool_), stock=np.array([[stock]]),
        open_order=np.zeros((1, 1), dtype=np.int32), distributor=np.array([[distributor]]),
        company=np.zeros(1, dtype=np.int64), launched=np.ones(1, dtype=np.bool_),
    )  # fmt: skip
    ties = Ties(**dict.fromkeys(Ties._fields, np.zeros((1, 1))))._replace(
        relation=np.full((1, 1), 0.5), facings=np.full(1, 10.0), stale=np.zeros(1, dtype=np.bool_),
        territory=np.zeros(1, dtype=np.int64), brand=np.zeros(1, dtype=np.int64), appeal=np.zeros(1),
        exclusive_company=np.full(1, -1),
    )  # fmt: skip
    slow_weeks, marks = np.zeros((1, 1), dtype=np.int32), np.zeros((2, 1, 1), dtype=np.bool_)
    for week in range(weeks):
        age_listings(shelves, ties, RULES, 0, np.array([[sold]]), slow_weeks, KEY, marks[0], marks[1])
        if not shelves.is_listed[0, 0]:
            return week + 1
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
