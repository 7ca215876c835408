"""The age of goods: at a constant flow it is stock ÷ flow, as first in, first out has it; what is too old expires."""

from __future__ import annotations

from collections import deque
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.kernels.freshness import Goods, Labels, PricingRules, expire_goods, receive_goods, set_prices, sum_ages
from sim.ledger.ages import expire_at_distributors, mix


def goods(stock: int, born: float = 0.0, **changes: Any) -> Goods:
    """One outlet, one product, one distributor."""
    columns = {
        "outlet_stock_units": np.array([[stock]], dtype=np.int32),
        "outlet_born_day": np.array([[born]]),
        "outlet_distributor": np.zeros((1, 1), dtype=np.int32),
        "outlet_territory": np.zeros(1, dtype=np.int32),
        "product_company": np.zeros(1, dtype=np.int32),
        "distributor_born_day": np.zeros((1, 1)),
    }
    return Goods(**{**columns, **changes})


@pytest.mark.parametrize(("flow", "stock"), [(4, 12), (5, 60), (7, 7), (10, 35)])
def test_at_a_constant_flow_the_age_is_stock_over_flow_as_first_in_first_out_has_it(flow: int, stock: int) -> None:
    held = goods(stock)
    shelf = deque([0] * stock)
    incoming = np.array([[flow]], dtype=np.int32)
    for day in range(1, 400):
        held.outlet_stock_units[0, 0] += flow
        held.distributor_born_day[0, 0] = day
        receive_goods(incoming, held)
        shelf.extend([day] * flow)
        left = [day - shelf.popleft() for _ in range(flow)]
        held.outlet_stock_units[0, 0] -= flow
    age = np.zeros((1, 1))
    sum_ages(held, 399, age)
    assert age[0, 0] / stock == pytest.approx(stock / flow)
    # What leaves first in, first out has spent as many days there, those on a broken day in proportion.
    assert np.mean(left) == pytest.approx(stock / flow)


def test_ages_add_up_along_the_chain() -> None:
    born = {"plant": np.zeros(1), "depot": np.zeros(1)}
    stock = {"plant": np.array([30]), "depot": np.array([80])}
    flow = np.array([10])
    for day in range(1, 600):
        mix(born["plant"], stock["plant"] + flow, flow, day)
        mix(born["depot"], stock["depot"] + flow, flow, born["plant"])
    assert 599 - born["plant"][0] == pytest.approx(3)
    assert 599 - born["depot"][0] == pytest.approx(3 + 8)


def test_goods_join_in_proportion_and_an_empty_shelf_takes_their_age() -> None:
    held = goods(10, born=2.0, distributor_born_day=np.array([[12.0]]))
    receive_goods(np.array([[4]], dtype=np.int32), held)
    assert held.outlet_born_day[0, 0] == pytest.approx(0.6 * 2 + 0.4 * 12)
    receive_goods(np.array([[10]], dtype=np.int32), held)
    assert held.outlet_born_day[0, 0] == 12.0


def expired(stock: int, age: float, life: float) -> tuple[int, float]:
    """Units that expire at an outlet, and the age of what is left; a distributor's goods fare alike."""
    held, out = goods(stock, born=100.0 - age), np.zeros((1, 1), dtype=np.int32)
    total = expire_goods(np.array([0]), held, 100, life, out)
    assert total == out[0, 0]
    depot = SimpleNamespace(distributor_born_day=np.array([[100.0 - age]]), distributor_stock_units=np.array([[stock]]))
    assert expire_at_distributors(depot, 100, life)[0, 0] == total  # type: ignore[arg-type]
    assert depot.distributor_born_day[0, 0] == held.outlet_born_day[0, 0]
    return total, 100 - float(held.outlet_born_day[0, 0])


def test_what_a_constant_flow_could_not_have_moved_in_time_expires() -> None:
    assert expired(120, age=30, life=40) == (0, 30)
    assert expired(120, age=40, life=40) == (0, 40)
    # A flow of 2 a day: 120 units are 60 days old, of which 40 days' worth is good.
    assert expired(120, age=60, life=40) == (40, 40)
    assert expired(1, age=41, life=40) == (1, 40)
    assert expired(0, age=99, life=40)[0] == 0


RULES = PricingRules(shelf_share=0.13, old_after_days=20.0, old_cut=0.2)


def cut_of(stock: int, age: float, rules: PricingRules = RULES) -> tuple[float, bool]:
    labels = Labels(
        shelf_discount=np.zeros((1, 1)),
        weight_is_stale=np.zeros(1, dtype=np.bool_),
        distributor_markdown=np.array([[0.06]]),
        distributor_pass_on=np.array([[0.03]]),
        trade_discount=np.array([[0.1]]),
    )
    set_prices(np.array([0]), goods(stock, born=100.0 - age), labels, rules, 100)
    return float(labels.shelf_discount[0, 0]), bool(labels.weight_is_stale[0])


def test_exactly_its_share_of_all_discounts_reaches_the_shelf_and_old_goods_are_cheaper() -> None:
    assert cut_of(5, age=20) == (pytest.approx(0.13 * 0.19), True)
    assert cut_of(5, age=21) == (pytest.approx(0.13 * 0.19 + 0.2), True)
    assert cut_of(0, age=21) == (pytest.approx(0.13 * 0.19), True)
    assert cut_of(5, age=20, rules=RULES._replace(shelf_share=0.0)) == (0.0, False)
    assert cut_of(5, age=21, rules=RULES._replace(old_cut=0.9)) == (0.9, True)
