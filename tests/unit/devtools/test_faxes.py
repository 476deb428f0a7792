"""What the embedded fax machine has printed, as pictures."""

import io
from pathlib import Path

from PIL import Image

from devtools.faxes import fetch
from devtools.stage import Stage


def fax(*heights: int) -> bytes:
    """A fax of white pages, each with a black line at its top."""
    pages = [Image.new("1", (1728, height), 1) for height in heights]
    for page in pages:
        page.paste(0, (0, 0, 1728, 20))
    file = io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(204, 196))
    return file.getvalue()


def test_every_page_of_every_fax_is_a_picture_and_nothing_else_is(stage: Stage, tmp_path: Path) -> None:
    stage.s3.create_bucket(Bucket="faxes", CreateBucketConfiguration={"LocationConstraint": stage.region})  # type: ignore[typeddict-item]
    for key, body in {"fax/a.1.tiff": fax(1960, 980), "fax/b.2.tiff": fax(1960), "fax/a.json": b"{}"}.items():
        stage.s3.put_object(Bucket="faxes", Key=key, Body=body)
    pages = fetch(stage, "faxes", tmp_path)
    assert {page.name for page in pages} == {"a.1-1.png", "a.1-2.png", "b.2-1.png"}
    with Image.open(tmp_path / "a.1-2.png") as page:
        assert page.size == (1728, 1020)  # square dots
        assert (page.getpixel((900, 5)), page.getpixel((900, 500))) == (0, 255)


def test_an_empty_tray_has_no_pages(stage: Stage, tmp_path: Path) -> None:
    stage.s3.create_bucket(Bucket="faxes", CreateBucketConfiguration={"LocationConstraint": stage.region})  # type: ignore[typeddict-item]
    assert fetch(stage, "faxes", tmp_path) == []
