"""All of ministack's inside that the guard replaces or calls: of exactly one version, in this process's memory only.

Each module is checked before it is touched, and the server does not start if something is not as it was when the hook
was written: a hook that silently misses would make every proof worthless.
"""

import importlib
import importlib.metadata
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from rolecall.local.errors import LocalAwsError
from rolecall.local.guard import boundary, conditions, root, secret_conditions
from rolecall.local.guard.asked_resources import with_asked_resources
from rolecall.local.guard.assume_role import checked
from rolecall.local.guard.chosen_key_id import with_chosen_id
from rolecall.local.guard.chosen_secret_suffix import with_chosen_suffix
from rolecall.local.guard.journal import journalled
from rolecall.local.guard.kms_consent import KmsConsent, with_foreign_key_policies
from rolecall.local.guard.secret_values import SecretValues

MINISTACK_VERSION = "1.5.33"

EVALUATOR = "ministack.core.iam_evaluator"
ACTIONS = "ministack.core.iam_actions"
RESPONSES = "ministack.core.responses"
IAM = "ministack.services.iam"
STS = "ministack.services.sts"
KMS = "ministack.services.kms"
SECRETS_MANAGER = "ministack.services.secretsmanager"
PROVISIONERS = "ministack.services.cloudformation.provisioners"
APP = "ministack.app"

REQUEST = "method path headers body query_params"

EXPECTED: dict[str, dict[str, str]] = {
    EVALUATOR: {
        "is_root_access_key": "access_key_id",
        "_is_root_key": "access_key_id",
        "resolve_credential": "access_key_id account_id session_token",
        "_resolve_condition_key": "key ctx",
        "fnmatch_iam_cs": "value pattern",
        "enforce": "access_key_id iam_action service region resource_arn service_context",
        "caller_arn": "",
    },
    IAM: {"_boundary_policy_error": "arn"},
    ACTIONS: {
        "request_tag_context": "service iam_action body params",
        "extract_resource_arn": "service method path headers body query_params region account_id",
    },
    RESPONSES: {"request_scope": "account_id region", "get_account_id": "", "get_region": ""},
    STS: {"handle_request": REQUEST, "_caller_identity": "headers query_params"},
    KMS: {
        "key_policy_for_arn": "resource_arn",
        "_resolve_key": "key_id_or_arn",
        "_create_key": "data",
        "new_uuid": "",
    },
    SECRETS_MANAGER: {
        "handle_request": REQUEST,
        "_resolve": "secret_id use_arn_scope",
        "_create_secret": "data",
        "new_uuid": "",
    },
    PROVISIONERS: {
        "_iam_role_create": "logical_id props stack_name",
        "_iam_role_update": "physical_id old_props new_props stack_name logical_id",
    },
    APP: {"_dispatch_service_request": f"{REQUEST} request_id"},
}
"""Module -> function -> names of its parameters."""

ROOT_FUNCTIONS = ("is_root_access_key", "_is_root_key", "resolve_credential")

ARN_OPERATORS = {
    "arnequals": conditions.arn_like,
    "arnlike": conditions.arn_like,
    "arnnotequals": conditions.arn_not_like,
    "arnnotlike": conditions.arn_not_like,
}


def install(*, root_secret: str, journal: Path) -> None:
    """Replace the functions. LocalAwsError if this ministack is not the one that they were written for."""
    require_version(importlib.metadata.version("ministack"))
    _hook_evaluator(_expected(EVALUATOR), _expected(IAM), root_secret)
    _hook_sts(_expected(STS), _expected(IAM))
    _hook_secrets_manager(_expected(SECRETS_MANAGER), _expected(KMS), _expected(RESPONSES))
    _hook_cloudformation(_expected(PROVISIONERS), _expected(IAM))
    app = _expected(APP)
    # One place sees every AssumeRole, refused ones included; ministack itself records none.
    app._dispatch_service_request = journalled(app._dispatch_service_request, _module(EVALUATOR), journal)


def require_version(found: str) -> None:
    """LocalAwsError unless it is the version that the hooks were written for."""
    if found != MINISTACK_VERSION:
        raise LocalAwsError(
            f"the guard knows ministack {MINISTACK_VERSION}, but {found} is installed; "
            f"install the other one: pip install ministack=={MINISTACK_VERSION}"
        )


