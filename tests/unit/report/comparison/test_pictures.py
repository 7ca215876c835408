"""The pictures of a comparison in every situation: they can be drawn, and say what they should."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.report.questions.compare.findings import Findings, find_out
from sim.report.questions.compare.gains import ordered
from sim.report.questions.compare.page import PICTURES, picture
from sim.report.style import drawing
from tests.unit.report.comparison.made import made, split

GAIN = {"profit_manufacturer": 200.0}
SIX = {f"战略 {i}, a name that is rather long": {"profit_manufacturer": 40.0 * i - 60} for i in range(6)}
SITUATIONS = {
    "one strategy": lambda: find_out(made({"a": GAIN}), {"a": split(200.0, {"travel": 150.0, "learning": -20.0})}),
    "six, with futures": lambda: find_out(
        made(SIX, territories=9, futures={"poor": dict.fromkeys(SIX, -10.0)}, replications=25),
        {name: split(1.0, {"travel": 2.0}) for name in SIX},
    ),
    "two replications, one territory": lambda: find_out(
        made({"a": {"profit_manufacturer": 5.0}}, replications=2, noise=0.2, territories=1)
    ),
    "identical": lambda: find_out(made({"a": {}, "b": {}}, replications=2), {"a": split(0.0, {"travel": 0.0})}),
    "no values": lambda: find_out(made({"a": dict.fromkeys(("profit_manufacturer", "market_share_units"), np.nan)})),
}
KEYS = list(PICTURES)


@cache
def findings(situation: str) -> Findings:
    return SITUATIONS[situation]()


@cache
def drawn(situation: str, key: str) -> Figure:
    figure = picture(findings(situation), key).figure
    with drawing():
        figure.draw_without_rendering()
    return figure


def texts(figure: Figure) -> str:
    return "\n".join(t.get_text() for t in figure.findobj(Text) if t.get_visible())


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_picture_can_be_drawn(situation: str, key: str) -> None:
    figure = drawn(situation, key)
    assert PICTURES[key][0].title in texts(figure)


@pytest.mark.parametrize("situation", list(SITUATIONS)[:3])
def test_headings_fit_on_the_page(situation: str) -> None:
    for key in KEYS:
        figure = drawn(situation, key)
        width = figure.get_size_inches()[0] * figure.dpi
        assert max(t.get_window_extent().x1 for t in figure.texts) <= width, key


def test_verdicts_are_written_beside_the_points() -> None:
    assert "+200 CNY (+20.0 %), n = 10: better" in texts(drawn("one strategy", "differences"))
    few = texts(drawn("two replications, one territory", "differences"))
    assert "no difference seen\n(above " in few
    assert "would have been seen" in few
    assert "n = 2: equal in every replication" in texts(drawn("identical", "differences"))
    assert "no value to compare" in texts(drawn("no values", "differences"))


def test_the_waterfall_ends_with_interaction_and_the_whole() -> None:
    table = ordered(findings("one strategy").why["a"])
    assert list(table["part"]) == ["travel", "learning", "interaction", "total"]
    words = texts(drawn("one strategy", "why"))
    assert "interaction  +70" in words
    assert "whole gain  +200" in words


def test_a_waterfall_s_bars_end_where_the_whole_gain_ends() -> None:
    bars = drawn("one strategy", "why").axes[0].patches
    ends = [(b.get_x(), b.get_x() + b.get_width()) for b in bars[:4]]  # type: ignore[attr-defined]
    for before, after in pairwise(ends[:-1]):
        assert before[1] == pytest.approx(after[0])
    assert ends[-1] == pytest.approx((0.0, ends[-2][1]))


def test_pay_back_is_marked_on_its_day() -> None:
    axes = drawn("one strategy", "when").axes[1]
    (mark,) = [line for line in axes.lines if line.get_marker() == "D"]
    start = findings("one strategy").comparison.scenario.calendar.start_date
    first = start.toordinal() - np.datetime64("1970-01-01").astype(object).toordinal()
    assert mark.get_xdata(orig=False)[0] == first + 14
    assert not [line for line in drawn("identical", "when").axes[1].lines if line.get_marker() == "D"]


def test_efficient_strategies_are_ringed() -> None:
    rings = [c.get_sizes()[0] for c in drawn("one strategy", "tradeoff").axes[0].collections]
    assert sorted(rings) == [60, 110]


def test_the_map_names_gains_and_marks_what_is_not_luck() -> None:
    figure = drawn("six, with futures", "where")
    assert "Territory 9 +70.0 %" in texts(figure)
    edges = sorted(p.get_linewidth() for p in figure.axes[0].patches)
    assert edges == [0.9] + [2.0] * 8


def test_regret_frames_the_least_worst() -> None:
    frames = [p for p in drawn("six, with futures", "regret").axes[0].patches if p.get_linewidth() == 2.0]
    best = findings("six, with futures").least_worst["worst_regret"]
    assert len(frames) == int((best == best.min()).sum())


def test_chances_are_written_beside_the_bars() -> None:
    assert "over 99.9 %" in texts(drawn("one strategy", "chance"))
    assert texts(drawn("identical", "chance")).count("33.3 %") == 3


def square(x: float, y: float, side: float) -> list[tuple[float, float]]:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]


def test_territories_with_borders_are_drawn_as_they_are() -> None:
    places = [
        {"id": "西", "name": "西区", "x_km": 15, "y_km": 15, "polygon": square(0, 0, 30)},
        {"id": "T-east", "name": "East", "x_km": 45, "y_km": 15, "polygon": square(30, 0, 30)},
    ]
    scenario = {"territories": {"list": places, "generate": None}}
    figure = picture(find_out(made({"a": GAIN}, scenario=scenario)), "where").figure
    west, _ = figure.axes[0].patches
    assert west.get_path().vertices[:4].tolist() == [list(p) for p in square(0, 0, 30)]
    assert "西区 −10.0 %" in texts(figure)
