"""Stand-ins of services: what is there is left alone, and what cannot be made is told."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall.model import services as model
from rolecall.model.grant import Permissions
from rolecall.model.services import ServiceAccess
from rolecall.verification.service_stand_ins import make_services
from rolecall.verification.services_beside import MAX_VERSION
from tests.made_up_grant import GRANT

REGION, ACCOUNT = "eu-central-1", "111111111111"


class FakeReach:
    """Services whose every reading call ends with one code, or with an answer that fits; notes what is made."""

    def __init__(self, code: str | None, refuses_making: bool = False) -> None:
        self.code, self.refuses_making = code, refuses_making
        self.made: list[tuple[str, dict[str, Any]]] = []

    def client(self, account: str, service: str, region: str) -> Any:
        assert account == ACCOUNT
        return _FakeService(self, region)

    def environment(self, account: str) -> dict[str, str]:
        return {}


class _FakeService:
    def __init__(self, reach: FakeReach, region: str) -> None:
        self._reach, self._region = reach, region

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            if operation.startswith(("create", "put")):
                if self._reach.refuses_making:
                    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)
                self._reach.made.append((operation, {**request, "region": self._region}))
                return {}
            if self._reach.code is not None:
                raise ClientError({"Error": {"Code": self._reach.code, "Message": "none"}}, operation)
            return {"Attributes": {"QueueArn": "", "TopicArn": ""}, "logStreams": [], "LocationConstraint": None}

        return call


def making(reach: FakeReach, *services: ServiceAccess) -> list[str]:
    """What is said while the stand-ins of a role are made."""
    said: list[str] = []
    grant = replace(GRANT, permissions=Permissions(services=services))
    make_services(reach, [grant, replace(grant, project="q")], said.append)
    return said


QUEUES = model.SqsAccess(queues=["orders", "invoices.fifo"])


def test_what_is_there_is_left_alone() -> None:
    reach = FakeReach(None)
    assert making(reach, QUEUES, model.CloudWatchAccess(log_groups=["/app/billing"])) == []
    assert reach.made == []


def test_what_is_not_there_is_made_once_with_what_its_name_asks_for() -> None:
    reach = FakeReach("AWS.SimpleQueueService.NonExistentQueue")
    assert making(reach, QUEUES) == []
    assert sorted((made["QueueName"], made["region"], made["Attributes"]) for _, made in reach.made) == [
        ("invoices-beside.fifo", REGION, {"FifoQueue": "true"}),
        ("invoices.fifo", REGION, {"FifoQueue": "true"}),
        ("invoices.fifo", "eu-west-1", {"FifoQueue": "true"}),
        ("orders", REGION, {}),
        ("orders-beside", REGION, {}),
    ]


@pytest.mark.parametrize(
    ("region", "where"), [(REGION, {"CreateBucketConfiguration": {"LocationConstraint": REGION}}), ("us-east-1", {})]
)
def test_a_bucket_is_made_in_its_region_with_an_empty_object_to_look_for(region: str, where: dict[str, Any]) -> None:
    reach = FakeReach("NoSuchBucket")
    grant = replace(
        GRANT,
        region=region,
        permissions=Permissions(services=(model.S3Access(buckets=["exports"], prefixes=["billing/"]),)),
    )
    make_services(reach, [grant], print)
    assert ("create_bucket", {"Bucket": "exports", "region": region, **where}) in reach.made
    objects = {(made["Bucket"], made["Key"], made["Body"]) for name, made in reach.made if name == "put_object"}
    assert ("exports", "billing/rolecall-stand-in", b"") in objects
    assert ("exports", "billing-beside/rolecall-stand-in", b"") in objects


def test_what_cannot_be_made_is_told_and_the_rest_is_tried() -> None:
    said = making(FakeReach("AWS.SimpleQueueService.NonExistentQueue", refuses_making=True), QUEUES)
    assert said[0].endswith("could not be made as a stand-in: AccessDenied")
    assert len(said) == 5


def test_a_reading_that_fails_makes_nothing() -> None:
    reach = FakeReach("InternalError")
    assert "could not be made as a stand-in: InternalError" in making(reach, QUEUES)[0]
    assert reach.made == []


class _Versions:
    """A function without versions, which gets a new one only after a change, as AWS has it."""

    def __init__(self) -> None:
        self.published, self.is_changed = 0, True
        self.exceptions = type("E", (), {"NoSuchEntityException": KeyError})

    def client(self, *_: str) -> Any:
        return self

    def environment(self, _: str) -> dict[str, str]:
        return {}

    def get_role(self, **_: str) -> dict[str, Any]:
        return {"Role": {"Arn": "arn:aws:iam::111111111111:role/r"}}

    def create_function(self, **_: Any) -> None:
        self.is_changed = True

    create_alias = update_function_configuration = create_function

    def publish_version(self, **_: str) -> dict[str, str]:
        self.published += self.is_changed
        self.is_changed = False
        return {"Version": str(self.published)}

    def invoke(self, **_: Any) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "none"}}, "Invoke")


@pytest.mark.parametrize(("version", "published"), [(12, 12), (MAX_VERSION + 1, 0)])
def test_a_function_gets_as_many_versions_as_the_estate_names_unless_those_are_too_many(
    version: int, published: int
) -> None:
    said: list[str] = []
    fake = _Versions()
    grant = replace(GRANT, permissions=Permissions(services=(model.LambdaAccess(functions=[f"score:{version}"]),)))
    make_services(fake, [grant], said.append)
    assert said == []
    # In the role's region and in the one beside it: the fake is both. An alias beside it gets a version too.
    assert published <= fake.published <= published + 2
