"""`python -m devtools token --as NAME`: the ID token of somebody who may call the API of the running line."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from devtools.line import attach
from devtools.problem import Problem
from devtools.stage import Stage
from localconnect.cli.screen import err

STAFF = ("agent", "branch")  # users of those names, each in the group of that name


def command(
    who: Annotated[str, typer.Option("--as", help="A customer of devtools/seed.json, agent, or branch.")],
) -> None:
    """Print a token of a customer, an agent or the branch; the API's address goes to standard error."""
    line = attach()
    err.print(f"the API: {address(line.stage, line.outputs)}", soft_wrap=True)
    print(token(line.stage, line.outputs, who))


def address(stage: Stage, outputs: dict[str, str]) -> str:
    """Where the stage's API answers, without a slash at its end."""
    if stage.endpoint:  # a name under execute-api would have to be known to this machine
        return f"{stage.endpoint}/_aws/execute-api/{outputs['RestAPIId']}/api"
    return outputs["EndpointURL"].rstrip("/")


def token(stage: Stage, outputs: dict[str, str], who: str) -> str:
    """The ID token of a customer, an agent, or somebody at the branch, who is made a user first. Raises Problem.

    Their password is another one each time, and known to nobody afterwards.
    """
    logins = json.loads(Path(__file__).with_name("seed.json").read_text("utf-8"))["logins"]
    if who not in STAFF and who not in logins:
        raise Problem(f"There is no {who!r} in devtools/seed.json: take one of {', '.join([*logins, *STAFF])}.")
    pool, password = outputs["UserPoolId"], secrets.token_urlsafe(24) + "aA1!"
    _make(stage, pool, who, logins.get(who))
    stage.cognito.admin_set_user_password(UserPoolId=pool, Username=who, Password=password, Permanent=True)
    signed_in = stage.cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=outputs["UserPoolClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": who, "PASSWORD": password},
    )
    return str(signed_in["AuthenticationResult"]["IdToken"])


def _make(stage: Stage, pool: str, who: str, account_id: str | None) -> None:
    attributes = [{"Name": "custom:account_id", "Value": account_id}] if account_id else []
    with suppress(stage.cognito.exceptions.UsernameExistsException):
        stage.cognito.admin_create_user(
            UserPoolId=pool, Username=who, UserAttributes=attributes, MessageAction="SUPPRESS"
        )
    if who in STAFF:
        stage.cognito.admin_add_user_to_group(UserPoolId=pool, Username=who, GroupName=who)
