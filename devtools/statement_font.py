"""Makes the font that statements carry: Noto Sans CJK SC, cut down to the characters a statement can need.

    python -m devtools.statement_font /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

The source is Debian's package fonts-noto-cjk (SIL Open Font Licence 1.1, see chalicelib/statements/fonts/OFL.txt). The
cut has ASCII, all of GB 2312 (its 6,763 characters are nearly all of simplified Chinese), level 1 of Big5 (5,401, the
traditional ones in daily use), those of Cantonese, and characters of given names that neither set has. It is the
mainland's form of every character, in traditional text too: one face is half the size of two.

Its outlines become TrueType's quadratic ones: a PDF then maps codes to glyphs as every reader expects (Identity-H),
while the map that Noto's CID-keyed outlines need is not followed by all programs that search or copy text.
"""

import sys
from pathlib import Path
from typing import Any

from devtools.paths import ROOT

TARGET = ROOT / "chalicelib" / "statements" / "fonts" / "statement.ttf"
FACE = 2  # "Noto Sans CJK SC" in the collection
MAX_ERROR = 2.0  # how far a quadratic outline may lie from the cubic one, in thousandths of the character's size
CANTONESE = "冇嘅咗啲喺嚟唔佢哋咁嗰睇俾畀揾攞瞓嘢乜噉冚喎啱係吓諗埋"
GIVEN_NAMES = "喆堃昇珺昉玥祎婧曈曌赟瑄珅暐煊烨焜钰锟鑫璟琰琬珣珩旻旸昕晞晟昱玮翀翊翾祺禛羿芃苡菡闫郤镕頔骞龑犇甯璠"
PUNCTUATION = "，。、；：！？（）《》“”‘’—…·￥¥〓－～％＋①②③④⑤"


def characters() -> str:
    """Every character of the cut, once, in code order."""
    wanted = {*map(chr, range(0x20, 0x7F)), *CANTONESE, *GIVEN_NAMES, *PUNCTUATION}
    wanted |= _of("gb2312", range(0xB0, 0xF8), range(0xA1, 0xFF))
    wanted |= _of("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)])
    return "".join(sorted(wanted))


def _of(codec: str, leads: range, trails: range | list[int]) -> set[str]:
    decoded = (bytes((lead, trail)).decode(codec, "ignore") for lead in leads for trail in trails)
    return {character for character in decoded if len(character) == 1}


def cut(source: Path, target: Path = TARGET) -> None:
    """Write the cut of the collection ``source``; the same source and fonttools give the same bytes."""
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GSUB", "GPOS", "GDEF", "DSIG"]
    font = TTFont(source, fontNumber=FACE, lazy=True, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters())
    cutter.subset(font)
    _to_truetype(font)
    font.save(target)


def _to_truetype(font: Any) -> None:
    """Replace cubic outlines (CFF) by quadratic ones (glyf), as fonttools' example otf2ttf does."""
    from fontTools.pens.cu2quPen import Cu2QuPen  # type: ignore[import-untyped]
    from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
    from fontTools.ttLib import newTable

    outlines, order = font.getGlyphSet(), font.getGlyphOrder()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    del font["CFF "]
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    for name, (advance, _) in font["hmtx"].metrics.items():
        glyphs[name].recalcBounds(font["glyf"])
        font["hmtx"][name] = advance, getattr(glyphs[name], "xMin", 0)
    limits = font["maxp"]
    limits.tableVersion = 0x00010000
    unused = ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements")
    for limit in (*unused, "maxSizeOfInstructions"):
        setattr(limits, limit, 0)
    limits.maxZones = 1
    limits.maxComponentElements = 0
    limits.compile(font)
    font["post"].formatType = 3.0
    font.sfntVersion = "\000\001\000\000"


if __name__ == "__main__":
    cut(Path(sys.argv[1]))
