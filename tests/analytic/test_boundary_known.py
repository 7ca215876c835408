"""Lines that a boundary study finds against their closed forms: a platform, focus by ADBUDG, and two equal rivals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.questions.atlas.chart import Map, map_of
from sim.questions.boundary import NORMAL
from sim.questions.study import run_study
from sim.questions.sweeps.load import load_experiment
from sim.questions.sweeps.sweep import How
from sim.runs.arms import measured
from sim.runs.store import Store
from sim.scenario.schema import Scenario
from tests.analytic.test_case_3_focus import PLACES
from tests.markets import ALL_OFF, market
from tests.studies import double

POST, OPENING = "ours.ground.platform.post_cents_per_month", "ours.ground.opening_cents"
EXPONENT, HALF = "consumers.goodwill.adbudg_exponent", "consumers.goodwill.adbudg_half"
DAYS, SHUT, POSTS = 42, 2, 3.5
"""Length of the run, days until the county is open, posts of a platform by default."""


def county(strategy: str, chosen: int) -> dict[str, Any]:
    """A strategy that works in so many of two counties, with nobody and nothing moved."""
    rule = {"territories": chosen, "share_of_people": None, "share_of_spending": None}
    return {strategy: ({"concentrate": rule | {"ranking": {"by": "given", "given": ("T01", "T02")}}},)}


OPENED: dict[str, Any] = {
    "mechanisms": {"ground": True},
    "calendar": {"burn_in_days": 5, "duration_days": DAYS},
    "ours": {"absent_from": ["T02"], "ground": {"opening_days": SHUT, "manager_cents_per_month": 0}},
    "direction": {"budget": {"on_excess": "allow"}},
    "strategies": county("two", 2) | county("one", 1),
}


def charted(folder: Path, scenario: Scenario, experiment: dict[str, Any], how: How | None = None) -> Map:
    spec = {"name": "known", "outcomes": ("profit_manufacturer",), "replications": 1, **experiment}
    return map_of(run_study(load_experiment(spec, scenario), Store(folder), how))


def assert_on(chart: Map, lines: dict[float, float]) -> None:
    """The line lies where it should, within its interval, or within a hundredth of the axis where that is narrower."""
    for x, y in lines.items():
        turn = chart.turns(x, y)[1]
        assert turn is not None, x
        slack = 0.01 * (chart.axes[1].values[-1] - chart.axes[1].values[0])
        assert min(turn.low, turn.value - slack) <= y <= max(turn.high, turn.value + slack), (x, y, turn)


@pytest.mark.slow
def test_a_platform_breaks_even_where_its_cost_eats_the_margin(tmp_path: Path) -> None:
    """Money that we pay moves no goods: gain − days · posts · cost of a post · 12 / 365 − opening is 0 on the line."""
    free = market(OPENED, {"ours": {"ground": {"opening_cents": 0, "platform": {"post_cents_per_month": 0}}}})
    worth = {}
    for strategy in ("two", "one"):
        session = Session(free, strategy=strategy)
        session.step(session.calendar.n_days)
        found = measured(free, session.seed, session.observe(), ["profit_manufacturer"], details=False)
        worth[strategy] = 100.0 * found.values["profit_manufacturer"]
    gain = worth["two"] - worth["one"]
    assert gain > 0
    a_day = (DAYS - SHUT) * POSTS * 12 / 365
    experiment = {
        "uncertainties": {
            POST: {"distribution": "uniform", "low": 0, "high": round(1.5 * gain / a_day)},
            OPENING: {"distribution": "uniform", "low": 0, "high": round(1.2 * gain)},
        },
        "study": {"boundary": {"between": ("two", "one"), "budget": 16}},
    }
    chart = charted(tmp_path, market(OPENED), experiment)
    posts = [part * gain / a_day for part in (0.1, 0.3, 0.5, 0.7)]
    assert_on(chart, {post: gain - a_day * post for post in posts})
    # a straight plane: what it is worth to know the opening's cost, from the closed form
    x, y = np.meshgrid(*(np.linspace(0, axis.values[-1], 401) for axis in chart.axes))
    plane = (gain - a_day * x - y) / 100.0
    told = chart.information()
    now = max(plane.mean(), 0.0)
    exact = [np.maximum(plane.mean(axis=k), 0).mean() - now for k in (0, 1)]
    assert told == pytest.approx([*exact, np.maximum(plane, 0).mean() - now], abs=0.02 * gain / 100)


def test_focus_beats_spread_by_the_exponent_and_the_half_of_adbudg(tmp_path: Path) -> None:
    """Five units on five places or a quarter on each of twenty: equal where 1/4^c = d / (4 d + 3)."""

    def goodwill(name: str, _: Any, world: Scenario, __: int) -> dict[str, float]:
        short = world.model_copy(update={"calendar": world.calendar.model_copy(update={"duration_days": 40})})
        session = Session(short, strategy=name)
        session.step(session.calendar.n_days)
        return {"profit_manufacturer": 1e6 * float(session.world.goodwill[:, 0].sum())}

    one = {
        "response": "adbudg",
        "response_scale": 0.001,
        "reference_spend": 20.0,
        "word_of_mouth": 0.0,
        "decay_per_day": 0.1,
    }
    scenario = market(PLACES, {"consumers": {"goodwill": one}, "mechanisms": ALL_OFF | {"goodwill": True}})
    experiment = {
        "uncertainties": {
            HALF: {"distribution": "uniform", "low": 0.4, "high": 2.5},
            EXPONENT: {"distribution": "uniform", "low": 1.0, "high": 2.0},
        },
        "study": {"boundary": {"between": ("focus", "spread"), "budget": 16}},
    }
    chart = charted(tmp_path, scenario, experiment, How(keep=double(goodwill)))
    assert_on(chart, {d: float(np.log((4 * d + 3) / d) / np.log(4)) for d in (0.5, 0.8, 1.2, 2.0)})
    assert chart.at(1.0, 2.0)[0] > NORMAL * chart.at(1.0, 2.0)[1]


@pytest.mark.slow
def test_of_two_equal_rivals_neither_is_the_better_target(tmp_path: Path) -> None:
    """Attacking one or the other differs by luck alone, so that the map is nowhere clear."""
    equal = [{"id": name, "temperament": "defender", "answer_threshold": 0.0} for name in ("R1", "R2")]
    hit = {"who": "given", "territories": 1, "people": "added", "money": "added"}
    scenario = market(
        {
            "mechanisms": {"displacement": True, "rival_companies": True},
            "rivals": {"generate": None, "list": equal},
            "outlets": {"generate": {"n": 60}},
            "calendar": {"burn_in_days": 10, "duration_days": 56},
            "direction": {"budget": {"on_excess": "allow"}},
            "strategies": {f"hit_{r['id']}": ({"attack": hit | {"rival": r["id"]}},) for r in equal},
        }
    )
    experiment = {
        "uncertainties": {
            "retail.displacement.intercept": {"distribution": "uniform", "low": -4, "high": 0},
            "relations.half_life_days": {"distribution": "uniform", "low": 20, "high": 120},
        },
        "replications": 6,
        "study": {"boundary": {"between": ("hit_R1", "hit_R2"), "budget": 16}},
    }
    chart = charted(tmp_path, scenario, experiment)
    assert np.abs(chart.mean).max() > 0, "they do differ by luck"
    assert chart.clear == pytest.approx((0.0, 0.0), abs=0.05)
