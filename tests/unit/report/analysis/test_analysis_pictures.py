"""Pictures and the page of analyses: what they show is what was found."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.questions.study import Answer
from sim.report.questions.boundary import boundary_figure
from sim.report.questions.discovery import box_figure
from sim.report.questions.optimise import front_figure
from sim.report.questions.sensitivity import morris_figure, shares_figure
from sim.report.questions.sizing import sizing_figure, territories_figure
from sim.report.study import study_html, table_of
from sim.report.style import Picture, render
from sim.statistics.discovery import Box
from tests.unit.report.analysis import samples

FIGURES = {
    "shares": lambda: shares_figure(
        samples.shares(),
        title="What decides the choice",
        labels={"difference": "Gain of A on B", "beats": "A is better"},
    ),
    "morris": lambda: morris_figure(samples.effects(), "difference", title="What moves the gain", unit="yuan"),
    "box": lambda: box_figure(*samples.boxes(), title="Where A is better"),
    "boundary": lambda: boundary_figure(
        samples.line(), ("focus", "spread"), title="Focus or spread", axes=("Rival's price [yuan]", "Loyalty [share]")
    ),
    "front": lambda: front_figure(
        samples.front(),
        "spending",
        "profit",
        title="What can be had",
        words={"spending": "Spending [yuan]", "profit": "Profit [yuan]"},
    ),
    "sizing": lambda: sizing_figure(samples.force(), title="How many advisors", currency="yuan", people="advisors"),
    "territories": lambda: territories_figure(samples.areas(), title="Territories"),
}


def words(figure: Figure) -> str:
    return " | ".join(t.get_text() for t in figure.findobj(Text) if isinstance(t, Text))


@pytest.mark.parametrize("name", FIGURES)
def test_pictures_say_what_they_are_and_are_the_same_every_time(name: str) -> None:
    one = render(FIGURES[name](), "svg")
    assert one == render(FIGURES[name](), "svg")
    assert len(one) > 5000


def test_bars_are_the_indices() -> None:
    figure = FIGURES["shares"]()
    table = samples.shares()
    axes = figure.axes[0]
    totals = [bar.get_width() for bar in axes.containers[0]]
    rows = table[(table["outcome"] == "difference") & (table["order"] == "total")]
    assert totals == pytest.approx(sorted(rows["index"].clip(lower=0), reverse=True))
    assert axes.get_yticklabels()[0].get_text() == rows.sort_values("index")["dimension"].iloc[-1]
    assert [a.get_title(loc="left") for a in figure.axes] == ["Gain of A on B", "A is better"]


def test_headings_carry_the_numbers() -> None:
    box = samples.boxes()[1]
    assert f"Box with {box.coverage:.0%} of the cases".replace("%", " %") in words(FIGURES["box"]())
    assert f"{len(samples.line().runs)} points run" in words(FIGURES["boundary"]())
    assert f"Best size {samples.force().optimum.value:.1f}" in words(FIGURES["sizing"]())
    assert "150 outlets, 6 advisors" in words(FIGURES["territories"]())
    assert f"of which {int(samples.front().finalists['efficient'].sum())} remain" in words(FIGURES["front"]())


def test_nothing_to_show_says_why() -> None:
    assert "No outcome varies" in words(shares_figure(samples.shares().assign(index=np.nan), title="x"))
    assert "No dimension moves" in words(morris_figure(samples.effects(), "nothing", title="x"))
    boxes, _, points, cases = samples.boxes()
    assert "No restriction" in words(box_figure(boxes, Box({}, 1, 0.1, 1, 400), points, cases, title="x"))


def test_the_page_needs_no_network_and_no_trust() -> None:
    table = pd.DataFrame({"dimension": ["<b>a"], "index": [0.12345], "p": [2e-12], "kept": [True]})
    spec = SimpleNamespace(name="Focus & spread", question="Which?", outcomes=(), constants={})
    study = SimpleNamespace(
        experiment=SimpleNamespace(spec=spec, paths=(), seed=1),
        answer=Answer("Focus", {"first": table}, ("Read it so.",)),
        state=SimpleNamespace(computed=0, found=0),
        runs=table,
    )
    page = study_html(study, [Picture("x", "Title", "Caption", FIGURES["sizing"]())])
    assert "Focus &amp; spread" in page
    assert "&lt;b&gt;a" in page
    assert "<b>a" not in page
    assert re.search(r'<td class="num">0\.12</td>', page)
    assert '<td class="num">2e−12</td>' in page
    assert "<td>yes</td>" in page
    assert "data:image/svg+xml;base64," in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)
    assert page.index("picture-x") < page.index("First")


def test_long_tables_are_cut() -> None:
    shown = table_of("Points", pd.DataFrame({"x": np.arange(450.0)}), {"x": "Price"})
    assert shown["columns"] == ["Price"]
    assert len(shown["rows"]) == 200  # type: ignore[arg-type]
    assert shown["left_out"] == 250
