"""The market before its first day: neighbours, distributors, classes, patches of luck."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine import Session
from sim.scenario.schema import Scenario
from sim.world.setup import build_world
from sim.world.shares import abc_class
from sim.world.world import World
from tests.markets import STRESSED, market


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(market(STRESSED, {"outlets": {"generate": {"n": 200}}}))[0]


def test_huff_probabilities_rise_to_one(world: World) -> None:
    """Cumulative over the neighbours there are, to exactly 1, so that no uniform falls beyond."""
    has = world.neighbour_outlet >= 0
    assert has.any()
    assert not has.all()
    for i in range(world.n_outlets):
        n = int(has[i].sum())
        assert has[i, :n].all(), "neighbours come first"
        steps = world.neighbour_cumulative[i, :n]
        assert (np.diff(steps) >= 0).all()
        if n:
            assert steps[-1] == 1.0
            assert steps[0] > 0.0


def test_huff_follows_size_and_distance(world: World) -> None:
    huff = world.scenario.consumers.huff
    i = int(np.argmax((world.neighbour_outlet >= 0).sum(axis=1)))
    rows = world.neighbour_outlet[i][world.neighbour_outlet[i] >= 0]
    km = np.hypot(world.outlet_x_km[rows] - world.outlet_x_km[i], world.outlet_y_km[rows] - world.outlet_y_km[i])
    assert (km <= huff.radius_km).all()
    assert i not in rows
    attraction = world.outlet_size[rows] ** huff.size_exponent
    attraction *= np.maximum(km, huff.minimum_distance_km) ** -huff.distance_exponent
    expected = np.cumsum(attraction / attraction.sum())
    np.testing.assert_allclose(world.neighbour_cumulative[i, : rows.size], expected, rtol=1e-9)


def test_case16_huff_of_two_stores() -> None:
    """Sizes 1 and 1, distances 1 and 2, exponent 2: .80 and .20, exactly."""
    places = [("a", 0.0), ("b", 1.0), ("c", -2.0)]
    scenario = market(
        {
            "outlets": {
                "generate": None,
                "list": [{"outlet_id": k, "x_km": x, "y_km": 0.0, "size": 1.0, "territory": "T01"} for k, x in places],
            },
            "consumers": {"huff": {"distance_exponent": 2.0, "radius_km": 10.0, "neighbours": 2}},
            "mechanisms": {"outlet_turnover": False},
        }
    )
    world = build_world(scenario)[0]
    assert world.names.outlets[:3] == ("a", "b", "c")
    assert world.neighbour_outlet[0].tolist() == [1, 2]
    assert world.neighbour_cumulative[0].tolist() == pytest.approx([0.8, 1.0], abs=1e-15)


def test_outlets_get_the_nearest_distributor_that_covers_them(world: World) -> None:
    for c in range(world.sizes["company"]):
        for i in range(world.n_outlets):
            k = int(world.outlet_distributor[i, c])
            assert world.distributor_company[k] == c
            assert world.distributor_territory[k] == world.outlet_territory[i]


def test_classes_split_the_cumulative_size() -> None:
    size = np.array([50.0, 30.0, 15.0, 4.0, 1.0])
    assert abc_class(size, (0.8, 0.95)).tolist() == [0, 0, 1, 2, 2]
    shuffled = np.array([2, 0, 4, 1, 3])
    np.testing.assert_array_equal(abc_class(size[shuffled], (0.8, 0.95)), abc_class(size, (0.8, 0.95))[shuffled])


def test_geography_is_symmetric(world: World) -> None:
    np.testing.assert_array_equal(world.adjacent, world.adjacent.T)
    assert not world.adjacent.diagonal().any()
    np.testing.assert_array_equal(world.distance_km, world.distance_km.T)
    assert not world.distance_km.diagonal().any()


def test_stated_neighbours_replace_distance() -> None:
    places = [
        {"id": "a", "x_km": 0.0, "y_km": 0.0, "adjacent": ["c"]},
        {"id": "b", "x_km": 10.0, "y_km": 0.0},
        {"id": "c", "x_km": 9000.0, "y_km": 0.0},
    ]
    world = build_world(market({"territories": {"generate": None, "list": places}}))[0]
    assert np.argwhere(world.adjacent).tolist() == [[0, 2], [2, 0]]


def test_mixes_are_shares(world: World) -> None:
    np.testing.assert_allclose(world.outlet_mix.sum(axis=1), 1.0, rtol=1e-12)
    assert (world.outlet_mix >= 0).all()


def test_only_the_opening_state_differs_between_replications() -> None:
    scenario = market()
    a, b = (build_world(scenario, r)[0] for r in (0, 1))
    for name in ("outlet_x_km", "outlet_size", "outlet_mix", "shelf_price_cents", "advisor_slot", "selling"):
        np.testing.assert_array_equal(a.columns[name], b.columns[name])
    assert not np.array_equal(a.is_listed, b.is_listed)
    assert not np.array_equal(a.relation, b.relation)


def test_nothing_is_on_the_shelf_that_nobody_delivers_or_nobody_knows() -> None:
    world = Session(market(STRESSED)).world
    served = world.outlet_distributor[:, world.product_company] >= 0
    assert not (world.is_listed & ~served).any()
    assert not world.is_listed[:, ~world.launched].any()
    assert not world.outlet_stock_units[~world.is_listed].any()
    assert not world.outlet_stock_units[~world.is_open].any()


def test_degrees_place_shops_and_warehouses_where_the_territory_is() -> None:
    """A shop and a warehouse at the territory's own degrees stand at its centre; one farther north, to the north."""
    scenario = Scenario.model_validate(
        {
            "territories": {
                "list": [{"id": "west", "lon": 104.07, "lat": 30.67}, {"id": "east", "lon": 106.08, "lat": 30.8}]
            },
            "outlets": {
                "list": [
                    {"outlet_id": "middle", "lon": 106.08, "lat": 30.8, "size": 9},
                    {"outlet_id": "north", "lon": 106.08, "lat": 30.89, "size": 9},
                ]
            },
            "distributors": {"list": [{"id": "d", "territories": ["east"], "lon": 106.08, "lat": 30.8}]},
        }
    )
    world, _ = build_world(scenario)
    rows = {name: k for k, name in enumerate(world.names.outlets)}
    middle, north = rows["middle"], rows["north"]
    assert world.names.territories[world.outlet_territory[middle]] == "east"
    assert world.outlet_x_km[middle] == pytest.approx(world.territory_x_km[1])
    assert world.outlet_y_km[north] - world.outlet_y_km[middle] == pytest.approx(0.09 * 111.19, rel=1e-3)
    assert world.distributor_x_km[0] == pytest.approx(world.territory_x_km[1])
    assert world.outlet_distributor[middle, 0] == 0
