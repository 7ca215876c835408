"""Pages that open anywhere without a network: templates, inlined files, data that cannot end a script.

Every text that came from a user goes through Jinja's escaping or through `json_for_script`; a content security policy
that names the hashes of our scripts is the second lock on the same door.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup

from sim._version import __version__
from sim.report.style import FONT_FILE, Picture
from sim.report.words import CJK_FROM

HERE = Path(__file__).parent
LARGEST_SVG = 400_000
CHARTS = "vendor/echarts.min.js"


def json_for_script(data: Any) -> Markup:
    """Return JSON that cannot end a script element, whatever names it holds."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def rounded(values: Iterable[Any], digits: int) -> list[float | None]:
    """Return numbers for a chart; nothing where there is no value."""
    return [round(float(v), digits) if np.isfinite(v) else None for v in values]


def picture_address(images: Mapping[str, bytes]) -> str:
    """Return a picture as a `data:` address: as SVG unless that is large.

    Parameters
    ----------
    images : {"png": …, "svg": …}.
    """
    small = len(images["svg"]) <= LARGEST_SVG
    mime, data = ("image/svg+xml", images["svg"]) if small else ("image/png", images["png"])
    return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"


def on_page(pictures: Iterable[Picture]) -> list[dict[str, str]]:
    """Return pictures as templates show them."""
    return [
        {"key": p.key, "title": p.title, "caption": p.caption, "address": picture_address(p.images)} for p in pictures
    ]


def seconds(timings: Mapping[str, float] | None) -> list[tuple[str, str]]:
    """Return what each stage took, in words."""
    return [(str(k), f"{float(v):.2f} s") for k, v in (timings or {}).items()]


def fill_template(name: str, context: Mapping[str, Any], *, styles: Sequence[str], scripts: Sequence[str] = ()) -> str:
    """Return a page with its styles, scripts and, where it has Chinese text, its font inside.

    Parameters
    ----------
    name : file in `templates`.
    context : what the template shows besides `version`, `css`, `scripts`, `script_hashes` and `font`.
    styles, scripts : files of this package.
    """
    texts = [asset(s) for s in scripts]
    own: dict[str, Any] = {
        "version": __version__,
        **context,
        "css": Markup("\n".join(asset(s) for s in styles)),
        "scripts": [Markup(s) for s in texts],
        "script_hashes": " ".join(_csp_hash(s) for s in texts),
        "font": "",
    }
    template = _environment().get_template(name)
    # ECharts carries Chinese words of its own, which no page shows.
    own_text = template.render(own | {"scripts": []})
    return template.render(own | {"font": Markup(font_data_uri(own_text))})


def asset(name: str) -> str:
    """Return a text file of this package."""
    return (HERE / name).read_text(encoding="utf-8")


def _csp_hash(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def needs_font(text: str) -> bool:
    """Return whether a text has Chinese characters."""
    return any(ord(c) >= CJK_FROM and not 0xD800 <= ord(c) < 0xF900 for c in text)


def font_data_uri(text: str) -> str:
    """Return the bundled font, cut to the characters of `text`, as a `data:` address; empty when it needs none."""
    if not needs_font(text):
        return ""
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    options = Options()
    options.notdef_outline = True
    font = TTFont(FONT_FILE, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes={ord(c) for c in text if ord(c) >= CJK_FROM})
    subsetter.subset(font)
    font.flavor = "woff"
    target = io.BytesIO()
    font.save(target)
    return "data:font/woff;base64," + base64.b64encode(target.getvalue()).decode("ascii")
