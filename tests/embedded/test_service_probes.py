"""What roles can do with services, asked of deployed roles: each fault is planted, found under its name, taken out."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import pytest

from rolecall import local
from rolecall.commands import local as local_command
from rolecall.commands.verify import verify
from rolecall.estate import sound
from rolecall.model.grant import Grant
from rolecall.verification.wish import Wish
from tests.embedded.live_policies import by_sid, inline
from tests.embedded.world import ACCOUNT, World

ESTATE = f"""
schema: 1
estate: services
defaults: {{account: "{ACCOUNT}", region: eu-central-1, role_path: /vendors/}}
"""
WORKSPACE = """
workspace: svc
vendor: workato
workspace_id: "777"
data_center: us
external_id_scope: project
projects:
  - project: all
    project_id: "1"
    services:
      sqs: {queues: [orders, invoices.fifo]}
      sns: {topics: [alerts]}
      s3: {buckets: [acme-exports], prefixes: [billing/], access: read-write}
      lambda: {functions: [enrich, "rate:live", "score:3"]}
      ses: {identities: [billing.example.com]}
      cloudwatch: {log_groups: [/app/billing]}
  - project: other
    project_id: "2"
    services:
      sqs: {queues: [payroll], actions: [send]}
"""
FAR = """
workspace: far
vendor: workato
workspace_id: "778"
trusted_account: "353360065216"
region: cn-north-1
account: "222222222222"
projects:
  - project: orders
    project_id: "1"
    services:
      sqs: {queues: [orders]}
"""
ARN = f"arn:aws:%s:eu-central-1:{ACCOUNT}:%s"
OBJECT = "billing/name-that-must-not-leak-83fd"
Plant = Callable[[World, Grant], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An estate of its own, deployed, with all its stand-ins and an object that is nobody's business."""
    folder = tmp_path_factory.mktemp("services")
    (folder / "estate.yaml").write_text(ESTATE)
    (folder / "workspaces").mkdir()
    (folder / "workspaces" / "svc.yaml").write_text(WORKSPACE)
    (folder / "workspaces" / "far.yaml").write_text(FAR)
    with local.running(local_command.state_dir(folder), local_command.callers_of(sound(folder))) as aws:
        world = World(folder, aws)
        ended = world.rolecall("deploy", "--target", "local")
        assert ended.returncode == 0, ended.stderr
        assert "1 role of aws-cn left out (far/orders)" in ended.stderr
        assert verified(world, "svc")
        aws.client(ACCOUNT, "s3").put_object(Bucket="acme-exports", Key=OBJECT, Body=b"x")
        yield world


@pytest.fixture(scope="module")
def sound_role(services: World) -> dict[str, Any]:
    """The role as it was deployed, asked once for several tests."""
    return role(services)


def verified(world: World, selector: str) -> list[dict[str, Any]]:
    """What `verify` says of roles, asked in this process; nothing may be said on the way."""
    said: list[str] = []
    wish = Wish(target="local", output="json")
    answer = verify(world.folder, [selector], wish, said.append, lambda results, _: results)
    assert said == []
    roles: list[dict[str, Any]] = json.loads(answer.text)["roles"]
    return roles


def role(world: World) -> dict[str, Any]:
    (found,) = verified(world, "svc/all")
    return found


def grant(world: World) -> Grant:
    return next(grant for grant in sound(world.folder).grants if grant.project == "all")


def wrong(of: dict[str, Any]) -> list[str]:
    """The questions about services that had the wrong answer."""
    return [
        p["asked"] for p in of["probes"] if p["observed"] in ("allowed", "denied") and p["observed"] != p["expected"]
    ]


def asked(of: dict[str, Any], kind: str, observed: str) -> list[str]:
    return [probe["asked"] for probe in of["probes"] if (probe["kind"], probe["observed"]) == (kind, observed)]