def require_expected(module: ModuleType) -> None:
    """LocalAwsError that names each function which is missing or takes other parameters than expected."""
    functions = EXPECTED[module.__name__]
    changed = [name for name, parameters in functions.items() if _parameters(module, name) != parameters]
    if changed:
        raise LocalAwsError(f"{', '.join(changed)} of {module.__name__} is not what the guard was written for")


def _parameters(module: ModuleType, name: str) -> str | None:
    function = getattr(module, name, None)
    return " ".join(inspect.signature(function).parameters) if callable(function) else None


def _module(name: str) -> Any:
    return importlib.import_module(name)


def _expected(name: str) -> Any:
    module = importlib.import_module(name)
    require_expected(module)
    return module


def _hook_evaluator(evaluator: Any, iam: Any, root_secret: str) -> None:
    originals = {name: getattr(evaluator, name) for name in ROOT_FUNCTIONS}
    # ministack takes the keys "test" and "", and one from its environment, for root: only an account id is left.
    evaluator.is_root_access_key = root.is_root_access_key
    # It asks this function whose signatures to skip: nobody's.
    evaluator._is_root_key = root.skips_signature
    # It would check root's signature with the well-known secret "test".
    evaluator.resolve_credential = root.with_root_secret(evaluator.resolve_credential, root_secret)
    _require_no_copies(originals)
    # aws:PrincipalArn of a session is its role on AWS; and nobody here is an AWS service.
    evaluator._resolve_condition_key = conditions.with_principal_keys(evaluator._resolve_condition_key, iam._roles)
    # ministack lets one "*" of an ARN pattern run across several segments.
    for operator, compare in ARN_OPERATORS.items():
        evaluator._CONDITION_OPS[operator] = compare(evaluator.fnmatch_iam_cs)
    # Secrets Manager's own condition keys never resolve; this function makes keys from the request's body.
    actions = _expected(ACTIONS)
    actions.request_tag_context = secret_conditions.with_request_keys(actions.request_tag_context)
    # A function's alias beside its name is left out of the ARN; a log group is asked for as itself;
    # and of an object's key every slash but single ones inside it.
    actions.extract_resource_arn = with_asked_resources(actions.extract_resource_arn)


def _require_no_copies(originals: dict[str, Any]) -> None:
    """Modules that took the originals by name before they were replaced would go on using them."""
    loaded = {name: module for name, module in sys.modules.items() if name.startswith("ministack.")}
    copies = [
        f"{module_name}.{name}"
        for module_name, module in loaded.items()
        for name, original in originals.items()
        if vars(module).get(name) is original
    ]
    if copies:
        raise LocalAwsError(f"loaded before the guard and so not guarded: {', '.join(copies)}")


def _hook_sts(sts: Any, iam: Any) -> None:
    # Root may assume roles there; durations, session names, external IDs and role paths are not validated.
    sts.handle_request = checked(sts.handle_request, sts, iam._roles)


def _hook_secrets_manager(secretsmanager: Any, kms: Any, responses: Any) -> None:
    # Secrets under a customer managed key are read and written without asking KMS.
    consent = KmsConsent(kms, _module(EVALUATOR), responses)
    secretsmanager.handle_request = SecretValues(secretsmanager, consent).checked(secretsmanager.handle_request)
    # The end of a secret's ARN is random; the secrets that an estate names by their ARN have theirs already.
    secretsmanager._create_secret = with_chosen_suffix(secretsmanager._create_secret, secretsmanager)
    # A key of another account has no policy there, which counts as consent.
    kms.key_policy_for_arn = with_foreign_key_policies(kms.key_policy_for_arn, responses)
    # A key's id is random; the keys that an estate names have theirs already.
    kms._create_key = with_chosen_id(kms._create_key, kms)


def _hook_cloudformation(provisioners: Any, iam: Any) -> None:
    # The boundary that a template declares is dropped.
    handlers = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    handlers["create"] = boundary.with_boundary_on_create(handlers["create"], iam)
    handlers["update"] = boundary.with_boundary_on_update(handlers["update"], iam)
