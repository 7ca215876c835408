"""Territories of equal work and short ways."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.vq import kmeans2

from sim.errors import InputError
from sim.statistics import sizing
from sim.statistics.sizing import divide
from sim.statistics.space import draws


def town(n: int = 200) -> pd.DataFrame:
    """A dense centre in the west and a thin country."""
    u = draws(1, "town", n, 3)
    dense = np.arange(n) < n * 0.6
    x = np.where(dense, 2 + 4 * u[:, 0], 40 * u[:, 0])
    y = np.where(dense, 2 + 4 * u[:, 1], 30 * u[:, 1])
    return pd.DataFrame({"x_km": x, "y_km": y, "work": 1 + 2 * u[:, 2]})


def test_work_is_equal_and_ways_are_short() -> None:
    outlets = town()
    found = divide(outlets, 6)
    assert found.imbalance < 0.05
    assert found.advisors["work"].min() / found.advisors["work"].mean() > 0.95
    assert found.outlets.groupby("advisor")["work"].sum().tolist() == pytest.approx(found.advisors["work"].tolist())
    place = outlets[["x_km", "y_km"]].to_numpy()
    centres, label = kmeans2(place, 6, minit="++", rng=1)
    unequal = np.bincount(label, outlets["work"], 6)
    assert unequal.max() / unequal.mean() - 1 > 0.5
    # what equal work costs: ways at most twice those of the free division; a blind division has far longer ones
    free = np.average(np.hypot(*(place - centres[label]).T), weights=outlets["work"])
    assert found.distance_km < 2 * free
    blind = np.average(np.hypot(*(place - place.mean(axis=0)).T), weights=outlets["work"])
    assert found.distance_km < blind / 2


def test_far_advisors_are_left_out_only_where_equal_work_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for near in (100, 4, 1):
        monkeypatch.setattr(sizing, "NEAR", near)
        found.append(divide(town(), 8))
    assert max(each.imbalance for each in found) < 0.06
    ways = [each.distance_km for each in found]
    assert ways[1:] == pytest.approx([ways[0]] * 2, rel=0.05)


def test_two_villages() -> None:
    outlets = pd.DataFrame({"x_km": [0.0, 1, 0, 50, 51, 50], "y_km": [0.0, 0, 1, 0, 0, 1], "work": 1.0})
    found = divide(outlets, 2)
    assert found.outlets["advisor"].nunique() == 2
    assert found.outlets["advisor"].iloc[:3].nunique() == found.outlets["advisor"].iloc[3:].nunique() == 1
    assert sorted(found.advisors["x_km"]) == pytest.approx([1 / 3, 50 + 1 / 3])
    assert found.imbalance == pytest.approx(0)


def test_the_same_seed_gives_the_same_division() -> None:
    assert divide(town(60), 4).outlets.equals(divide(town(60), 4).outlets)


def test_what_cannot_be_asked() -> None:
    for bad in (town(5).drop(columns="work"), town(5).assign(work=0.0)):
        with pytest.raises(InputError, match="work"):
            divide(bad, 2)
    for n in (6, 0):
        with pytest.raises(InputError, match="must be 1 to 5"):
            divide(town(5), n)
    with pytest.raises(InputError, match="cannot be divided"):
        divide(town(2).assign(work=[1.0, 1.0]), 2, tolerance=-0.1)
