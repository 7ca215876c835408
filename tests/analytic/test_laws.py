"""Cases 1, 2, 3, 8, 16 and 17: laws with a closed form, driven day by day as the simulation drives them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sim.kernels.laws import GoodwillRules, advertising_response, bass_step, step_goodwill, wright_factor
from sim.policies import AdvertisingResponse, GoodwillLaw
from sim.scenario.schema.consumers import GoodwillSpec, HuffSpec
from sim.world.bundles import bundle
from sim.world.geography import huff_weights
from tests.laboratory.laws import bass_density, bass_fraction, bass_peak_time

ADBUDG = int(AdvertisingResponse.adbudg)
NERLOVE_ARROW, VIDALE_WOLFE, LANCHESTER = (int(law) for law in GoodwillLaw)


def goodwill_path(
    law: int, start: np.ndarray, gain: np.ndarray, decay: float, saturation: float, days: int
) -> np.ndarray:
    """Goodwill of every brand at the end of each day, shape (days + 1, n_territories, n_brands)."""
    rules = bundle(
        GoodwillRules, GoodwillSpec(), law=law, response=0, decay_per_day=float(decay), saturation=float(saturation)
    )
    goodwill = start.astype(float)
    path = [goodwill.copy()]
    for _ in range(days):
        step_goodwill(rules, goodwill, gain, 1)
        path.append(goodwill.copy())
    return np.array(path)


class TestCase01LanchesterKimball:
    """Share flow .06 against .04 a day from 0: .600 in the end, .313 on day 7, .575 on day 30 (cap .4 points)."""

    @pytest.fixture
    def path(self) -> np.ndarray:
        return goodwill_path(LANCHESTER, np.array([[0.0, 1.0]]), np.array([[0.06, 0.04]]), 0.0, 1.0, 400)[:, 0, :]

    @pytest.mark.parametrize(("day", "share"), [(7, 0.313), (30, 0.575), (400, 0.600)])
    def test_share(self, path: np.ndarray, day: int, share: float) -> None:
        assert path[day, 0] == pytest.approx(share, abs=0.004)
        assert path[day, 0] == pytest.approx(0.6 * (1 - 0.9**day), abs=1e-12)

    def test_brands_share_out_one_whole(self, path: np.ndarray) -> None:
        assert path.sum(axis=1) == pytest.approx(np.ones(401), abs=1e-12)


class TestCase02VidaleWolfe:
    """r .5, A 10, M 100, λ .1: steady 33.33; without effort the half-life is 6.93 days (cap 1 %)."""

    def test_steady_state(self) -> None:
        path = goodwill_path(VIDALE_WOLFE, np.zeros((1, 1)), np.array([[0.5 * 10.0]]), 0.1, 100.0, 300)[:, 0, 0]
        assert path[-1] == pytest.approx(33.33, rel=0.01)
        assert path[-1] == pytest.approx(100.0 / 3.0, rel=1e-9)

    def test_path_solves_the_equation(self) -> None:
        path = goodwill_path(VIDALE_WOLFE, np.zeros((1, 1)), np.array([[5.0]]), 0.1, 100.0, 20)[:, 0, 0]
        solved = solve_ivp(
            lambda _, s: 5.0 * (1 - s / 100.0) - 0.1 * s, (0, 20), [0.0], t_eval=np.arange(21), rtol=1e-10, atol=1e-12
        )
        assert path == pytest.approx(solved.y[0], abs=1e-6)

    def test_half_life_without_effort(self) -> None:
        path = goodwill_path(VIDALE_WOLFE, np.full((1, 1), 40.0), np.zeros((1, 1)), 0.1, 100.0, 60)[:, 0, 0]
        rate = -np.polyfit(np.arange(61), np.log2(path), 1)[0]
        assert 1 / rate == pytest.approx(6.93, rel=0.01)
        assert 1 / rate == pytest.approx(math.log(2) / 0.1, rel=1e-9)


class TestCase03FocusAgainstSpread:
    """5 units of effort on 5 of 20 territories against all 20: 2.125, 1.125, .625 times the gain (cap 2 %)."""

    @staticmethod
    def goodwill_won(efforts: np.ndarray, c: float) -> float:
        """Total goodwill after 28 days of advertising at these pressures."""
        gain = np.array([[0.0045 * advertising_response(ADBUDG, x, c, 1.0)] for x in efforts])
        return float(goodwill_path(NERLOVE_ARROW, np.zeros((20, 1)), gain, 0.007, 2.5, 28)[-1].sum())

    @pytest.mark.parametrize(("c", "ratio"), [(2.0, 2.125), (1.5, 1.125), (1.0, 0.625)])
    def test_ratio(self, c: float, ratio: float) -> None:
        focused = np.where(np.arange(20) < 5, 1.0, 0.0)
        spread = np.full(20, 0.25)
        assert focused.sum() == spread.sum() == 5.0
        found = self.goodwill_won(focused, c) / self.goodwill_won(spread, c)
        assert found == pytest.approx(ratio, rel=0.02)
        assert found == pytest.approx(ratio, rel=1e-9)


class TestCase08Bass:
    """p .03, q .38: most trials at 6.19 periods, when .461 have tried, at .1106 a period (cap 2 %)."""

    P, Q, PERIOD_DAYS = 0.03, 0.38, 30

    @pytest.fixture
    def daily(self) -> np.ndarray:
        """Tried share at the end of each day, advanced as the simulation advances it."""
        tried = [0.0]
        for _ in range(20 * self.PERIOD_DAYS):
            tried.append(bass_step(tried[-1], self.P, self.Q, 1 / self.PERIOD_DAYS))
        return np.array(tried)

    def test_daily_path_has_the_peak(self, daily: np.ndarray) -> None:
        trials = np.diff(daily)
        peak = int(trials.argmax())
        assert (peak + 0.5) / self.PERIOD_DAYS == pytest.approx(6.19, rel=0.02)
        assert (daily[peak] + daily[peak + 1]) / 2 == pytest.approx(0.461, rel=0.02)
        assert trials[peak] * self.PERIOD_DAYS == pytest.approx(0.1106, rel=0.02)

    def test_daily_path_is_the_exact_curve(self, daily: np.ndarray) -> None:
        exact = [bass_fraction(d / self.PERIOD_DAYS, self.P, self.Q) for d in range(daily.size)]
        assert daily == pytest.approx(np.array(exact), abs=1e-10)

    def test_closed_forms(self) -> None:
        peak = bass_peak_time(self.P, self.Q)
        assert peak == pytest.approx(6.19, abs=0.005)
        assert bass_fraction(peak, self.P, self.Q) == pytest.approx(0.5 * (1 - self.P / self.Q), rel=1e-12)
        assert bass_fraction(peak, self.P, self.Q) == pytest.approx(0.461, abs=0.001)
        assert bass_density(peak, self.P, self.Q) == pytest.approx((self.P + self.Q) ** 2 / (4 * self.Q), rel=1e-12)
        assert bass_density(peak, self.P, self.Q) == pytest.approx(0.1106, abs=5e-5)


def test_case16_huff_shares() -> None:
    """Sizes 1 and 1 at distances 1 and 2, exponent 2: .80 and .20, exactly."""
    spec = HuffSpec(size_exponent=1.0, distance_exponent=2.0, decay="power")
    weights = huff_weights(spec, np.ones(2), np.array([1.0, 2.0]))
    assert weights / weights.sum() == pytest.approx([0.8, 0.2], abs=1e-15)


@pytest.mark.parametrize(("visit", "factor"), [(1, 1.0), (2, 0.8), (8, 0.512), (100, 0.227)])
def test_case17_wright_learning(visit: int, factor: float) -> None:
    """80 % curve: visit 8 takes .512 and visit 100 .227 of the first, to the digits of the table."""
    assert round(wright_factor(visit, -math.log2(0.8), 0.12), 3) == factor
    # The scenario's default is the exponent rounded to three figures.
    assert round(wright_factor(visit, 0.322, 0.12), 3) == factor
