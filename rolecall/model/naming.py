"""Every name that Rolecall makes. Names are contracts: a change here renames what runs in somebody's account."""

import hashlib
import re

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, read 2026-11-22.
ROLE_NAME_MAX_CHARACTERS = 64
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, read 2026-11-22.
STACK_NAME_MAX_CHARACTERS = 128
# What CDK's own bootstrap calls its roles by, unless somebody chose another; aws-cdk 2.1148.1, bootstrap-template.yaml.
BOOTSTRAP_QUALIFIER = "hnb659fds"
BOOTSTRAP_PREFIX = f"cdk-{BOOTSTRAP_QUALIFIER}-"
_HASH_CHARACTERS = 8
_MARK = "Managed by Rolecall."
# The project slug under which a workspace's one role is addressed.
WORKSPACE_ROLE = "workspace"


def role_name(template: str, *, vendor: str, workspace: str, project: str) -> str:
    """The role's name from the estate's template; one over 64 characters is cut and ends in a hash of the whole."""
    whole = template.replace("{vendor}", vendor).replace("{workspace}", workspace).replace("{project}", project)
    return _cut(whole, ROLE_NAME_MAX_CHARACTERS)


def _cut(whole: str, limit: int) -> str:
    if len(whole) <= limit:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:_HASH_CHARACTERS]
    return f"{whole[: limit - _HASH_CHARACTERS - 1]}-{digest}"


def deploy_role_name(estate: str) -> str:
    """The role that an estate's pipeline runs as, unless the estate names another."""
    return _cut(f"rolecall-{estate}-deploy", ROLE_NAME_MAX_CHARACTERS)


def execution_policy_name(estate: str) -> str:
    """What CloudFormation may do for an estate's pipeline; a stack name cannot be longer than a policy's."""
    return _cut(f"rolecall-{estate}-execution", STACK_NAME_MAX_CHARACTERS)


def pipeline_stack_name(estate: str) -> str:
    """The stack of the deploy role. Stacks begin with a letter, which estates need not."""
    return _cut(f"rolecall-{estate}-pipeline", STACK_NAME_MAX_CHARACTERS)


def execution_stack_name(estate: str) -> str:
    """The stack of the execution policy, one in each account."""
    return execution_policy_name(estate)


def bootstrap_role_name(kind: str, account: str, region: str) -> str:
    """A role of CDK's bootstrap: deploy, lookup, file-publishing or cfn-exec."""
    return f"{BOOTSTRAP_PREFIX}{kind}-role-{account}-{region}"


def policy_name(role: str, part: str = "") -> str:
    """A customer managed policy of a role: the role's own name, as policies have names of their own kind.

    Args:
        part: which of several, where one is too small (`rolecall.policy.split`).
    """
    return f"{role}+{part}" if part else role


def policy_construct_id(part: str = "") -> str:
    """What tells the managed policies of one role apart inside its construct."""
    return f"Policy{part}"


def stack_name(workspace: str) -> str:
    """The CloudFormation stack of a workspace, the same in each of its accounts and regions."""
    return workspace


def stack_construct_id(workspace: str, account: str, region: str) -> str:
    """What tells the stacks of one workspace apart inside the CDK app."""
    return f"{workspace}-{account}-{region}"


def output_key(project: str) -> str:
    """The stack output that holds a project's role ARN: billing-eu becomes BillingEuRoleArn."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", project)) + "RoleArn"


def role_description(purpose: str) -> str:
    """The role's description in the IAM console, by which the check of templates knows our roles too."""
    return f"{purpose}. {_MARK}"


def is_vendor_role(description: object) -> bool:
    """Whether a role in a template is one of ours, by its description."""
    return isinstance(description, str) and description.endswith(_MARK)
