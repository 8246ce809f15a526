"""A grant of nothing: tests replace what they are about."""

from rolecall.model.grant import Grant, Permissions
from rolecall.model.trust import Trust

GRANT = Grant(
    estate="acme",
    workspace="w",
    project="p",
    vendor="v",
    account="111111111111",
    region="eu-central-1",
    role_name="r",
    trust=Trust(("arn:aws:iam::353360065216:root",), ("an-id",)),
    permissions=Permissions(),
)
