"""The role that a vendor assumes, as it stands in the template."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import aws_sqs as sqs
from quiet_cdk import Annotations, Match, Template, cdk

from constructs_lib import (
    Access,
    CloudWatchAccess,
    Documented,
    InvalidValueError,
    LambdaAccess,
    LexAccess,
    ParameterReference,
    S3Access,
    Secret,
    SesAccess,
    SnsAccess,
    SqsAccess,
    VendorRole,
    Verifier,
)

EXTERNAL_ID = "3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b"
USER = "arn:aws:iam::944579081756:user/unified_assume_role_user"
KEY = "arn:aws:kms:eu-central-1:111111111111:key/6f1c1d3e-7d0f-4c55-9c6e-2b9d3a1f0c11"
VERIFIER = Verifier("arn:aws:iam::111111111111:role/ci", "9c1f7d52-0b1e-4a3c-8d4e-5f6071829304")
HERE = cdk.Environment(account="111111111111", region="eu-central-1")


def wide(calls: dict[str, str]) -> Documented:
    return Documented("v", account_wide=tuple(calls.items()))


def used(action: str, mode: str = "use") -> Documented:
    return Documented("v", ((mode, (action,)),))


def templated(*, env: cdk.Environment | None = HERE, **changes: Any) -> Template:
    """The template of a stack with one role, whose inputs are good unless they are changed."""
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack", env=env)
    VendorRole(stack, "Billing", **({"principal": USER, "external_id": EXTERNAL_ID} | changes))
    return Template.from_stack(stack)


def only(template: Template, kind: str) -> dict[str, Any]:
    (found,) = template.find_resources(kind).values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def test_a_role_with_nothing_but_its_trust_has_these_properties_and_no_others() -> None:
    template = templated()
    assert only(template, "AWS::IAM::Role") == {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": USER},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": "3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b"}},
                }
            ],
        },
        "Description": "Assumed by a vendor. Managed by Rolecall.",
        "MaxSessionDuration": 3600,
        "Path": "/",
    }
    template.resource_count_is("AWS::IAM::ManagedPolicy", 0)


def test_name_path_tags_boundary_session_and_purpose_reach_the_role() -> None:
    template = templated(
        role_name="unified-w-a",
        role_path="/vendors/",
        tags={"b": "2", "a": "1"},
        permissions_boundary="arn:aws:iam::111111111111:policy/vendor-boundary",
        max_session_seconds=43200,
        purpose="Assumed by unified for w/a",
    )
    template.has_resource_properties(
        "AWS::IAM::Role",
        {
            "RoleName": "unified-w-a",
            "Path": "/vendors/",
            "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
            "PermissionsBoundary": "arn:aws:iam::111111111111:policy/vendor-boundary",
            "MaxSessionDuration": 43200,
            "Description": "Assumed by unified for w/a. Managed by Rolecall.",
        },
    )


def test_what_it_may_do_is_one_managed_policy_attached_to_this_role_alone() -> None:
    template = templated(role_name="unified-w-a", role_path="/vendors/", secrets=[Secret("name", "prod/jira")])
    (role_id,) = template.find_resources("AWS::IAM::Role")
    assert only(template, "AWS::IAM::ManagedPolicy") == {
        "ManagedPolicyName": "unified-w-a",
        "Path": "/vendors/",
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ReadSecrets",
                    "Effect": "Allow",
                    "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
                    "Resource": ["arn:aws:secretsmanager:eu-central-1:111111111111:secret:prod/jira-??????"],
                }
            ],
        },
        "Roles": [{"Ref": role_id}],
    }
    template.resource_count_is("AWS::IAM::Policy", 0)


def test_read_write_with_a_key_gets_its_four_statements() -> None:
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-central-1:111111111111:q"}
    template = templated(
        access=Access.READ_WRITE, secrets=[Secret("prefix", "unified/", kms_key=KEY)], statements=[statement]
    )
    statements = only(template, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
    assert len(statements) == 4
    template.has_resource_properties(
        "AWS::IAM::ManagedPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like({"Effect": "Deny", "Action": "secretsmanager:DeleteSecret"}),
                        Match.object_like({"Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": KEY}),
                        statement,
                    ]
                )
            }
        },
    )


def test_access_may_be_given_as_text() -> None:
    template = templated(access="read-write", allow_permanent_delete=True, secrets=[Secret("prefix", "unified/")])
    (statement,) = only(template, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
    assert statement["Sid"] == "ManageSecrets"


def test_several_principals_and_ids_stay_in_one_statement_and_each_once() -> None:
    template = templated(
        principal=["353360065216", USER, "353360065216"],
        external_id=["3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b", "k6-Aa1", "3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b"],
    )
    (statement,) = only(template, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::353360065216:root", USER]}
    assert statement["Condition"] == {
        "StringEquals": {"sts:ExternalId": ["3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b", "k6-Aa1"]}
    }


def test_an_id_in_a_parameter_stands_in_the_template_as_its_dynamic_reference() -> None:
    template = templated(external_id=ParameterReference("/vendors/w", 3))
    (statement,) = only(template, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "{{resolve:ssm:/vendors/w:3}}"}}


def test_a_verifier_stands_in_a_second_statement_with_an_id_of_its_own() -> None:
    vendor, verifier = only(templated(verifier=VERIFIER), "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    assert [vendor] == only(templated(), "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    assert verifier == {
        "Sid": "RolecallVerifier",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:role/ci"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "9c1f7d52-0b1e-4a3c-8d4e-5f6071829304"}},
    }


def test_the_verifiers_statement_counts_for_the_size_of_the_trust() -> None:
    nearly_full = {"external_id": ["a" * 1000, "b" * 700]}
    assert templated(**nearly_full)
    with pytest.raises(InvalidValueError, match="trust policy is too large"):
        templated(**nearly_full, verifier=VERIFIER)


@pytest.mark.parametrize(
    "known",
    [
        {"external_id": None},
        {"principal": ()},
        {"external_id": None, "principal": ()},
        {"external_id": None, "verifier": VERIFIER},
    ],
)
def test_a_pending_role_lets_nobody_in(known: dict[str, Any]) -> None:
    (statement,) = only(templated(pending=True, **known), "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    assert statement == {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}


def test_account_and_region_come_from_the_stack() -> None:
    env = cdk.Environment(account="222222222222", region="cn-north-1")
    template = templated(env=env, principal="353360065216", secrets=[Secret("prefix", "a/")])
    statement = only(template, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"][0]
    assert statement["Resource"] == ["arn:aws-cn:secretsmanager:cn-north-1:222222222222:secret:a/*"]
    trust = only(template, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Principal"] == {"AWS": "arn:aws-cn:iam::353360065216:root"}


def test_a_stack_that_leaves_its_place_to_the_deployment_gets_references() -> None:
    template = templated(env=None, secrets=[Secret("prefix", "a/")])
    (resource,) = only(template, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"][0]["Resource"]
    parts = ["arn:aws:secretsmanager:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":secret:a/*"]
    assert resource == {"Fn::Join": ["", parts]}


def test_a_role_has_an_arn_and_a_name_and_cannot_be_granted_anything_further() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    role = VendorRole(stack, "Billing", principal=USER, external_id="3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b")
    logical_id = stack.get_logical_id(role.node.find_child("Resource"))
    assert stack.resolve(role.role_name) == {"Ref": logical_id}
    assert stack.resolve(role.role_arn) == {"Fn::GetAtt": [logical_id, "Arn"]}
    assert not hasattr(role, "grant_principal")
    assert not [name for name in dir(role) if name.startswith(("grant", "add_"))]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"external_id": None}, "RC101"),
        ({"external_id": []}, "RC101"),
        ({"principal": []}, "RC101"),
        ({"pending": True}, "RC101"),
        ({"external_id": "*"}, "RC111"),
        ({"external_id": VERIFIER.external_id, "verifier": VERIFIER}, "RC108"),
        ({"principal": "111111111111", "verifier": VERIFIER}, "RC106"),
        ({"principal": "*"}, "RC106"),
        ({"principal": "AIDAEXAMPLE123456789A"}, "RC110"),
        ({"account": "12345"}, "RC111"),
        ({"region": "Frankfurt"}, "RC302"),
        ({"max_session_seconds": 3599}, "RC304"),
        ({"max_session_seconds": 43201}, "RC304"),
        ({"max_session_seconds": True}, "RC304"),
        ({"role_path": "vendors"}, "RC305"),
        ({"role_path": "/a b/"}, "RC305"),
        ({"role_path": "///"}, "RC305"),
        ({"role_path": "/a*/"}, "RC305"),
        ({"role_path": "/a!/"}, "RC305"),  # a role's path may be; that of its policies may not
        ({"role_path": f"/{'a' * 511}/"}, "RC305"),
        ({"permissions_boundary": "boundary"}, "RC303"),
        ({"permissions_boundary": "arn:aws:iam::111111111111:policy/*"}, "RC303"),
        ({"permissions_boundary": "arn:aws:iam::222222222222:policy/b"}, "RC303"),
        ({"permissions_boundary": "arn:aws-cn:iam::111111111111:policy/b"}, "RC303"),
        ({"role_name": ""}, "RC306"),
        ({"role_name": "a" * 65}, "RC306"),
        ({"role_name": "a\n"}, "RC306"),
        ({"tags": {"aws:x": "1"}}, "RC310"),
        ({"tags": {"a!": "1"}}, "RC310"),
        ({"tags": {"a": "1" * 257}}, "RC310"),
        ({"tags": {str(number): "" for number in range(51)}}, "RC310"),
        ({"external_id": ["a" * 1224, "b" * 1224]}, "RC307"),
        ({"secrets": [Secret("name", f"{number:0500}") for number in range(200)]}, "RC313"),
        (
            {"statements": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::" + "a" * 6200}]},
            "RC308",
        ),
    ],
)
def test_what_iam_would_refuse_is_refused_before(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        templated(**changes)
    assert refused.value.rule == rule
    assert "; allowed: " in str(refused.value)


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda: Secret("prefix", "billing"), "RC201"),
        (lambda: Secret("name", "prod/*"), "RC206"),
        (lambda: Secret("name", ""), "RC206"),
        (lambda: Secret("prefix", ""), "RC206"),
        (lambda: Secret("tag"), "RC206"),
        (lambda: Secret("tag", tags=(("a", "*"),)), "RC206"),
        (lambda: Secret("arn", "arn:aws:secretsmanager:eu-central-1:111111111111:secret:a"), "RC207"),
        (lambda: Secret("name", "a", kms_key="arn:aws:kms:eu-central-1:111111111111:alias/a"), "RC208"),
        (lambda: Secret("prefix", "a/", keys=("token",)), "RC209"),
    ],
)
def test_a_secret_that_would_open_more_than_it_says_is_refused(make: Callable[[], Secret], rule: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        make()
    assert refused.value.rule == rule


def test_services_reach_the_policy_on_the_named_resources_in_the_stacks_account_and_region() -> None:
    documented = Documented("Obs", account_wide=(("sqs:ListQueues", "offers all queues"),))
    queues = SqsAccess(queues=["orders"], actions=["send"], documented=documented)
    policy = only(templated(services=[queues]), "AWS::IAM::ManagedPolicy")
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Sid": "SendToQueues",
            "Effect": "Allow",
            "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes"],
            "Resource": ["arn:aws:sqs:eu-central-1:111111111111:orders"],
        },
        {"Sid": "ListAccountWideSqs", "Effect": "Allow", "Action": ["sqs:ListQueues"], "Resource": "*"},
    ]


def test_two_accesses_to_one_service_have_sids_of_their_own() -> None:
    services = [SqsAccess(queues=["in"], actions=["receive"]), SqsAccess(queues=["out"], actions=["send"], kms_key=KEY)]
    statements = only(templated(services=services), "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
    assert len({statement["Sid"] for statement in statements}) == 3
    assert [statement["Resource"] for statement in statements] == [
        ["arn:aws:sqs:eu-central-1:111111111111:in"],
        ["arn:aws:sqs:eu-central-1:111111111111:out"],
        KEY,
    ]


def test_in_a_stack_without_account_and_region_the_resources_are_the_deployments() -> None:
    policy = only(templated(env=None, services=[SqsAccess(queues=["orders"])]), "AWS::IAM::ManagedPolicy")
    (resource,) = policy["PolicyDocument"]["Statement"][0]["Resource"]
    assert resource == {
        "Fn::Join": ["", ["arn:aws:sqs:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":orders"]]
    }


@pytest.mark.parametrize("services", [["orders"], "sqs", [{"queues": ["orders"]}], None, 5])
def test_what_is_no_access_is_refused_rather_than_granted_nothing(services: Any) -> None:
    with pytest.raises(InvalidValueError, match="services"):
        templated(services=services)


@pytest.mark.parametrize(
    ("access", "rule", "value"),
    [
        (S3Access(buckets=["exports"], documented=wide({"s3:GetObject": "reads"})), "RC005", "s3:GetObject"),
        (
            S3Access(buckets=["exports"], documented=wide({"s3:PutAccountPublicAccessBlock": "x"})),
            "RC005",
            "s3:PutAccountPublicAccessBlock",
        ),
        (
            CloudWatchAccess(log_groups=["/a"], documented=wide({"logs:PutResourcePolicy": "x"})),
            "RC005",
            "logs:PutResourcePolicy",
        ),
        (
            SesAccess(identities=["example.com"], documented=wide({"ses:PutAccountDetails": "x"})),
            "RC005",
            "ses:PutAccountDetails",
        ),
    ],
)
@pytest.mark.parametrize("env", [HERE, None])
def test_what_a_vendor_is_said_to_document_and_would_open_or_change_everything_is_refused(
    access: Any, rule: str, value: str, env: Any
) -> None:
    with pytest.raises(InvalidValueError) as refused:
        templated(services=[access], env=env)
    assert (refused.value.rule, refused.value.value) == (rule, value)


@pytest.mark.parametrize(
    ("access", "rule", "action"),
    [
        (CloudWatchAccess(log_groups=["/a"], documented=used("cloudwatch:DescribeAlarms")), "RC213", None),
        (LambdaAccess(functions=["f"], documented=used("lambda:GetLayerVersion")), "RC213", None),
        (SesAccess(identities=["example.com"], documented=used("ses:GetContactList")), "RC213", None),
        (LexAccess(bots=["ABCDE12345"], documented=used("lex:PostText", "v2")), "RC213", None),
        (LexAccess(bots=["helpdesk"], documented=used("lex:RecognizeText", "v1")), "RC213", None),
        (SqsAccess(queues=["q"], documented=used("sqs:NoSuch", "send")), "RC212", None),
        (SnsAccess(topics=["t"], documented=wide({"sns:NoSuch": "x"})), "RC212", "sns:NoSuch"),
    ],
)
@pytest.mark.parametrize("env", [HERE, None])
def test_an_action_that_grants_nothing_is_warned_of_as_in_an_estate(
    access: Any, rule: str, action: str | None, env: Any
) -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack", env=env)
    VendorRole(stack, "Billing", principal=USER, external_id=EXTERNAL_ID, services=[access])
    named = Match.string_like_regexp(f"got '{action or access.documented.on_resources[0]}'")
    (warning,) = Annotations.from_stack(stack).find_warning("*", named)
    assert f"rolecall:{rule}" in str(warning.entry.data)


@pytest.mark.parametrize("env", [HERE, None])
def test_what_a_vendor_documents_of_every_service_in_order_is_taken(env: Any) -> None:
    lists = wide({"logs:DescribeLogGroups": "offers groups", "cloudwatch:ListMetrics": "offers metrics"})
    services = [
        CloudWatchAccess(log_groups=["/a"], documented=lists),
        LexAccess(bots=["ABCDE12345", "helpdesk:prod"], documented=used("lex:PutSession", "v1")),
        SesAccess(identities=["example.com"], configuration_sets=["c"], documented=used("ses:SendBulkEmail")),
        S3Access(buckets=["exports"], prefixes=["a/"], documented=used("s3:GetBucketVersioning", "read")),
    ]
    templated(services=services, env=env).resource_count_is("AWS::IAM::ManagedPolicy", 1)


@pytest.mark.parametrize(
    ("access", "rule"),
    [
        (SqsAccess(queues=["orders"], region="cn-north-1"), "RC302"),
        (SqsAccess(queues=["orders"], kms_key=KEY.replace("eu-central-1", "eu-west-1")), "RC208"),
        (S3Access(buckets=["exports"], kms_key=KEY.replace("arn:aws:", "arn:aws-cn:")), "RC208"),
    ],
)
def test_what_of_a_service_lies_where_the_role_could_not_use_it_is_refused(access: Any, rule: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        templated(services=[access])
    assert refused.value.rule == rule


def test_a_key_and_a_region_that_the_access_names_itself_may_be_others_than_the_roles() -> None:
    key = KEY.replace("eu-central-1", "eu-west-1")
    queues = SqsAccess(queues=["orders"], kms_key=key, region="eu-west-1")
    templated(services=[queues]).resource_count_is("AWS::IAM::ManagedPolicy", 1)


def test_where_the_deployment_chooses_the_region_a_key_is_compared_by_its_partition() -> None:
    templated(env=None, services=[SqsAccess(queues=["orders"], kms_key=KEY)])
    with pytest.raises(InvalidValueError, match="partition aws"):
        templated(env=None, services=[SqsAccess(queues=["orders"], kms_key=KEY.replace("arn:aws:", "arn:aws-cn:"))])


def test_where_the_deployment_chooses_the_region_the_one_that_the_access_names_is_compared_all_the_same() -> None:
    templated(env=None, services=[SqsAccess(queues=["orders"], region="eu-west-1")])
    with pytest.raises(InvalidValueError) as refused:
        templated(env=None, services=[SqsAccess(queues=["orders"], region="cn-north-1")])
    assert refused.value.rule == "RC302"


def test_a_sid_that_stands_twice_is_refused_as_iam_would() -> None:
    own = {"Sid": "SendToQueues", "Effect": "Allow", "Action": "sqs:PurgeQueue", "Resource": "arn:aws:sqs:::q"}
    with pytest.raises(InvalidValueError) as refused:
        templated(services=[SqsAccess(queues=["orders"])], statements=[own])
    assert (refused.value.rule, refused.value.value) == ("RC210", "SendToQueues")


@pytest.mark.parametrize(
    "make",
    [
        lambda queue: SqsAccess(queues=[queue.queue_name]),
        lambda queue: SqsAccess(queues=["orders"], kms_key=queue.queue_arn),
        lambda queue: SqsAccess(queues=["orders"], region=cdk.Stack.of(queue).region),
        lambda queue: S3Access(buckets=["exports"], prefixes=[f"{queue.queue_name}/"]),
        lambda queue: S3Access(buckets=["exports"], prefixes=[f"in/{queue.queue_name}/"]),
        lambda _: SqsAccess(queues=cdk.Token.as_list("x")),
    ],
    ids=["a name", "a key", "a region", "a prefix", "the middle of a prefix", "a list"],
)
def test_a_token_of_the_cdk_is_refused_with_the_reason(make: Callable[[Any], Any]) -> None:
    queue = sqs.Queue(cdk.Stack(cdk.App(analytics_reporting=False), "Stack"), "Queue")
    with pytest.raises(InvalidValueError, match=r"is a token of the CDK.*checked and compared before the deployment"):
        make(queue)


def test_one_access_alone_is_taken_for_a_list_of_one() -> None:
    policy = only(templated(services=S3Access(buckets=["exports"])), "AWS::IAM::ManagedPolicy")
    assert [statement["Sid"] for statement in policy["PolicyDocument"]["Statement"]] == [
        "ReadObjects",
        "ListObjects",
        "LocateBuckets",
    ]
