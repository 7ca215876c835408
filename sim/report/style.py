"""One look for every figure: page, colours, fonts, numbers, and rendering to bytes that never change.

Only matplotlib's object-oriented interface is used; the global state of pyplot is never touched, and a caller's own
settings are restored by `drawing()`.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

P = ParamSpec("P")

FONT_FILE = Path(__file__).parent / "fonts" / "ArsimSansSC-GB2312.otf"
FONT_FAMILY = "Arsim Sans SC"

INK = "#22252B"
MUTED = "#6B7280"
GRID = "#E3E5E8"
OURS = "#D1410C"
OURS_PALE = "#F3B49B"
GOOD = "#2B7A78"
BAD = "#8C2D19"
# Muted, told apart in hue and in lightness by the three common kinds of colour blindness.
RIVALS = ("#3B6EA5", "#E0A92E", "#5FA08A", "#8E6C9E", "#9AA0A8", "#7C5B3A", "#86BEDA", "#4A4F57")
# Causes and tiers: one hue family each, dark to light, readable in grey print.
SERIES = ("#22577A", "#E0A92E", "#8FB8C9", "#A05A7C", "#5FA08A", "#B8BCC2")

WIDTH_INCHES = 11.0
DPI = 150
BREAKS = (" ", "_-./,")
"""Characters after which a name may be broken, the best first."""
SLACK = 1.2
"""How much longer a line may be that ends with a word."""
WIDER = 4
"""Latin letters by which names that look alike are widened."""
HEAD_INCHES = 0.78
FOOT_INCHES = 0.30

SETTINGS: Any = {
    "font.family": ["DejaVu Sans", FONT_FAMILY],
    "font.size": 9.5,
    "text.color": INK,
    # Names come from users' files: a dollar sign is a dollar sign, not the start of a formula.
    "text.parse_math": False,
    "axes.edgecolor": "#9AA0A8",
    "axes.labelcolor": INK,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.titlepad": 8.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.8,
    "figure.facecolor": "white",
    "figure.dpi": 100,
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "arsim",
    "path.simplify": True,
}


@cache
def _font_is_known() -> str:
    font_manager.fontManager.addfont(str(FONT_FILE))
    return FONT_FAMILY


@contextmanager
def drawing() -> Iterator[None]:
    """Draw under the house style and leave matplotlib's settings as they were."""
    _font_is_known()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        yield


def styled(make: Callable[P, Figure]) -> Callable[P, Figure]:
    """Decorate a figure function so that it draws under `drawing()`."""

    @wraps(make)
    def inside(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with drawing():
            return make(*args, **kwargs)

    return inside


def page(title: str, subtitle: str, *, height: float = 5.6, note: str = "", width: float = WIDTH_INCHES) -> Figure:
    """Return an empty page with a heading, laid out so that nothing overlaps.

    Parameters
    ----------
    title : what the picture is about.
    subtitle : what is shown and how: unit, span, number of replications.
    height, width : size of the whole page. [inches]
    note : a line at the foot, for what a reader must know to read it rightly.
    """
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    lines = subtitle.count("\n") + 1
    head = HEAD_INCHES + 0.17 * (lines - 1)
    foot = FOOT_INCHES * bool(note)
    figure.set_layout_engine(
        "constrained", rect=(0.012, foot / height, 0.976, 1 - (head + foot) / height), w_pad=0.06, h_pad=0.06
    )
    figure.text(0.018, 1 - 0.14 / height, title, fontsize=14, fontweight="bold", va="top", family="DejaVu Sans")
    figure.text(0.018, 1 - 0.44 / height, subtitle, fontsize=9, color=MUTED, va="top", ha="left", linespacing=1.35)
    if note:
        figure.text(0.018, 0.10 / height, note, fontsize=8, color=MUTED, va="bottom", ha="left")
    return figure


def nothing(title: str, reason: str) -> Figure:
    """Return the page that stands for a picture without data, with the reason."""
    figure = page(title, "Nothing to show", height=2.0)
    figure.text(0.5, 0.32, reason, ha="center", va="center", fontsize=10.5, color=MUTED, wrap=True)
    return figure


def brand_colours(ours: Sequence[str], all_brands: Sequence[str]) -> dict[str, str]:
    """Return a colour for each brand: ours strong (paler for a second brand), rivals muted, in the given order."""
    own = [OURS, "#F08A5D", OURS_PALE]
    colours = {brand: own[min(i, len(own) - 1)] for i, brand in enumerate(ours)}
    rivals = [b for b in all_brands if b not in colours]
    return colours | {brand: RIVALS[i % len(RIVALS)] for i, brand in enumerate(rivals)}


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


def quiet(axes: Axes) -> None:
    """Take the frame, ticks and grid from axes that only carry text or a map."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def render(figure: Figure, kind: str) -> bytes:
    """Return the figure as PNG or SVG bytes; the same figure gives the same bytes on one platform and version.

    Parameters
    ----------
    kind : "png" or "svg".
    """
    target = io.BytesIO()
    metadata: dict[str, Any] = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
    with drawing():
        figure.savefig(target, format=kind, dpi=DPI, metadata=metadata)
    return target.getvalue() if kind == "png" else _with_steady_ids(target.getvalue())


def _with_steady_ids(svg: bytes) -> bytes:
    """Number the ids of an SVG in order: matplotlib derives those of clip paths from addresses in memory."""
    names: dict[bytes, bytes] = {}
    for name in re.findall(rb'id="([a-z][0-9a-f]{10})"', svg):
        names.setdefault(name, b"i%d" % len(names))
    return re.sub(rb"(?<=[\"#])[a-z][0-9a-f]{10}(?=[\")])", lambda found: names.get(found[0], found[0]), svg)
