"""The guard: makes ministack refuse what AWS refuses. A proof on one that lets it through is worth nothing.

`gateway` stands in front of ministack; what has to reach inside is listed in `hooks`, for exactly one version of it.
"""

from pathlib import Path

from rolecall.local.guard.asgi import Application
from rolecall.local.guard.gateway import gateway
from rolecall.local.guard.hooks import install


def guard(application: Application, *, admin_token: str, root_secret: str, journal: Path) -> Application:
    """ministack's application, guarded. LocalAwsError if the installed ministack is not the one the guard knows."""
    install(root_secret=root_secret, journal=journal)
    return gateway(application, admin_token=admin_token)
