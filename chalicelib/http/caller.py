"""Who asks, by the claims of their token, and what they may act on. Pure.

A token is an ID token of the stage's user pool, checked by API Gateway before the function is called. The attribute
custom:account_id is set when the user is made and never changed; nobody can make themselves a user.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

BRANCH, AGENT = "branch", "agent"


class Caller(NamedTuple):
    """A person: ``subject`` is theirs for ever; ``account_id`` their own account ("" for none); ``name`` is what they
    sign in with. ``branch`` and ``agent``: whether they are of the branch, or handle tickets."""

    subject: str
    account_id: str
    branch: bool
    agent: bool = False
    name: str = ""

    @property
    def staff(self) -> bool:
        """Whether they may see every ticket."""
        return self.branch or self.agent


def read_claims(claims: Mapping[str, str]) -> Caller | None:
    """The person of a token's claims, which API Gateway gives as text: groups as "[one two]" or "one,two".

    None where it is no ID token: an access token does not say whose account it is.
    """
    if claims.get("token_use") != "id" or not claims.get("sub"):
        return None
    groups = re.split(r"[\s,\[\]]+", claims.get("cognito:groups", ""))
    name = claims.get("cognito:username", "")
    return Caller(claims["sub"], claims.get("custom:account_id", ""), BRANCH in groups, AGENT in groups, name)


def may_act(caller: Caller, account_id: str) -> bool:
    """Whether they may see and move this account: their own, or any of them at the branch."""
    return caller.branch or (bool(account_id) and caller.account_id == account_id)
