"""Laws at their edges, and their defining property: two steps of one day are one step of two days."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, norm, poisson

from sim.kernels.laws import (
    adbudg,
    advertising_response,
    bass_step,
    goodwill_step,
    lanchester_step,
    nerlove_arrow_step,
    wright_factor,
)
from sim.metrics.position import POSITION_NAMES, position_class
from sim.policies import AdvertisingResponse, GoodwillLaw
from sim.sampling import negative_binomial_quantile
from sim.scenario.schema.consumers import GoodwillSpec, HuffSpec
from sim.strategies.principles.inventory import newsvendor_ratio
from sim.world.geography import huff_weights
from tests.laboratory.laws import bass_fraction, bass_peak_time, newsvendor_normal, newsvendor_poisson

share = st.floats(0, 1)


def test_every_law_of_the_schema_has_a_code() -> None:
    assert set(GoodwillSpec.model_fields["law"].annotation.__args__) == set(GoodwillLaw.__members__)
    assert set(GoodwillSpec.model_fields["response"].annotation.__args__) == set(AdvertisingResponse.__members__)


@given(
    law=st.sampled_from([int(law) for law in GoodwillLaw]),
    goodwill=st.floats(0, 2.5),
    gain=st.floats(0, 0.5),
    rivals=st.floats(0, 0.5),
    decay=st.floats(0, 1),
)
def test_two_days_at_once_are_two_days(law: int, goodwill: float, gain: float, rivals: float, decay: float) -> None:
    at_once = goodwill_step(law, goodwill, gain, rivals, decay, 2.5, 2)
    one = goodwill_step(law, goodwill, gain, rivals, decay, 2.5, 1)
    assert goodwill_step(law, one, gain, rivals, decay, 2.5, 1) == pytest.approx(at_once, abs=1e-9)


@given(m=share, k1=st.floats(0, 2), k2=st.floats(0, 2), days=st.integers(0, 400))
def test_lanchester_share_stays_a_share(m: float, k1: float, k2: float, days: int) -> None:
    assert -1e-12 <= lanchester_step(m, k1, k2, days) <= 1 + 1e-12


@given(fraction=share, p=share, q=st.floats(0, 5), dt=st.floats(0, 10))
def test_bass_trial_only_grows_and_never_exceeds_all(fraction: float, p: float, q: float, dt: float) -> None:
    after = bass_step(fraction, p, q, dt)
    assert fraction - 1e-9 <= after <= 1 + 1e-12


def test_laws_without_force_stand_still() -> None:
    assert nerlove_arrow_step(0.5, 0.01, 0.0, 10.0) == pytest.approx(0.6)
    assert lanchester_step(0.4, 0.0, 0.0, 10) == 0.4
    assert bass_step(0.0, 0.0, 0.38, 1.0) == 0.0
    assert bass_fraction(5.0, 0.0, 0.38) == 0.0
    assert bass_peak_time(0.5, 0.2) == 0.0


def test_response_is_one_at_the_reference_or_one_half() -> None:
    assert advertising_response(int(AdvertisingResponse.square_root), 1.0, 1.5, 1.0) == 1.0
    assert advertising_response(int(AdvertisingResponse.square_root), -1.0, 1.5, 1.0) == 0.0
    assert adbudg(4.0 ** (1 / 1.5), 1.5, 4.0) == pytest.approx(0.5)
    assert adbudg(1e300, 3.0, 1.0) == 1.0
    assert adbudg(0.0, 1.5, 1.0) == 0.0


def test_huff_counts_near_stores_as_the_least_distance_and_knows_both_decays() -> None:
    same = huff_weights(HuffSpec(), np.ones(2), np.array([0.0, 0.05]))
    assert same[0] == same[1]
    exponential = huff_weights(HuffSpec(decay="exponential"), np.ones(2), np.array([1.0, 2.0]))
    assert exponential[0] / exponential[1] == pytest.approx(np.exp(1.3))
    plain = HuffSpec(size_exponent=1.0, distance_exponent=1.0)
    assert huff_weights(plain, np.zeros(2), np.ones(2)).tolist() == [0.0, 0.0]


def test_wright_has_a_floor_and_begins_at_one() -> None:
    assert wright_factor(0, 0.322, 0.12) == 1.0
    assert wright_factor(1e9, 0.322, 0.12) == 0.12


@pytest.mark.parametrize("ratio", [0.05, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("mean", [0.3, 7.0, 120.0])
def test_newsvendor_quantities_are_the_quantiles(mean: float, ratio: float) -> None:
    assert newsvendor_normal(mean, 3.0, ratio) == pytest.approx(norm.ppf(ratio, mean, 3.0))
    assert newsvendor_poisson(mean, ratio) == poisson.ppf(ratio, mean)
    assert negative_binomial_quantile(ratio, mean, 18.0) == nbinom.ppf(ratio, 18.0, 18.0 / (18.0 + mean))


def test_newsvendor_ratio_weighs_missing_against_left_over() -> None:
    assert newsvendor_ratio(holding=2.0, penalty=18.0) == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("own", "rival", "firms", "name"),
    [
        (0.0, 0.5, 4, "absent"),
        (0.739, 0.2, 4, "monopoly"),
        (0.43, 0.25, 4, "stable"),
        (0.43, 0.26, 4, "leader"),
        (0.43, 0.25, 2, "leader"),
        (0.75, 0.25, 2, "monopoly"),
        (0.30, 0.29, 4, "leader"),
        (0.20, 0.19, 9, "narrow_leader"),
        (0.20, 0.33, 4, "challenger"),
        (0.20, 0.35, 4, "out_of_range"),
        (0.30, 0.70, 2, "challenger"),
    ],
)
def test_position_class(own: float, rival: float, firms: int, name: str) -> None:
    assert POSITION_NAMES[position_class(own, rival, firms)] == name
