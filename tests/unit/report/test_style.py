"""The look of figures: numbers, names, fonts, and bytes that never change."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable

import matplotlib
import pytest
from matplotlib.patches import Circle

from sim.report import style, words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7, "7"),
        (88.666, "88.7"),
        (1.359, "1.36"),
        (12345.4, "12,345"),
        (744_000, "744 k"),
        (-1_010_000, "−1.01 M"),
        (2.5e9, "2.50 bn"),
        (float("nan"), "–"),
        (-0.0001, "0.00"),
    ],
)
def test_numbers_read_like_a_person_writes_them(value: float, text: str) -> None:
    assert words.number(value) == text


def test_percentages() -> None:
    assert words.percent(0.3141) == "31.4 %"
    assert words.percent(-0.05, 0) == "−5 %"
    assert words.percent(float("nan")) == "–"


def test_a_long_name_is_cut_by_its_width_and_a_chinese_character_counts_twice() -> None:
    assert words.short("a" * 20 + "b" * 20, 10) == "aaaaa…bbbb"
    assert words.short("好又多超市连锁", 10) == "好又…连锁"
    assert words.display_width("好a") == 3


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("baseline", ["baseline"]),
        ("concentrate_on_three_counties", ["concentrate_on_", "three_counties"]),
        ("size median shoppers [shoppers/day]", ["size median shoppers", "[shoppers/day]"]),
        ("a" * 20 + "b" * 20, ["a" * 20, "b" * 20]),
        ("好又多超市连锁好又多超市连锁", ["好又多超市连锁", "好又多超市连锁"]),
        ("好又多超市连锁好又多超市连锁一", ["好又多超市连锁", "好又多超市连锁一"]),
    ],
)
def test_a_long_name_is_broken_between_words(name: str, lines: list[str]) -> None:
    assert words.two_lines(name, 20 if name.isascii() else 15).split("\n") == lines


@pytest.mark.parametrize("cut", [words.short, words.two_lines])
def test_names_are_as_wide_as_it_takes_to_tell_them_apart(cut: Callable[[str, int], str]) -> None:
    alike = [f"{'a' * 30}{end}{'z' * 30}" for end in ("1", "2")]
    assert len({cut(name, 24) for name in alike}) == 1
    assert len(set(words.told_apart([*alike, "short", "short"], 24, cut).values())) == 3
    for name, shown in words.told_apart(["one", "another"], 24, cut).items():
        assert shown == name


def test_control_characters_and_line_breaks_become_spaces() -> None:
    assert words.short("two\nlines\x00\tand \u202e more") == "two lines and more"


def test_our_brands_are_strong_and_rivals_never_get_our_colours() -> None:
    colours = style.brand_colours(["us", "us2"], ["us", "us2", *(f"r{i}" for i in range(12))])
    assert colours["us"] == style.OURS
    assert not {colours["us"], colours["us2"]} & {c for b, c in colours.items() if b.startswith("r")}


def test_drawing_leaves_the_callers_settings_alone_and_never_loads_pyplot() -> None:
    before = matplotlib.rcParams["font.size"]
    figure = style.page("Title", "subtitle")
    with style.drawing():
        assert matplotlib.rcParams["font.size"] == style.SETTINGS["font.size"]
    style.render(figure, "png")
    assert matplotlib.rcParams["font.size"] == before
    assert "matplotlib.pyplot" not in sys.modules


@style.styled
def _page(text: str) -> matplotlib.figure.Figure:
    figure = style.page("Title", text, note="a note")
    axes = figure.add_subplot()
    axes.plot([0, 1], [1, 2], label=text, marker="o")
    axes.add_patch(Circle((0.5, 1.5), 0.1, clip_path=Circle((0.5, 1.5), 0.2, transform=axes.transData)))
    axes.fill_between([0, 1], [1, 1], [2, 2])
    axes.legend()
    return figure


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_figure_gives_the_same_bytes(kind: str) -> None:
    assert style.render(_page("同一张图"), kind) == style.render(_page("同一张图"), kind)


def test_svg_carries_no_date() -> None:
    assert b"dc:date" not in style.render(_page("x"), "svg")


def test_chinese_greek_and_dollar_signs_have_glyphs_and_are_no_formulas() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        style.render(_page("青山县 Ωμέγα $x^2$ 5 km² − … ×"), "png")


def test_the_font_has_all_of_gb2312() -> None:
    from fontTools.ttLib import TTFont

    known = TTFont(style.FONT_FILE).getBestCmap()
    assert {ord(c) for c in "啊座亍齄，。、！？（）"} <= set(known)
    assert style.FONT_FILE.stat().st_size < 1_650_000
    assert (style.FONT_FILE.parent / "OFL.txt").is_file()
