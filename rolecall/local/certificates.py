"""TLS on loopback: a certificate authority of our own, made anew for every launch and forgotten at once.

Plain HTTP would be simpler, but the bucket that `cdk bootstrap` makes denies requests without TLS, and ministack
enforces that.
"""

from rolecall.local.state import StateDir

HOST = "127.0.0.1"
"""The name clients call: an address, not "localhost". So every SDK addresses S3 buckets by path, no name such as
bucket.localhost has to resolve, and Node does not try the IPv6 loopback first."""


def endpoint_url(port: int) -> str:
    """Where the server listens."""
    return f"https://{HOST}:{port}"


def issue(state: StateDir) -> None:
    """Write the CA certificate and the server's certificate with its key; the CA's own key never reaches the disk."""
    import trustme  # noqa: PLC0415 -- only a start needs it

    authority = trustme.CA(organization_name="Rolecall embedded AWS")
    server = authority.issue_cert(HOST, "localhost")
    state.write_private(state.ca_bundle, authority.cert_pem.bytes().decode())
    state.write_private(state.server_certificate, server.private_key_and_cert_chain_pem.bytes().decode())
