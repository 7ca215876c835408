"""The Chinese font inside a page: only the characters that the page uses."""

from __future__ import annotations

import base64
import io

from sim.report.style import FONT_FILE

CJK_FROM = 0x2E80


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
