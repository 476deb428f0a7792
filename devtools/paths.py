"""Where things lie in the repository and in the machine's own folder `.local`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP_TEMPLATE = ROOT / "infra" / "app.yaml"
CONNECT_TEMPLATE = ROOT / "infra" / "connect.yaml"

LOCAL = ROOT / ".local"
CLOUD_PYTHON = LOCAL / "cloud" / "bin" / "python"
PACKAGE_CACHE = LOCAL / "package"