def test_a_sound_role_uses_what_it_was_granted_and_nothing_beside_or_elsewhere(sound_role: dict[str, Any]) -> None:
    found = sound_role
    assert (found["verdict"], found["evidence"]) == ("verified", ["template", "live", "assumed"])
    assert asked(found, "service_in_scope", "allowed") == [
        "lambda:InvokeFunction on enrich in eu-central-1",
        "lambda:InvokeFunction on rate:live in eu-central-1",
        "lambda:InvokeFunction on score:3 in eu-central-1",
        "lambda:ListFunctions in eu-central-1",
        "logs:DescribeLogStreams on /app/billing in eu-central-1",
        "s3:GetBucketLocation on acme-exports in eu-central-1",
        "s3:GetObject on acme-exports/billing/rolecall-stand-in in eu-central-1",
        "s3:ListAllMyBuckets in eu-central-1",
        "s3:ListBucket on acme-exports below billing/ in eu-central-1",
        "sqs:GetQueueAttributes on invoices.fifo in eu-central-1",
        "sqs:GetQueueAttributes on orders in eu-central-1",
        "sqs:ListQueues in eu-central-1",
    ]
    assert asked(found, "service_in_scope", "skipped") == [
        "ses identity/billing.example.com in eu-central-1",
        "sns alerts in eu-central-1",
    ]
    refused = asked(found, "service_out_of_scope", "denied")
    assert len(refused) == len([p for p in found["probes"] if p["kind"] == "service_out_of_scope"])
    assert {
        "lambda:InvokeFunction on enrich in eu-west-1",
        "lambda:InvokeFunction on rate in eu-central-1",
        "lambda:InvokeFunction on rate:live-beside in eu-central-1",
        "logs:DescribeLogStreams on /app/billing-beside in eu-central-1",
        "s3:GetObject on acme-exports/billing-beside/rolecall-stand-in in eu-central-1",
        "s3:ListBucket on acme-exports below billing-beside/ in eu-central-1",
        "s3:ListBucket on acme-exports-beside below billing/ in eu-central-1",
        "sqs:GetQueueAttributes on invoices-beside.fifo in eu-central-1",
        "sqs:GetQueueAttributes on payroll in eu-central-1",
    } <= set(refused)


def test_a_role_in_china_is_told_to_be_left_out_beside_the_others(services: World) -> None:
    (far,) = verified(services, "far")
    assert (far["verdict"], far["probes"]) == ("inconclusive", [])
    assert far["hint"] == "the embedded AWS knows the partition aws alone, and this role is of aws-cn"
    compared = services.rolecall("drift", "--target", "local", "--format", "json")
    statuses = {each["workspace"]: each["status"] for each in json.loads(compared.stdout)["roles"]}
    assert statuses == {"svc": "same", "far": "unknown"}


def test_no_name_of_an_object_reaches_the_report_or_the_proof(services: World, sound_role: dict[str, Any]) -> None:
    listed = services.aws.client(ACCOUNT, "s3").list_objects_v2(Bucket="acme-exports", Prefix="billing/", MaxKeys=1)
    assert [each["Key"] for each in listed["Contents"]] == [OBJECT]  # which is what the probe gets, too
    assert OBJECT not in json.dumps(sound_role)
    proofs = [path.read_text() for path in (services.folder / ".rolecall" / "proofs").iterdir()]
    assert proofs
    assert not [text for text in proofs if OBJECT in text]


@pytest.mark.usefixtures("sound_role")
def test_what_stands_in_is_there_once_and_nothing_was_sent_or_run(services: World) -> None:
    sqs = services.aws.client(ACCOUNT, "sqs")
    queues = [url.rpartition("/")[2] for url in sqs.list_queues()["QueueUrls"]]
    assert sorted(queues) == [
        "invoices-beside.fifo",
        "invoices.fifo",
        "orders",
        "orders-beside",
        "payroll",
        "payroll-beside",
    ]
    counts = [
        sqs.get_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], AttributeNames=["All"])
        for name in queues
    ]
    assert {each["Attributes"]["ApproximateNumberOfMessages"] for each in counts} == {"0"}
    groups = services.aws.client(ACCOUNT, "logs").describe_log_groups()["logGroups"]
    assert sorted(each["logGroupName"] for each in groups) == [
        "/app/billing",
        "/app/billing-beside",
    ]  # none of functions


def sids(**parts: Any) -> Plant:
    """Statements of the role's own policy with other parts."""
    return lambda world, of: by_sid(world, of, parts)


def beside(statement: dict[str, Any]) -> Plant:
    """An inline policy by hand."""
    return lambda world, of: inline(world, of, [statement])


@contextmanager
def queue_policy(world: World, of: Grant, name: str, effect: str) -> Iterator[None]:
    """A queue whose own policy speaks of the role."""
    sqs = world.aws.client(ACCOUNT, "sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    statement = {
        "Effect": effect,
        "Principal": {"AWS": of.role_arn},
        "Action": "sqs:*",
        "Resource": ARN % ("sqs", name),
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})


