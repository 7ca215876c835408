"""The learned programme against closed forms, and the value of rolling against a small dynamic programme."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.agents.programme import MONTH, Programmes
from sim.engine import Session
from sim.world.programme import Programme, expected_efficiency, learn, uncertainty
from sim.world.setup.companies import companies_of
from sim.world.setup.programme import fill_programmes
from tests.markets import market

Array = NDArray[Any]
CHOICES = 3


def blank(n: int, common: float, local: float) -> Programme:
    """Nothing is known of n territories; the best values are some fixed numbers."""
    best = 0.1 * np.arange((n + 1) * CHOICES).reshape(n + 1, CHOICES)
    return Programme(best, np.zeros_like(best), np.diag([common**2] + [local**2] * n))


def test_looks_at_one_territory_give_the_normal_posterior() -> None:
    it, variance = blank(1, 0.6, 0.8), 0.25
    errors = np.array([[0.3, -1.2, 0.4], [1.0, 0.1, -0.5], [-0.2, 0.9, 2.0]])
    for error in errors:
        learn(it, 0, variance, error)
    precision = 1.0 / (0.6**2 + 0.8**2) + 3.0 / variance
    seen = it.best.sum(axis=0) + math.sqrt(variance) * errors
    np.testing.assert_allclose(uncertainty(it.covariance), [1.0 / precision])
    np.testing.assert_allclose(it.mean.sum(axis=0), seen.sum(axis=0) / variance / precision)


def test_looks_at_two_territories_give_the_joint_posterior_in_any_order() -> None:
    looks = [(0, 0.2, np.array([0.3, -1.2, 0.4])), (1, 0.7, np.array([1.0, 0.1, -0.5])), (0, 0.4, np.full(3, 0.6))]
    precision = np.diag(1.0 / np.array([0.5, 0.3, 0.3]) ** 2)
    weighted = np.zeros((3, CHOICES))
    for t, variance, error in looks:
        row = np.array([1.0, t == 0, t == 1])
        seen = row @ blank(2, 0.5, 0.3).best + math.sqrt(variance) * error
        precision += np.outer(row, row) / variance
        weighted += np.outer(row, seen) / variance
    for order in (looks, looks[::-1]):
        it = blank(2, 0.5, 0.3)
        for t, variance, error in order:
            learn(it, t, variance, error)
        np.testing.assert_allclose(it.covariance, np.linalg.inv(precision), atol=1e-12)
        np.testing.assert_allclose(it.mean, np.linalg.solve(precision, weighted), atol=1e-12)


@pytest.mark.parametrize(("local", "carried"), [(0.0, 1.0), (0.5, None), (30.0, 0.0)])
def test_how_much_a_look_elsewhere_teaches(local: float, carried: float | None) -> None:
    it, before = blank(2, 0.5, local), 0.5**2 + local**2
    learn(it, 0, 0.1, np.zeros(CHOICES))
    there, elsewhere = before - uncertainty(it.covariance)
    assert elsewhere == pytest.approx(0.5**4 / (before + 0.1))
    if carried is not None:
        assert elsewhere / there == pytest.approx(carried, abs=1e-6)


@pytest.mark.parametrize(("sharpness", "choices"), [(1.0, 1), (2.5, 4)])
def test_expected_efficiency_is_the_integral_over_the_belief(sharpness: float, choices: int) -> None:
    it = blank(1, 0.3, 0.4)
    x = np.linspace(-8.0, 8.0, 20_001)
    sd = math.hypot(0.3, 0.4)
    one = np.trapezoid(np.exp(-sharpness * x**2 - x**2 / (2 * sd**2)), x) / (sd * math.sqrt(2 * math.pi))
    assert expected_efficiency(it.covariance, sharpness, choices)[0] == pytest.approx(one**choices, rel=1e-9)


# --- the production's monthly review ----------------------------------------------------------------------------------
class Learner:
    """Our company's programme in a market of two territories that never trades: months of work by hand."""

    def __init__(self, **programme: float) -> None:
        spec = {"choices": 2, "full_calls": 100.0, "look_error": 0.4, "half_life_days": 1e6} | programme
        changes = {"mechanisms": {"programme": True}, "ours": {"programme": spec}}
        self.session = Session(market(changes, {"calendar": {"burn_in_days": 0}}))
        self.world, self.context = self.session.world, self.session._context
        self.agent = Programmes(self.context)
        self.restart(0)

    def restart(self, replication: int) -> None:
        """Begin anew with other best values."""
        self.context.replication, self.context._period = replication, None
        for name in ("programme_mean", "programme_covariance", "programme_begun"):
            self.world.columns[name][:] = 0
        fill_programmes(self.world, companies_of(self.session.scenario), replication)

    def work(self, month: int, calls: Sequence[float], left: Sequence[int] = (0, 0)) -> None:
        """End a month (1, 2, …) with so many calls and leavers by territory."""
        self.world.calls_made[0], self.world.people_left[:] = calls, left
        self.agent.review(replace(self.context.day(0), index=month * MONTH))


