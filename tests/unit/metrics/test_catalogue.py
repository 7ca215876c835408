"""The catalogue is complete, and every KPI in it has a value worked out by hand."""

from __future__ import annotations

import pytest

from sim.errors import InputError
from sim.metrics.catalogue import GROUPS, KPIS, find
from sim.metrics.table import listing
from tests.unit.metrics import (
    test_capital,
    test_exclusives,
    test_field,
    test_ground,
    test_market,
    test_money,
    test_partner,
    test_rivalry,
    test_service,
    test_stock,
)


def test_every_kpi_has_a_value_worked_out_by_hand() -> None:
    tested = [
        set(module.EXPECTED)
        for module in (
            *(test_market, test_service, test_stock, test_field, test_money, test_capital, test_ground),
            *(test_rivalry, test_partner, test_exclusives),
        )
    ]
    assert set.union(*tested) == set(KPIS)


def test_the_listing_shows_every_kpi_with_formula_and_unit() -> None:
    rows = listing()
    assert [row.name for row in rows] == list(KPIS)
    assert all(row.formula and row.unit and row.description for row in rows)


def test_names_are_unique_across_the_groups() -> None:
    assert len(listing()) == len({row.name for row in listing()})
    assert all(key == kpi.name for key, kpi in KPIS.items())


def test_groups_and_directions_are_known() -> None:
    assert {kpi.group for kpi in KPIS.values()} == set(GROUPS)
    assert {kpi.better for kpi in KPIS.values()} <= {"higher", "lower", "neutral"}


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InputError, match="market_share_units") as caught:
        find(["market_share_unit", "strike_rate", "fil_rate"])
    assert len(caught.value.problems) == 2


def test_find_keeps_the_order_asked_for() -> None:
    assert [kpi.name for kpi in find(["skill", "bad_debt"])] == ["skill", "bad_debt"]
    assert len(find(None)) == len(KPIS)
