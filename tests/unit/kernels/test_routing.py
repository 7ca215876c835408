"""Tours: always all stops once, never longer for being improved, the same every time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.kernels.routing import (
    closed_length,
    distance_table,
    farthest_insertion,
    improve_tour,
    nearest_neighbour,
    route,
)
from tests.tours import tour_length

# Whole kilometres, so that many distances tie.
stops = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20)


def columns(points: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(points, dtype=float).reshape(-1, 2)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])


@given(points=stops)
def test_every_stop_once_and_no_longer_than_nearest_neighbour(points: list[tuple[int, int]]) -> None:
    x, y = columns(points)
    plain, improved = route(x, y, 6.0, 6.0, False), route(x, y, 6.0, 6.0, True)
    assert sorted(plain) == sorted(improved) == list(range(len(points)))
    assert tour_length(x, y, improved, 6.0, 6.0) <= tour_length(x, y, plain, 6.0, 6.0) + 1e-9
    assert route(x, y, 6.0, 6.0, True).tolist() == improved.tolist()


@given(points=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6))
@settings(max_examples=40)
def test_few_stops_are_toured_within_a_tenth_of_the_best(points: list[tuple[int, int]]) -> None:
    x, y = columns(points)
    best = min(tour_length(x, y, np.array(p), 0.0, 0.0) for p in itertools.permutations(range(len(points))))
    assert tour_length(x, y, route(x, y, 0.0, 0.0, True), 0.0, 0.0) <= 1.1 * best + 1e-9


@given(points=st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), min_size=3, max_size=15))
def test_improved_tours_are_local_optima_of_both_moves(points: list[tuple[float, float]]) -> None:
    x, y = columns(points)
    table = distance_table(x, y, 1.0, 1.0)
    for start in (nearest_neighbour(table), farthest_insertion(table)):
        improve_tour(table, start)
        length = closed_length(table, start)
        m = len(start)
        for i, j in itertools.combinations(range(1, m), 2):
            turned = np.concatenate([start[:i], start[i : j + 1][::-1], start[j + 1 :]])
            assert closed_length(table, turned) >= length - 1e-6
        for size in range(1, min(3, m - 2) + 1):
            for i in range(1, m - size + 1):
                rest, piece = np.concatenate([start[:i], start[i + size :]]), start[i : i + size]
                for k, way in itertools.product(range(1, len(rest) + 1), (1, -1)):
                    moved = np.concatenate([rest[:k], piece[::way], rest[k:]])
                    assert closed_length(table, moved) >= length - 1e-6


def test_length_is_the_way_there_and_back() -> None:
    x, y = np.array([3.0]), np.array([4.0])
    assert tour_length(x, y, route(x, y, 0.0, 0.0, True), 0.0, 0.0) == pytest.approx(10.0)
    assert route(np.zeros(0), np.zeros(0), 0.0, 0.0, True).size == 0
