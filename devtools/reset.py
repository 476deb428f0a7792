"""`make reset`: forgets the data of the local cloud."""

from devtools import cloud
from devtools.paths import LOCAL
from localconnect.cli.screen import out


def command() -> None:
    """Forget the local data; the environments and the packed functions stay."""
    cloud.reset(LOCAL)
    out.print("The local data is gone; make run starts with fresh seed data.")
