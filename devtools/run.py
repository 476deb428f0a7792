"""`make run`: brings the line up on this machine and serves the phone page until Ctrl-C."""

import signal
from contextlib import closing, suppress
from types import FrameType

from devtools import cloud, deploy
from devtools.line import brought_up, page_port
from devtools.paths import LOCAL
from localconnect.cli.screen import err, out
from localconnect.cli.serve import server
from localconnect.clock import SystemClock
from localconnect.server import create_app

TRY = """\
  open the address: the phone; type 1 for Mandarin, then 60001234#, the phone password 246810#, and listen
  /agent            the agents' panel: log in, be available, and a caller who asks for an agent rings there
  make call         the same in this terminal (from another window)
  python -m devtools call --from +8613800138000 --keys '1,60001234#,246810#,2,1' --json
  make test-flows   every test case of the flows
  Ctrl-C            ends it; the data stays, make reset forgets it"""


def command() -> None:
    """Bring the line up on this machine, with its data kept, until Ctrl-C."""
    # Set even for SIGINT: a shell that starts this in the background has it ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    port = page_port()
    # Ctrl-C is how this command ends.
    with (
        suppress(KeyboardInterrupt),
        cloud.listen(port) as page,
        brought_up(LOCAL, port + 1) as line,
        closing(line.sink()) as sink,
    ):
        [flow] = [flow for flow in line.instance.flows.values() if flow.name == "brokerline-agent"]
        deploy.tell_of_connect(line.stage, line.instance.arn, flow.arn, f"http://{cloud.HOST}:{port}")
        app = create_app(line.instance, line.functions, SystemClock(), sink)
        # Who comes before the server runs waits in the socket's queue: the line is ready.
        out.print(f"ready http://{cloud.HOST}:{port}\n{TRY}", soft_wrap=True)
        try:
            server(app).run(sockets=[page])
        finally:
            signal.signal(signal.SIGINT, _ignore)
            signal.signal(signal.SIGTERM, _ignore)
            err.print("saving the data and ending")


def _ignore(signum: int, frame: FrameType | None) -> None:
    """The end is near already; a second Ctrl-C must not cut the saving of the data short."""
