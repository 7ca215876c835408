"""One look for every figure: page, colours, fonts, and rendering to bytes that never change.

Only matplotlib's object-oriented interface is used; the global state of pyplot is never touched, and a caller's own
settings are restored by `drawing()`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, wraps
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.strategies.plan import BASELINE

P = ParamSpec("P")
Look = dict[str, Any]
"""How something is drawn, as keywords of matplotlib."""

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
STRATEGIES = ("#D1410C", "#3B6EA5", "#E0A92E", "#2B7A78", "#8E6C9E", "#7C5B3A", "#86BEDA", "#4A4F57")
FAINT = "#C9CDD3"
"""What is there, but not what the picture is about."""
DROPPED = "#B8BCC2"
"""Who leads nothing, or was given up."""

WIDTH_INCHES = 11.0
DPI = 150
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


def strategy_colours(strategies: Sequence[str], baseline: str = BASELINE) -> dict[str, str]:
    """Return strategy → colour: the baseline grey, the others strong, in their order."""
    others = [name for name in strategies if name != baseline]
    return {baseline: MUTED, **{name: STRATEGIES[k % len(STRATEGIES)] for k, name in enumerate(others)}}


def quiet(axes: Axes) -> None:
    """Take the frame, ticks and grid from axes that only carry text or a map."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)


class Heading(NamedTuple):
    """Title of a picture, and how to read it."""

    title: str
    caption: str


@dataclass(frozen=True)
class Picture:
    """A picture of a page.

    Attributes
    ----------
    key : name of its file, and of its anchor on the page.
    title, caption : heading, and how to read it; for those who can't see it, too.
    figure : the drawing.
    """

    key: str
    title: str
    caption: str
    figure: Figure

    @cached_property
    def images(self) -> dict[str, bytes]:
        """The picture as PNG and as SVG, by kind."""
        return {kind: render(self.figure, kind) for kind in ("png", "svg")}


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
