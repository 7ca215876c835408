"""Make the bundled font: the GB2312 part of Noto Sans CJK SC, under a name of its own.

Run `python -m studies.make_font /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc` (Debian: fonts-noto-cjk).
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

from sim.report.style import FONT_FILE

FAMILY = "Arsim Sans SC"
FACE_IN_COLLECTION = "Noto Sans CJK SC"


def wanted_characters() -> set[int]:
    """Code points of GB2312, ASCII, Latin-1 and the marks that figures use."""
    rows = range(0xA1, 0xF8)
    cells = range(0xA1, 0xFF)
    found = {ord(c) for row in rows for cell in cells for c in bytes((row, cell)).decode("gb2312", "ignore")}
    return found | set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | {ord(c) for c in "–—‘’“”…•−≤≥×"}


def rename(font: TTFont) -> None:
    """Give the subset its own family name, so that an installed full font is never taken for it."""
    names = font["name"]
    for record in list(names.names):
        if record.nameID in (1, 4, 16):
            names.setName(FAMILY, record.nameID, record.platformID, record.platEncID, record.langID)
        elif record.nameID in (3, 6):
            names.setName(
                FAMILY.replace(" ", "") + "-Regular", record.nameID, record.platformID, record.platEncID, record.langID
            )
    font["CFF "].cff.fontNames = [FAMILY.replace(" ", "") + "-Regular"]


def main(source: Path, target: Path) -> None:
    """Read the collection, keep the wanted glyphs, write the subset."""
    faces = TTCollection(source).fonts
    font = next(f for f in faces if f["name"].getDebugName(1) == FACE_IN_COLLECTION)
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "GPOS", "GSUB", "GDEF", "BASE"]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted_characters())
    subsetter.subset(font)
    rename(font)
    font.recalcTimestamp = False
    font.save(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), FONT_FILE)