def mean_over_replications(learner: Learner, n: int, play: Callable[[], float]) -> tuple[float, float]:
    """Mean and standard error of what a play gives."""
    values = []
    for replication in range(n):
        learner.restart(replication)
        values.append(play())
    return float(np.mean(values)), float(np.std(values) / math.sqrt(n))


@pytest.mark.parametrize("fidelity", [0.0, 0.6, 1.0])
def test_belief_is_right_on_average_whatever_fades_leaves_and_is_told(fidelity: float) -> None:
    learner = Learner(novelty=0.5, unlikeness=0.7, fidelity=fidelity, half_life_days=200.0, leaver_share=0.8)

    def surplus() -> float:
        for month, calls in enumerate([(100, 0), (40, 0), (100, 70), (0, 100), (100, 10)], start=1):
            learner.work(month, calls, left=(month == 3, 0))
        return float((learner.world.efficiency[0] - learner.world.programme_knowledge[0]).sum())

    mean, error = mean_over_replications(learner, 300, surplus)
    assert error < 0.03
    assert abs(mean) < 4.0 * error


def test_new_territory_begins_at_the_common_belief_times_the_fidelity() -> None:
    for fidelity, lever in product((0.0, 0.3, 1.0), (0.0, 1.0)):
        learner = Learner(novelty=0.5, unlikeness=0.5, fidelity=fidelity)
        learner.world.lever_playbook[:] = lever
        learner.work(1, (100, 0))
        share = fidelity + (1.0 - fidelity) * lever * 0.5
        known = 0.5**4 / (0.5**2 * 1.25 + 0.4**2)
        kept = uncertainty(learner.world.programme_covariance[0])[1]
        assert kept == pytest.approx(0.5**2 * 1.25 - share * known)


def test_territories_at_work_are_told_in_part_of_each_other() -> None:
    left = []
    for fidelity in (1.0, 0.25):
        learner = Learner(novelty=0.5, unlikeness=0.5, fidelity=fidelity)
        learner.work(1, (100, 100))
        left.append(uncertainty(learner.world.programme_covariance[0]))
    common = 0.25 - 1.0 / (1.0 / 0.25 + 2.0 / (0.0625 + 0.4**2))
    # Half of what is learned of the common part is the other territory's news, and a quarter of that arrives.
    np.testing.assert_allclose(left[1] - left[0], 0.75 * common / 2.0, rtol=1e-3)


def test_leavers_take_their_share_and_time_takes_half() -> None:
    learner = Learner(novelty=0.5, unlikeness=0.0, half_life_days=float(MONTH), leaver_share=0.5)
    prior = 0.25
    learner.work(1, (100, 0))
    known = prior - uncertainty(learner.world.programme_covariance[0])[0]
    learner.work(2, (0, 0))
    after = prior - uncertainty(learner.world.programme_covariance[0])[0]
    assert after == pytest.approx(known / 4.0, rel=1e-9)  # half of the mean is a quarter of the variance explained
    learner.work(3, (0, 0), left=(5, 0))
    assert prior - uncertainty(learner.world.programme_covariance[0])[0] == pytest.approx(after / 4.0 / 4.0, rel=1e-9)


