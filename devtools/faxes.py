"""`python -m devtools faxes`: the pages that the running line's embedded fax machine has printed, as pictures."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image, ImageSequence

from devtools.line import attach
from devtools.paths import LOCAL
from devtools.problem import Problem
from devtools.stage import Stage
from localconnect.cli.screen import out

TRAY = LOCAL / "faxes"
TIFF = ".tiff"
# A fax has 204 dots an inch across and 196 down.
DPI = (204, 196)


def command(folder: Annotated[Path, typer.Option(help="Where the pictures go.")] = TRAY) -> None:
    """Fetch the faxes of the running line, and print the name of each page's picture."""
    line = attach()
    pages = fetch(line.stage, line.outputs["FaxesBucket"], folder)
    if not pages:
        raise Problem("No fax has been sent: ask for a statement by fax (4 in the main menu), and wait a moment.")
    for page in pages:
        out.print(str(page), soft_wrap=True)


def fetch(stage: Stage, bucket: str, folder: Path) -> list[Path]:
    """The pages of every fax in the bucket as PNG files, the latest fax last."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = stage.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    faxes = [item for page in listed for item in page.get("Contents", []) if item["Key"].endswith(TIFF)]
    return [
        page
        for fax in sorted(faxes, key=lambda item: item["LastModified"])
        for page in draw(
            stage.s3.get_object(Bucket=bucket, Key=fax["Key"])["Body"].read(), folder / Path(fax["Key"]).stem
        )
    ]


def draw(tiff: bytes, name: Path) -> list[Path]:
    """A picture for each page: name-1.png and so on, with square dots."""
    pictures = []
    with Image.open(io.BytesIO(tiff)) as fax:
        for number, page in enumerate(ImageSequence.Iterator(fax), 1):
            picture = name.with_name(f"{name.name}-{number}.png")
            height = round(page.height * DPI[0] / DPI[1])
            page.convert("L").resize((page.width, height)).save(picture)
            pictures.append(picture)
    return pictures
