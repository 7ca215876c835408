"""The decision card as one A4 page, for PDF and pictures."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D

from sim._version import __version__
from sim.report.questions.compare.card import Card
from sim.report.questions.compare.findings import Findings
from sim.report.questions.compare.standing import difference_panel
from sim.report.style import GRID, INK, MUTED, OURS, drawing, styled
from sim.report.words import CJK_FROM, kpi_words

WIDTH, HEIGHT = 8.27, 11.69
"""A4. [inches]"""
LEFT, RIGHT, TOP, BOTTOM = 0.75, 0.75, 0.6, 0.55
VALUE_AT, SURE_AT = 2.3, 3.95
"""Where the second and third column of the facts begin, from the left edge of the text. [inches]"""
LEADING = 1.38
MEASURED_POINTS = 100.0
"""Widths are measured on large letters, because hinting widens or narrows small ones. [points]"""
CLOSING = frozenset("，。？！、：；）》”’,.?!:;)")
SMALLEST = 0.72
"""A card with a long text is set smaller, down to this part of the usual size."""


class _Sheet:
    """A page that is written from the top down.

    Parameters
    ----------
    scale : of all sizes of letters.
    """

    def __init__(self, scale: float) -> None:
        self.figure = Figure(figsize=(WIDTH, HEIGHT))
        self._canvas = FigureCanvasAgg(self.figure)
        self.scale = scale
        self.y = HEIGHT - TOP

    def text(
        self, text: str, size: float, *, colour: str = INK, at: float = 0.0, width: float = 0.0, weight: str = "normal"
    ) -> float:
        """Write a paragraph below what is there and return its height; the place of the next text stays.

        Parameters
        ----------
        size : of the letters. [points]
        at : distance from the left edge of the text. [inches]
        width : where lines break; to the right edge when 0. [inches]
        """
        size *= self.scale
        room = width or WIDTH - LEFT - RIGHT - at
        lines = self._wrapped(text, size, room, weight)
        step = size / 72.0 * LEADING
        for k, line in enumerate(lines):
            look = {"fontsize": size, "color": colour, "va": "top", "ha": "left", **_weight(line, weight)}
            self.figure.text((LEFT + at) / WIDTH, (self.y - k * step) / HEIGHT, line, **look)
        return step * len(lines)

    def paragraph(self, text: str, size: float, *, after: float = 0.06, **look: Any) -> None:
        """Write a paragraph, as `text` does, and move below it."""
        self.y -= self.text(text, size, **look) + after * self.scale

    def rule(self, *, colour: str = GRID, after: float = 0.1) -> None:
        """Draw a line across the page and move below it."""
        y = self.y / HEIGHT
        self.figure.add_artist(Line2D([LEFT / WIDTH, 1 - RIGHT / WIDTH], [y, y], color=colour, linewidth=1.0))
        self.y -= after * self.scale

    def _wrapped(self, text: str, size: float, room: float, weight: str) -> list[str]:
        """Break a text into lines that fit, between words, or anywhere in Chinese text or in a word too long."""
        lines = [""]
        for piece in _pieces(text):
            if self._width(lines[-1] + piece.rstrip(), size, weight) <= room or not lines[-1]:
                lines[-1] += piece
            else:
                lines.append(piece.lstrip())
            while self._width(lines[-1].rstrip(), size, weight) > room and len(lines[-1]) > 1:
                lines[-1:] = self._cut(lines[-1], size, room, weight)
        return [line.rstrip() for line in lines]

    def _cut(self, word: str, size: float, room: float, weight: str) -> tuple[str, str]:
        n = len(word) - 1
        while n > 1 and self._width(word[:n], size, weight) > room:
            n -= 1
        return word[:n], word[n:]

    def _width(self, text: str, size: float, weight: str) -> float:
        font = FontProperties(size=MEASURED_POINTS, **_weight(text, weight))
        renderer = self._canvas.get_renderer()  # type: ignore[no-untyped-call]
        pixels = renderer.get_text_width_height_descent(text, font, False)[0]
        return float(pixels) / self.figure.dpi * size / MEASURED_POINTS


def _pieces(text: str) -> list[str]:
    """Split a text where a line may break: after a space, around a Chinese character, never before a closing mark."""
    pieces = [""]
    for before, c in zip(" " + text, text, strict=False):
        if c not in CLOSING and c != " " and (before == " " or max(ord(before), ord(c)) >= CJK_FROM):
            pieces.append("")
        pieces[-1] += c
    return pieces


def _weight(text: str, weight: str) -> dict[str, Any]:
    """Return family and weight that the fonts have: the Chinese one is regular only."""
    is_bold = weight == "bold" and all(ord(c) < CJK_FROM for c in text)
    return {"weight": "bold", "family": "DejaVu Sans"} if is_bold else {"weight": "normal"}


@styled
def card_figure(card: Card, findings: Findings) -> Figure:
    """Return the card; letters shrink until a long text fits on the page."""
    scale = 1.0
    sheet = _written(card, findings, scale)
    while sheet.y < BOTTOM and scale > SMALLEST:
        scale -= 0.04
        sheet = _written(card, findings, scale)
    return sheet.figure


def _written(card: Card, findings: Findings, scale: float) -> _Sheet:
    sheet = _Sheet(scale)
    sheet.paragraph(card.budget, 8.5, colour=OURS if card.budget.startswith("Unequal") else INK, after=0.10)
    sheet.rule(after=0.12)
    sheet.paragraph(f"Decision card: {card.title}", 9, colour=MUTED, after=0.04)
    sheet.paragraph(card.question, 13, after=0.12)
    sheet.paragraph(card.recommendation.headline, 19, weight="bold", after=0.05)
    sheet.paragraph(card.recommendation.reason, 9.5, after=0.14)
    _chart(sheet, findings)
    _heading(sheet, f"What {card.about} means")
    for what, value, sure in card.facts:
        heights = (
            sheet.text(what, 8.8, width=VALUE_AT - 0.1),
            sheet.text(value, 8.8, at=VALUE_AT, width=SURE_AT - VALUE_AT - 0.1),
            sheet.text(sure, 8.8, at=SURE_AT, colour=MUTED),
        )
        sheet.y -= max(heights) + 0.05 * scale
    sheet.y -= 0.08
    _heading(sheet, "What would change the answer")
    for line in card.changes:
        sheet.text("•", 8.8)
        sheet.paragraph(line, 8.8, at=0.16, after=0.03)
    sheet.y -= 0.10
    _heading(sheet, "Assumptions without evidence")
    sheet.paragraph(card.evidence, 8.8, after=0.10)
    sheet.rule(after=0.08)
    sheet.paragraph(f"{card.foot} arsim {__version__}.", 7.5, colour=MUTED, after=0.0)
    return sheet


def _heading(sheet: _Sheet, text: str) -> None:
    sheet.paragraph(text, 11, weight="bold", after=0.05)


def _chart(sheet: _Sheet, findings: Findings) -> None:
    """Draw the differences on the deciding KPI across the page."""
    height = sheet.scale * (0.55 + 0.48 * len(findings.others))
    indent = 1.65
    left, bottom = (LEFT + indent) / WIDTH, (sheet.y - height + 0.05) / HEIGHT
    axes = sheet.figure.add_axes((left, bottom, (WIDTH - LEFT - RIGHT - indent) / WIDTH, (height - 0.35) / HEIGHT))
    title = f"{kpi_words(findings.deciding)} against {findings.comparison.baseline}, with 95 % intervals"
    difference_panel(axes, findings, findings.deciding, title=title)
    sheet.y -= height + 0.32


def pdf_bytes(figure: Figure) -> bytes:
    """Return the page as PDF with its fonts inside; the same page gives the same bytes."""
    target = io.BytesIO()
    with drawing():
        figure.savefig(target, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    return target.getvalue()
