"""A boto3 session that reaches the embedded AWS and nothing else.

Imported only where one is made: boto3 takes a quarter of a second.
"""

import os
from typing import Any

import boto3
from botocore.config import Config
from botocore.session import Session

from rolecall.local.callers import AccessKey
from rolecall.local.certificates import endpoint_url
from rolecall.local.state import StateDir

DIRECT = Config(proxies={}, use_fips_endpoint=False, use_dualstack_endpoint=False)
"""Straight to the endpoint."""


class BoundSession(boto3.Session):
    """Takes no profile, endpoint, CA or proxy from the environment or from the user's own AWS files.

    Otherwise an AWS_ENDPOINT_URL or HTTPS_PROXY in the user's shell would send the calls elsewhere.
    """

    def __init__(self, state: StateDir, port: int, region: str, key: AccessKey, token: str = "") -> None:
        # A session variable is (name in the file, name in the environment, default, conversion).
        session = Session(
            session_vars={
                "profile": (None, None, None, None),
                "config_file": (None, None, os.devnull, None),
                "credentials_file": (None, None, os.devnull, None),
            }
        )
        session.set_credentials(key.access_key_id, key.secret_access_key, token or None)
        super().__init__(botocore_session=session, region_name=region)
        self._bound = {"endpoint_url": endpoint_url(port), "verify": str(state.ca_bundle)}

    def client(self, service_name: str, *args: Any, **kwargs: Any) -> Any:
        """A client bound to the embedded AWS, whatever else is asked for."""
        client: Any = super().client  # the stubs know services by literal names only
        kwargs["config"] = kwargs.get("config", DIRECT).merge(DIRECT)
        return client(service_name, *args, **{**kwargs, **self._bound})
