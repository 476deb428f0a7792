"""Tasks for the agents of Amazon Connect: contacts that nobody calls in (page "StartTaskContact").

The functions are deployed before the instance: the deploy command leaves what they need of it in a parameter of Systems
Manager, JSON with the ids ``instance`` and ``flow``, which brings a task to its queue, and ``endpoint``, ""
in AWS.
"""

import hashlib
import json
from typing import Any

from chalicelib.platform.clients import parameter
from chalicelib.platform.settings import required


def can_be_made() -> bool:
    """Whether there is an instance yet."""
    return _instance() is not None


def start(name: str, description: str, attributes: dict[str, str], key: str) -> None:
    """Put a task into the queue, once for a key. OSError where it was not taken: start it again."""
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    known = _instance()
    if known is None:
        raise OSError("There is no Amazon Connect to take a task yet.")
    patience = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
    session = botocore.session.get_session()
    connect: Any = session.create_client("connect", endpoint_url=known["endpoint"] or None, config=patience)
    try:
        connect.start_task_contact(
            InstanceId=known["instance"],
            ContactFlowId=known["flow"],
            Name=name,
            Description=description,
            Attributes=attributes,
            ClientToken=hashlib.sha256(key.encode()).hexdigest(),
        )
    except (BotoCoreError, ClientError) as error:
        raise OSError("Amazon Connect took no task: it may be started again.") from error


def _instance() -> dict[str, str] | None:
    name = required("CONNECT_PARAMETER")
    try:
        known: dict[str, str] = json.loads(parameter(name))
    except RuntimeError:
        return None
    return known