def test_two_equal_companies_learn_alike() -> None:
    spec = {"novelty": 0.5, "full_calls": 100.0}
    changes = {"ours": {"programme": spec}, "rivals": {"generate": None, "list": [{"id": "R1", "programme": spec}]}}
    session = Session(market(changes, {"mechanisms": {"programme": True}, "calendar": {"burn_in_days": 0}}))
    agent, world = Programmes(session._context), session.world
    for month in (1, 2):
        world.calls_made[:] = (50, 0)
        agent.review(replace(session._context.day(0), index=month * MONTH))
    np.testing.assert_array_equal(world.programme_covariance[0], world.programme_covariance[1])
    np.testing.assert_array_equal(world.programme_knowledge[0], world.programme_knowledge[1])
    assert (world.efficiency[0] != world.efficiency[1]).all()


# --- rolling against everything at once -------------------------------------------------------------------------------
def expected(variance: float) -> float:
    """(1 + 2v)^(−K/2) for two choices."""
    return 1.0 / (1.0 + 2.0 * variance)


def best_plan(sigma: float, tau: float, revenue: float, cost: float) -> dict[str, float]:
    """Value of each plan of two months and two territories, by their states alone: the dynamic programme.

    Both months of a territory that is open bring revenue × efficiency − cost. What is known in the second month is the
    posterior of the first month's looks, written out for one and for two looks.
    """
    prior, look = sigma**2 + tau**2, 0.4**2
    one = expected(prior)
    alone = prior - prior**2 / (prior + look)
    elsewhere = prior - sigma**4 / (prior + look)
    looked = np.array([[prior + look, sigma**2], [sigma**2, prior + look]])
    covers = np.array([prior, sigma**2])
    both = prior - float(covers @ np.linalg.solve(looked, covers))
    second = {
        "roll": (expected(alone), expected(elsewhere)),
        "once": (expected(both), expected(both)),
        "wait": (one, one),
    }
    first = {"roll": revenue * one - cost, "once": 2.0 * (revenue * one - cost), "wait": 0.0}
    return {
        plan: first[plan] + sum(max(0.0, revenue * e - cost) for e in efficiencies)
        for plan, efficiencies in second.items()
    }


PLANS = {"roll": (100, 0), "once": (100, 100), "wait": (0, 0)}


@pytest.mark.parametrize(
    ("sigma", "unlikeness", "revenue", "best"),
    [(1.0, 0.1, 1.6, "roll"), (1.0, 10.0, 1.6, "wait"), (0.05, 0.1, 1.6, "once"), (1.0, 0.1, 4.0, "once")],
)
def test_value_of_rolling_is_that_of_the_dynamic_programme(
    sigma: float, unlikeness: float, revenue: float, best: str
) -> None:
    cost = 1.0
    exact = best_plan(sigma, sigma * unlikeness, revenue, cost)
    assert max(exact, key=exact.__getitem__) == best
    learner = Learner(novelty=sigma, unlikeness=unlikeness, fidelity=1.0)

    def value(plan: str, achieved: Array) -> float:
        """Of one market; `achieved` is the column by which gains are counted: what is expected, or what is true."""
        works, expected_there = np.array(PLANS[plan]) > 0, learner.world.programme_knowledge[0]
        gained = ((revenue * achieved - cost) * works).sum()
        learner.work(1, PLANS[plan])
        return float(gained + ((revenue * achieved - cost) * (revenue * expected_there > cost)).sum())

    for plan in PLANS:
        learner.restart(0)
        assert value(plan, learner.world.programme_knowledge[0]) == pytest.approx(exact[plan], rel=1e-9)
    mean, error = mean_over_replications(learner, 200, lambda: value("roll", learner.world.efficiency[0]))
    assert abs(mean - exact["roll"]) < 4.0 * error
