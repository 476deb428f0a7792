"""What the person at the keyboard is told when something can't be done: one sentence, no traceback."""

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ProfileNotFound

from localconnect.cli import problem
from localconnect.cli.problem import Problem

__all__ = ["Problem", "explain"]


def explain(error: Exception) -> str:
    """The sentence for an error of this project or of the AWS SDK; any other error is raised again."""
    match error:
        case NoCredentialsError():
            return "No AWS credentials were found: run `aws configure`, or set AWS_PROFILE."
        case ProfileNotFound():
            return f"{error}: set AWS_PROFILE to one of the profiles in ~/.aws/config."
        case ClientError():
            details = error.response.get("Error", {})
            return f"AWS refused {error.operation_name}: {details.get('Message') or details.get('Code')}"
        case BotoCoreError():
            return f"AWS could not be asked: {error}"
        case _:
            return problem.explain(error)
