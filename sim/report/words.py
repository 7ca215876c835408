"""Texts for people: names that fit their place, numbers, money, KPIs; the same words wherever they stand."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, Final

from sim.metrics.catalogue import KPIS

BREAKS: Final = (" ", "_-./,")
"""Characters after which a name may be broken, the best first."""
SLACK: Final = 1.2
"""How much longer a line may be that ends with a word."""
WIDER: Final = 4
"""Latin letters by which names that look alike are widened."""
CJK_FROM: Final = 0x2E80
"""First Chinese character."""
WITHOUT_UNIT: Final = frozenset({"share", "0-1", "class", "ratio"})
"""Units that say nothing beside a number."""
BETTER: Final = {"higher": "more is better", "lower": "less is better", "neutral": "neither way is better"}


def display_width(text: str) -> int:
    """Return the width of a text in Latin letters; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def short(text: str, width: int = 28) -> str:
    """Return a name as one line of at most `width` Latin letters, without control characters.

    The middle of a longer one is left out: names often differ at their end.
    """
    line = _clean(text)
    if display_width(line) <= width:
        return line
    head = _within(line, width // 2)
    tail = _within(line[::-1], width - 1 - display_width(head))[::-1]
    return f"{head.rstrip()}…{tail.lstrip()}"


def two_lines(text: str, width: int = 28) -> str:
    """Return a name as one or two lines of about `width` Latin letters, broken between words where that can be."""
    line = _clean(text)
    if display_width(line) <= width:
        return line
    line = short(line, 2 * width)
    sides = {k: max(display_width(line[:k].rstrip()), display_width(line[k:])) for k in range(1, len(line))}
    for breaks in BREAKS:
        between = [k for k in sides if line[k - 1] in breaks and sides[k] <= width * SLACK]
        if between:
            break
    place = min(between or sides, key=lambda k: sides[k])
    return f"{line[:place].rstrip()}\n{line[place:]}"


def told_apart(names: Iterable[str], width: int, cut: Callable[[str, int], str] = short) -> dict[str, str]:
    """Return name → how it is shown, as wide as it takes for no two names to look alike.

    Parameters
    ----------
    width : to begin with.
    cut : `short` or `two_lines`.
    """
    every = list(dict.fromkeys(names))
    for wide in range(width, max(map(display_width, every), default=0) + 1, WIDER):
        shown = {name: cut(name, wide) for name in every}
        if len(set(shown.values())) == len(every):
            return shown
    return {name: cut(name, max(width, display_width(name))) for name in every}


def _clean(text: str) -> str:
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in str(text)).split())


def _within(text: str, width: int) -> str:
    """Return the beginning of a text, no wider than `width`."""
    kept = ""
    for c in text:
        if display_width(kept + c) > width:
            break
        kept += c
    return kept


def number(value: float, digits: int = 3) -> str:
    """Return a number for a reader: 12,345, 123 k, 4.56 M, at about `digits` significant digits."""
    if value != value:
        return "–"
    for limit, unit in ((1e9, " bn"), (1e6, " M"), (1e5, " k")):
        if abs(value) >= limit:
            return _plain(value / (1e3 if unit == " k" else limit), digits) + unit
    return _plain(value, digits)


def alike(value: float, largest: float) -> str:
    """Return a number in the unit that suits the largest one beside it: −43.8 k next to 744.1 k."""
    for limit, divisor, unit in ((1e9, 1e9, " bn"), (1e6, 1e6, " M"), (2e4, 1e3, " k")):
        if abs(largest) >= limit:
            scaled = value / divisor
            decimals = 1 if unit == " k" else 2
            return f"{scaled:,.{decimals}f}{unit}".replace("-", "−")
    return f"{value:,.0f}".replace("-", "−")


def _plain(value: float, digits: int) -> str:
    size = abs(value)
    is_whole = size >= 10 ** (digits - 1) or float(value).is_integer()
    decimals = 0 if is_whole else digits - 1 if size < 10 else digits - 2
    text = f"{value:,.{decimals}f}"
    return (text if float(text.replace(",", "")) else f"{0:.{decimals}f}").replace("-", "−")


def percent(value: float, decimals: int = 1) -> str:
    """Return a share in [0, 1] as a percentage."""
    return "–" if value != value else f"{100 * value:.{decimals}f} %".replace("-", "−")


def change(share: float) -> str:
    """Return a relative change as a percentage with its sign; one that rounds to nothing has none."""
    text = percent(share)
    return "0 %" if text in ("0.0 %", "−0.0 %") else f"+{text}" if share > 0 else text


def plain(value: float, factor: float = 1.0) -> str:
    """Return a number as short as it can be written, with a true minus."""
    return f"{factor * value:g}".replace("-", "−")


def value_words(value: Any) -> str:
    """Return a value of a scenario or an experiment as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(value_words(v) for v in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{k} {value_words(v)}" for k, v in value.items()) or "none"
    return str(value)


def kpi_words(name: str) -> str:
    """Return a KPI's name as words: `days_of_stock_outlet` becomes `Days of stock outlet`."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def kpi_unit(name: str, currency: str) -> str:
    """Return the unit of a KPI; money is in the scenario's currency."""
    return KPIS[name].unit.replace("currency", currency)


def unit_of(kpi: str, currency: str, *, difference: bool = False) -> str:
    """Return what stands behind an amount of a KPI; nothing for a share, which is shown as a percentage.

    Parameters
    ----------
    difference : whether the amount is one; shares differ by points.
    """
    unit = kpi_unit(kpi, currency)
    if difference and unit == "share":
        return "points"
    return "" if unit in WITHOUT_UNIT else unit


def amount(value: float, kpi: str, currency: str, *, signed: bool = False, bare: bool = False) -> str:
    """Return a value of a KPI with its unit, or with `signed` a difference: +1.2 points, −12.3 k CNY.

    Parameters
    ----------
    bare : whether the unit stands elsewhere.
    """
    if math.isnan(value):
        return "–"
    unit = unit_of(kpi, currency, difference=signed)
    plus = "+" if signed and value > 0 else ""
    if KPIS[kpi].unit == "share":
        digits = 0 if value == 0 else 2 if signed and abs(value) < 0.01 else 1
        text = f"{100 * value:.{digits}f}".replace("-", "−")
        text = text.removeprefix("−") if not float(text.replace("−", "-")) else plus + text
        unit = unit or "%"
    else:
        text = f"{plus}{number(value)}"
    return text if bare or not unit else f"{text} {unit}"


def size_of(value: float, kpi: str, currency: str, *, bare: bool = False) -> str:
    """Return how large a difference is, without a plus; see `amount`."""
    return amount(value, kpi, currency, signed=True, bare=bare).removeprefix("+")
