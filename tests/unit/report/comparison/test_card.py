"""The decision card: its numbers, what would change the answer, and one page of paper."""

from __future__ import annotations

import dataclasses
import re

import pytest

from sim.report.questions.compare.card import Card, card_of
from sim.report.questions.compare.findings import find_out
from sim.report.questions.compare.sheet import HEIGHT, LEFT, RIGHT, WIDTH, card_figure, pdf_bytes
from sim.report.questions.compare.words import recommend
from sim.report.style import drawing
from tests.unit.report.comparison.made import made


def card(**changes: object) -> Card:
    gains = {"a": {"profit_manufacturer": 200.0, "travel_share": 0.05}, "b": {"market_share_units": 0.02}}
    return card_of(find_out(made(**({"gains": gains} | changes))))  # type: ignore[arg-type]


def facts(of: Card) -> dict[str, tuple[str, str]]:
    return {what: (value, sure) for what, value, sure in of.facts}


def test_the_money_is_right() -> None:
    found = facts(card())
    assert found["Effect on profit manufacturer"] == ("+200 CNY (+20.0 %)", "95 %: +193 … +207 CNY; n = 10")
    assert found["Peak need of extra cash"][0] == "500 CNY"
    gains = [-100.0] * 5 + [50.0] * 20
    value = sum(g * 1.1 ** (-day / 365) for day, g in enumerate(gains))
    assert found["Present value of the extra cash, at 10 % a year"][0] == f"+{value:,.0f} CNY"
    assert found["Advisors, mean and peak"] == ("2, 2", "baseline: 1, 1")
    # 500 lost in five days come back at 50 a day: the sum stands at 0 on the tenth day after, the day numbered 14
    assert found["Pay-back in cash (median)"] == ("2026-01-19", "100 % of replications pay back")
    assert found["Chance to be the best"] == ("over 99.9 %", "among 3 strategies")


def test_it_names_what_would_change_the_answer() -> None:
    lines = card(futures={"price war": {"a": -100.0, "b": 50.0}}).changes
    assert "In the future “price war” b is the best: a loses 150 CNY against it." in lines
    assert any(line.startswith("b has the least worst regret") or "least worst" in line for line in lines)
    assert any(line.startswith("Travel share is worse: +5.0 points") for line in lines)
    assert any("may prefer b: efficient as well" in line for line in lines)


def test_without_futures_or_faults_it_says_so() -> None:
    found = card(gains={"a": {"profit_manufacturer": 200.0}}).changes
    assert found == ("No KPI is worse than the baseline's, and no other future was tried.",)


def test_assumptions_are_counted() -> None:
    kept, own = re.findall(r"(\d+) fields of the scenario keep .* (\d+) such fields", card().evidence)[0]
    assert int(kept) > 100
    assert int(own) >= 1


def test_a_never_paid_back_strategy_says_so() -> None:
    comparison = made({"a": {"profit_manufacturer": 5.0}})
    daily = comparison.arms.daily.assign(cash_cents=lambda t: t["cash_cents"] - 1e5 * (t["strategy"] == "a"))
    comparison = dataclasses.replace(comparison, arms=dataclasses.replace(comparison.arms, daily=daily))
    found = facts(card_of(find_out(comparison)))
    assert found["Pay-back in cash (median)"][0] == "not within 25 days"


@pytest.mark.parametrize("n", [1, 6])
def test_the_page_is_one_a4_page_and_nothing_runs_off_it(n: int) -> None:
    gains = {
        f"战略 with a name of some length {i}": {"profit_manufacturer": 20.0 * i - 30, "spending": 90.0 * i}
        for i in range(n)
    }
    question = {"comparison": {"question": "先集中还是全面铺开？" * 12}}
    poor = {name: -9.0 * i for i, name in enumerate(gains)}
    findings = find_out(made(gains, futures={"poor": poor}, scenario=question))
    figure = card_figure(card_of(findings), findings)
    with drawing():
        figure.set_dpi(600)  # as on paper: small letters on a screen are widened to whole pixels
        figure.draw_without_rendering()
        renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
        boxes = [t.get_window_extent(renderer) for t in figure.texts]
        boxes += [tick.get_window_extent(renderer) for tick in figure.axes[0].get_yticklabels()]
    assert figure.get_size_inches().tolist() == [WIDTH, HEIGHT]
    assert min(b.x0 for b in boxes) >= (LEFT - 0.02) * figure.dpi
    assert max(b.x1 for b in boxes) <= (WIDTH - RIGHT + 0.05) * figure.dpi
    assert min(b.y0 for b in boxes) >= 0.3 * figure.dpi


def test_the_pdf_is_one_page_with_its_fonts_inside_and_the_same_bytes_each_time() -> None:
    findings = find_out(made({"滚动复制": {"profit_manufacturer": 200.0}}))
    once, again = (pdf_bytes(card_figure(card_of(findings), findings)) for _ in range(2))
    assert once == again
    assert once.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", once)) == 1
    fonts = re.findall(rb"/Type /Font\b[^>]*", once)
    assert any(b"ArsimSansSC" in font for font in fonts)
    # Type 3 fonts carry the drawing of each letter themselves; any other kind would need a font file beside it
    assert all(b"/Subtype /Type3" in font for font in fonts)


def test_the_headline_is_that_of_the_terminal() -> None:
    findings = find_out(made({"a": {"profit_manufacturer": 200.0}}))
    assert card_of(findings).recommendation == recommend(findings)