TOO_MUCH: list[tuple[str, Plant, list[str], str]] = [
    (
        "queues opened to all",
        sids(SendToQueues={"Resource": "*"}),
        ["orders-beside", "invoices-beside.fifo", "invoices.fifo in eu-west-1", "payroll"],
        "the role's managed policy workato-svc-all allows sqs:GetQueueAttributes on *",
    ),
    (
        "the condition on the prefix dropped",
        sids(ListObjects={"Condition": None}),
        ["s3:ListBucket on acme-exports below billing-beside/"],
        "the role's managed policy workato-svc-all allows s3:ListBucket on arn:aws:s3:::acme-exports",
    ),
    (
        "objects of the whole bucket",
        sids(ReadWriteObjects={"Resource": "arn:aws:s3:::acme-exports/*"}),
        ["s3:GetObject on acme-exports/billing-beside/rolecall-stand-in"],
        "the role's managed policy workato-svc-all allows s3:DeleteObject on arn:aws:s3:::acme-exports/*",
    ),
    (
        "log groups widened",
        sids(ReadLogGroups={"Resource": ARN % ("logs", "log-group:*")}),
        ["logs:DescribeLogStreams on /app/billing-beside"],
        "the role's managed policy workato-svc-all allows logs:DescribeLogStreams on arn:aws:logs:eu-central-1",
    ),
    (
        "functions of every region",
        beside(
            {
                "Effect": "Allow",
                "Action": "lambda:InvokeFunction",
                "Resource": f"arn:aws:lambda:*:{ACCOUNT}:function:enrich",
            }
        ),
        ["lambda:InvokeFunction on enrich in eu-west-1"],
        "the inline policy by-hand allows lambda:InvokeFunction",
    ),
    (
        "a function with all its aliases",
        beside(
            {
                "Effect": "Allow",
                "Action": "lambda:InvokeFunction",
                "Resource": ARN % ("lambda", "function:rate:*"),
            }
        ),
        ["lambda:InvokeFunction on rate:live-beside in eu-central-1"],
        "the inline policy by-hand allows lambda:InvokeFunction",
    ),
    (
        "a queue that lets the role in by itself",
        partial(queue_policy, name="orders-beside", effect="Allow"),
        ["sqs:GetQueueAttributes on orders-beside in eu-central-1"],
        "the role was let through where nothing was granted (sqs:GetQueueAttributes on orders-beside in eu-central-1):"
        " a policy of it is too wide, or the queue's own policy (`aws sqs get-queue-attributes",
    ),
]


@pytest.mark.parametrize(
    ("plant", "let_in", "hint"), [case[1:] for case in TOO_MUCH], ids=[case[0] for case in TOO_MUCH]
)
def test_what_lets_in_too_much_is_overreaching_and_named(
    services: World, plant: Plant, let_in: list[str], hint: str
) -> None:
    with plant(services, grant(services)):
        found = role(services)
    assert found["verdict"] == "overreaching"
    assert [part for part in let_in if not any(part in question for question in wrong(found))] == []
    assert hint in found["hint"]


TOO_LITTLE: list[tuple[str, Plant, list[str], str]] = [
    (
        "the statement of functions taken away",
        sids(InvokeFunctions=None),
        [
            "lambda:InvokeFunction on enrich in eu-central-1",
            "lambda:InvokeFunction on rate:live in eu-central-1",
            "lambda:InvokeFunction on score:3 in eu-central-1",
        ],
        "the role's managed policy does not allow lambda:InvokeFunction on arn:aws:lambda:eu-central-1",
    ),
    (
        "a log group without what is in it",
        sids(ReadLogGroups={"Resource": ARN % ("logs", "log-group:/app/billing")}),
        ["logs:DescribeLogStreams on /app/billing in eu-central-1"],
        "the role's managed policy does not allow logs:DescribeLogStreams on arn:aws:logs:eu-central-1",
    ),
    (
        "a queue that keeps the role out by itself",
        partial(queue_policy, name="orders", effect="Deny"),
        ["sqs:GetQueueAttributes on orders in eu-central-1"],
        "the queue's own policy (`aws sqs get-queue-attributes --attribute-names Policy`) denies it",
    ),
]


@pytest.mark.parametrize(
    ("plant", "refused", "hint"), [case[1:] for case in TOO_LITTLE], ids=[case[0] for case in TOO_LITTLE]
)
def test_what_keeps_from_what_was_granted_is_underpowered_and_named(
    services: World, plant: Plant, refused: list[str], hint: str
) -> None:
    with plant(services, grant(services)):
        found = role(services)
    assert (found["verdict"], wrong(found)) == ("underpowered", refused)
    assert hint in found["hint"]


def test_after_all_that_the_role_is_sound_again(services: World) -> None:
    assert role(services)["verdict"] == "verified"
