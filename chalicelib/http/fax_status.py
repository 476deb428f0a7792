"""POST /fax/status: where a fax carrier tells what became of a fax (its contract is at the top of http_fax.py).

No person calls, so the people's authoriser does not stand before it. Two things do: a bearer token, which an authoriser
of this route's own looks at, so that strangers never reach the handler; and the signature over time and body, which the
handler verifies, so that news are the carrier's and neither old nor changed. The signature's path is /fax/status,
whatever the stage of the API adds to it. Both secrets are in SSM, each as words: the new one and, for a while, the old.

Answers, JSON: 200 {}; 400 bad_status; 401 unsigned; 404 unknown_fax; 503 busy. The same news may come again.
"""

from typing import TYPE_CHECKING

from chalice.app import AuthResponse, AuthRoute, Blueprint, Response

if TYPE_CHECKING:
    from chalice.app import AuthRequest

PATH = "/fax/status"

fax = Blueprint(__name__)


@fax.authorizer(name="fax_authoriser", ttl_seconds=300)
def fax_authoriser(request: "AuthRequest") -> AuthResponse:
    """Lets through whoever has the token that the carrier was given."""
    import hmac

    from chalicelib.platform.clients import parameter
    from chalicelib.platform.settings import required

    given = request.token.removeprefix("Bearer ").encode()
    known = parameter(required("FAX_WEBHOOK_TOKEN_PARAMETER")).split()
    right = any(hmac.compare_digest(token.encode(), given) for token in known)
    routes: list[str | AuthRoute] = [AuthRoute(PATH, ["POST"])] if right else []
    return AuthResponse(routes, principal_id="fax-carrier" if right else "nobody")


@fax.route(PATH, methods=["POST"], authorizer=fax_authoriser, content_types=["*/*"])
def fax_status() -> Response:
    """Take down a status."""
    from chalicelib.platform.clients import parameter
    from chalicelib.platform.clock import now
    from chalicelib.platform.log import logger
    from chalicelib.platform.settings import required
    from chalicelib.statements.delivering import hear
    from chalicelib.statements.http_fax import Webhook
    from chalicelib.statements.signing import Unsigned

    request, at = fax.current_request, now()
    secrets = [secret.encode() for secret in parameter(required("FAX_WEBHOOK_SECRET_PARAMETER")).split()]
    body = request.raw_body if isinstance(request.raw_body, bytes) else request.raw_body.encode()
    try:
        status = Webhook(PATH, secrets).hear(dict(request.headers.items()), body, at)
        hear(status, at)
    except Unsigned as error:
        return _problem(401, "unsigned", error)
    except LookupError as error:
        return _problem(404, "unknown_fax", error)
    except ValueError as error:
        return _problem(400, "bad_status", error)
    except Exception as error:
        logger.error("failed", kind=type(error).__name__)
        return _problem(503, "busy", OSError("It could not be taken down: send it again."))
    return Response({}, {"Content-Type": "application/json"}, 200)


def _problem(status: int, code: str, error: Exception) -> Response:
    headers: dict[str, str | list[str]] = {"Content-Type": "application/problem+json"}
    if status == 503:
        headers["Retry-After"] = "1"
    return Response({"status": status, "code": code, "message": str(error)}, headers, status)
