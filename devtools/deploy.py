"""Brings a stage to what the repository says: secrets, the application's stack and, in AWS, those of Connect.

The local cloud is just the stage `local`: the same steps with another endpoint. It has no Amazon Connect; there
localconnect reads infra/connect.yaml in its stead.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
import yaml

from devtools import case_stacks, package, secrets, stacks
from devtools.paths import CONNECT_TEMPLATE
from devtools.problem import Problem
from devtools.stage import DEFAULT_REGION, Stage
from localconnect import template
from localconnect.cli.screen import err, out, step, table

OUTPUTS_FOR_CONNECT = ("IvrFunctionArn", "RecordingsBucket", "ContactRecordsStreamArn", "AgentEventsStreamArn")
"""Of the application's stack; parameters of infra/connect.yaml by the same names."""
LARGEST_TEMPLATE = 1_000_000
"""Bytes (CloudFormation quotas, "Template body size in an S3 object")."""

Agree = Callable[[list[stacks.Change]], bool]


def deploy(stage: Stage, *, agree: Agree) -> dict[str, str]:
    """Deploy everything of a stage and return the outputs of its application stack. Raises Problem."""
    stage.check_region()
    _ = stage.account  # without credentials it ends here, before anything is packed
    with step(f"packing the functions for {stage.name}"):
        packed = package.build(for_this_machine=stage.is_local)
    with step(f"uploading to {stage.bucket}"):
        url = package.upload(stage, packed)
    input_key = secrets.ensure(stage.ssm, stage.name)
    outputs = _apply(stage, stage.stack, url, {"Stage": stage.name} | counter_parameters(stage), agree)
    if not stage.is_local:
        _deploy_connect(stage, outputs, input_key, agree)
    return outputs


def counter_parameters(stage: Stage) -> dict[str, str]:
    """The template's parameters for the firm's own counter, if its address is in SSM (docs/counter.md)."""
    try:
        name = f"/brokerline/{stage.name}/counter/url"
        return {"Counter": "http", "CounterUrl": stage.ssm.get_parameter(Name=name)["Parameter"]["Value"]}
    except stage.ssm.exceptions.ParameterNotFound:
        return {}


def _deploy_connect(stage: Stage, outputs: dict[str, str], input_key: secrets.InputKey, agree: Agree) -> None:
    stack, whole = f"{stage.stack}-connect", connect_template()
    url = package.upload_template(stage, template_text(without_cases(whole)))
    made = _apply(stage, stack, url, connect_parameters(stage, outputs, input_key), agree)
    tell_of_connect(stage, made["InstanceArn"], made["AgentFlowArn"])
    for service, cases in case_stacks.case_templates(whole).items():
        url = package.upload_template(stage, template_text(cases))
        parameters = case_stacks.case_parameters(cases, made, outputs["IvrFunctionArn"])
        _apply(stage, f"{stack}-tests-{service}", url, parameters, agree)


def tell_of_connect(stage: Stage, instance_arn: str, flow_arn: str, endpoint: str = "") -> None:
    """Leave for the functions where their tasks go (chalicelib/notifications/tasks.py): they are deployed first."""
    ids = {"instance": instance_arn.rpartition("/")[2], "flow": flow_arn.rpartition("/")[2]}
    value = json.dumps(ids | {"endpoint": endpoint})
    stage.ssm.put_parameter(Name=f"/brokerline/{stage.name}/connect", Value=value, Type="String", Overwrite=True)


def connect_template(path: Path = CONNECT_TEMPLATE) -> template.Template:
    """infra/connect.yaml with the content of its flows and test cases in it, without their white space."""
    whole = template.inline_content(template.load(path), path.parent)
    for resource in whole["Resources"].values():
        content = resource.get("Properties", {}).get("Content", {})
        if "Fn::Sub" in content:
            content["Fn::Sub"] = json.dumps(json.loads(content["Fn::Sub"]), ensure_ascii=False, separators=(",", ":"))
    return whole


def without_cases(whole: template.Template) -> template.Template:
    """The template but for its test cases, which are stacks of their own: :mod:`devtools.case_stacks`."""
    resources = {name: it for name, it in whole["Resources"].items() if not case_stacks.is_case(it)}
    return whole | {"Resources": resources}


def template_text(written: template.Template) -> str:
    """The template as CloudFormation takes it. Raises Problem where it has more than a megabyte."""
    text = yaml.dump(written, Dumper=_Plain, allow_unicode=True, width=LARGEST_TEMPLATE)
    if len(text.encode()) > LARGEST_TEMPLATE:
        raise Problem(
            f"A template has more than {LARGEST_TEMPLATE:,} bytes ({written.get('Description', '')}): split its stack."
        )
    return text


class _Plain(yaml.SafeDumper):
    """Says everything where it stands: CloudFormation knows no YAML aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def connect_parameters(stage: Stage, outputs: dict[str, str], input_key: secrets.InputKey) -> dict[str, str]:
    """The parameters of infra/connect.yaml. The certificate stands inside a JSON string of a flow, so its line ends
    are escaped; the public key goes to AWS::Connect::SecurityKey as it is."""
    return {
        "Stage": stage.name,
        **{name: outputs[name] for name in OUTPUTS_FOR_CONNECT},
        "InputCertificate": input_key.certificate.replace("\n", "\\n"),
        "InputPublicKey": input_key.public_key,
    }


def command(
    stage: Annotated[str, typer.Option(help="The stage to deploy, as in prod.")],
    region: Annotated[str, typer.Option(help="A region that offers Amazon Connect.")] = DEFAULT_REGION,
    yes: Annotated[bool, typer.Option("--yes", help="Apply the changes without asking.")] = False,
    endpoint: Annotated[str | None, typer.Option(help="The URL of a local cloud to deploy to in place of AWS.")] = None,
) -> None:
    """Pack, upload, show the changes, ask, apply them, print the outputs."""

    def agree(changes: list[stacks.Change]) -> bool:
        show_changes(changes)
        return yes or typer.confirm("Apply these changes?")

    outputs = deploy(Stage(stage, region, endpoint), agree=agree)
    out.print(table(f"Outputs of brokerline-{stage}", ("name", "value"), sorted(outputs.items())))


def show_changes(changes: list[stacks.Change]) -> None:
    rows = [(change.action, change.logical_id, change.type, change.replacement) for change in changes]
    out.print(table("Changes", ("action", "resource", "type", "replacement"), rows))


def _apply(stage: Stage, stack: str, url: str, parameters: dict[str, str], agree: Agree) -> dict[str, str]:
    asked = False

    def remember(changes: list[stacks.Change]) -> bool:
        nonlocal asked
        asked = True
        return agree(changes)

    outputs = stacks.apply(
        stage.cloudformation,
        stack,
        url,
        parameters,
        agree=remember,
        on_event=_show_event,
        seconds_between_looks=0.1 if stage.is_local else 2.0,
    )
    err.print(f"[green]✓[/] {stack}: {'deployed' if asked else 'nothing to change'}")
    return outputs


def _show_event(event: stacks.Event) -> None:
    if event.status.endswith(("COMPLETE", "FAILED")):
        colour = "red" if event.status.endswith("FAILED") else "dim"
        err.print(f"  [{colour}]{event.status:<16}[/] {event.logical_id} [dim]{event.type}[/]")
