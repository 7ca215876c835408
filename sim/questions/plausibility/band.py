"""What a band is, and the line of the card that comes of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

Subject = TypeVar("Subject")
BANDS_IN: Final = "CNY"
"""Currency of the bands of money; a scenario in another one has its values shown, and no verdict on them."""

NONE, NOT_KNOWN, FITS = "no band", "not known", "fits"


class Found(NamedTuple):
    """A value, NaN where there is none.

    Attributes
    ----------
    of : what it is of, where that is not the whole market.
    error : its standard error, where luck has a part in it.
    """

    value: float
    of: str = ""
    error: float = 0.0


@dataclass(frozen=True)
class Band(Generic[Subject]):
    """One quantity of a market, and where it lies in reality.

    Attributes
    ----------
    name : what is measured, in plain words.
    low, high : ends of the band; infinite where there is none on a side.
    unit : with `CNY` for the currency.
    source : of the band.
    field : of the scenario, to look at when the value lies outside.
    measure : value in a market; more than one where each party has its own.
    """

    name: str
    low: float
    high: float
    unit: str
    source: str
    field: str
    measure: Callable[[Subject], Iterable[Found]]


class Line(NamedTuple):
    """One line of the card, as text.

    Attributes
    ----------
    verdict : fits, no band, not known, or what is wrong and the field to look at.
    is_warning : whether the value lies outside its band.
    """

    name: str
    value: str
    band: str
    verdict: str
    source: str
    is_warning: bool


def card(bands: Iterable[Band[Subject]], subject: Subject, currency: str) -> Iterator[Line]:
    """Yield the lines of a market, in the order of the bands.

    Parameters
    ----------
    currency : of the scenario.
    """
    for band in bands:
        for found in band.measure(subject):
            yield _line(band, found, currency)


def one(value: Callable[[Subject], float]) -> Callable[[Subject], tuple[Found]]:
    """Return the measure of a quantity that the whole market has one of."""
    return lambda subject: (Found(value(subject)),)


def _line(band: Band[Subject], found: Found, currency: str) -> Line:
    unit = band.unit.replace(BANDS_IN, currency)
    low, high = (band.low, band.high) if unit == band.unit else (-math.inf, math.inf)
    bounded = math.isfinite(low) or math.isfinite(high)
    outside = found.value < low or found.value > high
    verdict = NONE if not bounded else FITS
    if math.isnan(found.value):
        verdict = NOT_KNOWN
    elif outside:
        verdict = f"too {'low' if found.value < low else 'high'}: look at {band.field}"
    name = f"{band.name}: {found.of}" if found.of else band.name
    return Line(
        name=name,
        value=_shown(found, unit),
        band=_band_words(low, high, unit),
        verdict=verdict,
        source=band.source,
        is_warning=outside,
    )


def _shown(found: Found, unit: str) -> str:
    """Return a value with its error and unit; shares in percent."""
    if math.isnan(found.value):
        return "-"
    error = f" ± {_number(found.error, unit)}" if found.error > 0.0 else ""
    return f"{_number(found.value, unit)}{error} {'%' if unit == 'share' else unit}".rstrip()


def _number(value: float, unit: str) -> str:
    value = 100.0 * value if unit == "share" else value
    if value == 0.0 or not math.isfinite(value):
        return f"{value:.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:,.0f}"


def _band_words(low: float, high: float, unit: str) -> str:
    if not math.isfinite(low) and not math.isfinite(high):
        return ""
    if not math.isfinite(high):
        return f"at least {_number(low, unit)}"
    return f"at most {_number(high, unit)}" if not math.isfinite(low) else f"{_number(low, unit)}–{_number(high, unit)}"
