"""Each function has a role of its own, which may do what it needs and nothing else."""

import json
from pathlib import Path
from typing import Any

from app import app

CHALICE = Path(__file__).parents[3] / ".chalice"


def policies() -> dict[str, list[dict[str, Any]]]:
    """The statements of each function's policy, by function."""
    stages = json.loads((CHALICE / "config.json").read_text("utf-8"))["stages"]
    files = {name: config["iam_policy_file"] for name, config in stages["dev"]["lambda_functions"].items()}
    assert len(set(files.values())) == len(files)
    return {name: json.loads((CHALICE / file).read_text("utf-8"))["Statement"] for name, file in files.items()}


def test_every_function_has_a_policy_of_its_own() -> None:
    assert policies().keys() == {function.name for function in app.pure_lambda_functions} | {
        "api_handler",
        "fax_authoriser",
    }


# What has no ARN of its own. A phone number has none: no topic, then. The local cloud knows no ARN of an e-mail; AWS
# looks at who it comes from.
WITHOUT_ARN = {
    "sns:Publish": {"NotResource": "arn:aws:sns:*:*:*"},
    "ses:SendEmail": {
        "Resource": "*",
        "Condition": {"StringEqualsIfExists": {"ses:FromAddress": {"Fn::Sub": "service@${MailDomain}"}}},
    },
}


# The streams of a log group are all the function's own, and so is what is under a name in a bucket or in a group of
# schedules. The local cloud takes every schedule for one of the default group. The instance of Amazon Connect is made
# after the functions.
OWN = (
    ":instance/*",
    *("${Faxes.Arn}/fax/*", "${Letters.Arn}/letters/*", "${TicketFiles.Arn}/*"),
    *(f"${{Recordings.Arn}}/{under}/*" for under in ("recordings", "voicemail", "Analysis/Voice")),
    *(f"${{IncomingMail.Arn}}/{under}/*" for under in ("incoming", "read", "automatic", "refused", "unreadable")),
    "transcription-job/voicemail.*",
    *("schedule/${TicketSchedules}/*", "schedule/default/*"),
)


def test_no_action_and_no_resource_is_a_wildcard() -> None:
    for name, statements in policies().items():
        for statement in statements:
            assert not any("*" in action for action in statement["Action"])
            if statement["Action"][0] in WITHOUT_ARN:
                [action] = statement["Action"]
                assert statement.items() >= WITHOUT_ARN[action].items()
                continue
            resources = json.dumps(statement["Resource"])
            for own in (f"log-group:/brokerline/${{Stage}}/{name}:*", *OWN):
                resources = resources.replace(own, "")
            assert "*" not in resources
