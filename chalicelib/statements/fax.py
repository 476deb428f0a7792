"""A PDF as a fax machine sends it: Group 4 TIFF, 1728 dots wide, 204 by 196 to the inch ("fine"), a page an image.

Source: ITU-T T.4 (line length, resolutions), T.6 (the coding), RFC 3949 (how TIFF names them: profile F).
pdfium draws the very pages of the PDF, so what is faxed is what is mailed; drawing them anew with Pillow would spare
3.5 MB of the archive, and be a second layout to keep true.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

DOTS = 1728
DPI = (204, 196)
INCH = 72.0  # PDF units
FINER = 2  # drawn so much finer than the fax, then averaged: thin strokes keep their weight
DARK = 170  # of 255: a dot that is at least a third ink is black
_NEW_SUBFILE, _PHOTOMETRIC, _PAGE_NUMBER = 254, 262, 297
_MULTI_PAGE, _WHITE_IS_ZERO = 2, 0


def fax_pages(pdf: bytes) -> bytes:
    """The pages of ``pdf`` as one TIFF file. ValueError where ``pdf`` is no PDF, or has no page."""
    import pypdfium2  # type: ignore[import-untyped]

    try:
        source = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise ValueError("These bytes are no PDF: hand over what pdf_of makes.") from error
    try:
        pages = [_page(page) for page in source]
    finally:
        source.close()
    return _tiff(pages)


def page_count(tiff: bytes) -> int:
    """How many pages a fax has."""
    from PIL import Image

    with Image.open(io.BytesIO(tiff)) as fax:
        return int(getattr(fax, "n_frames", 1))


def _page(page: Any) -> Image:
    """One page in black (1) and white (0), its middle in the middle of the fax's width."""
    from PIL import Image

    width, height = (round(size / INCH * dpi) for size, dpi in zip(page.get_size(), DPI, strict=True))
    drawn = page.render(scale=FINER * max(DPI) / INCH, grayscale=True).to_pil()
    dots = drawn.resize((min(width, DOTS), height), Image.Resampling.BOX)
    paper = Image.new("L", (DOTS, height), 255)
    paper.paste(dots, ((DOTS - dots.width) // 2, 0))
    return paper.point([255 * (grey < DARK) for grey in range(256)], "1")


def _tiff(pages: list[Image]) -> bytes:
    file = io.BytesIO()
    tags = {_NEW_SUBFILE: _MULTI_PAGE, _PAGE_NUMBER: (0, 0)}
    settings: dict[str, Any] = {"compression": "group4", "dpi": DPI, "strip_size": DOTS * max(p.height for p in pages)}
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:], tiffinfo=tags, **settings)
    return _amended(bytearray(file.getvalue()), len(pages))


def _amended(tiff: bytearray, pages: int) -> bytes:
    """Number the pages, and say that a dot of 0 is white, as fax has it and as :func:`_page` made them.

    Pillow garbles the first, and says the opposite of the second; asked for it, it turns each dot by itself, at two
    seconds a page.
    """
    order = "<" if tiff[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}I", tiff, 4)
    for number in range(pages):
        (entries,) = struct.unpack_from(f"{order}H", tiff, at)
        for entry in range(at + 2, at + 2 + 12 * entries, 12):
            (tag,) = struct.unpack_from(f"{order}H", tiff, entry)
            if tag == _PHOTOMETRIC:
                struct.pack_into(f"{order}H", tiff, entry + 8, _WHITE_IS_ZERO)
            elif tag == _PAGE_NUMBER:
                struct.pack_into(f"{order}HH", tiff, entry + 8, number, pages)
        (at,) = struct.unpack_from(f"{order}I", tiff, at + 2 + 12 * entries)
    return bytes(tiff)
