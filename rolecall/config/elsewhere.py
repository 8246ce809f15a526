"""What lies where the role could not use it: in another account, region or partition of AWS."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from rolecall.config import schema
from rolecall.config.source import PathInFile, SourceFile
from rolecall.config.unheard import report_region
from rolecall.model.identifiers import partition_of
from rolecall.model.invalid import InvalidValueError, four_parts
from rolecall.model.secret import Secret
from rolecall.model.services import ServiceAccess
from rolecall.policy.compile import Home
from rolecall.policy.document import as_list
from rolecall.policy.services.place import check_place


def secret_at_home(entry: schema.SecretEntry, home: Home, source: SourceFile, path: PathInFile) -> Secret | None:
    """The secret with its place; None, and noted, where its ARN, region or key lies elsewhere than the role."""
    secret = entry.secret
    # Frozen for everybody else: it was made for this entry, and nobody has seen it yet. A copy by
    # `dataclasses.replace` would check again what was checked while the file was read.
    object.__setattr__(secret, "locate", partial(source.location, path))
    wrong = None
    if secret.kind == "arn" or secret.region is not None or secret.kms_key is not None:
        wrong = _elsewhere(secret, home)
        report_region(secret.region, source, (*path, "region"))
    if wrong:
        rule, key, message = wrong
        source.error(rule, (*path, key), message)
        return None
    return secret


def _elsewhere(secret: Secret, home: Home) -> tuple[str, str, str] | None:
    """Rule, key and message of the first thing about a secret that lies elsewhere."""
    region, own = secret.region_in(home.region), f"account {home.account} in partition {home.partition}"
    if secret.kind == "arn" and not (
        secret.value.startswith(f"arn:{home.partition}:") and f":{home.account}:" in secret.value
    ):
        return "RC205", "arn", four_parts("arn of another account or partition", secret.value, own, "correct it")
    if partition_of(region) != home.partition:
        allowed = f"a region of partition {home.partition}, as the role's"
        key = "arn" if secret.kind == "arn" else "region"
        return "RC302", key, four_parts("region of another partition", region, allowed, "correct it")
    if secret.kms_key and not secret.kms_key.startswith(f"arn:{home.partition}:kms:{region}:"):
        allowed = f"region {region}, as the secret, in partition {home.partition}"
        message = four_parts("kms_key of another region or partition", secret.kms_key, allowed, "correct it")
        return "RC208", "kms_key", message
    return None


def service_at_home(access: ServiceAccess, home: Home, source: SourceFile, path: PathInFile) -> ServiceAccess | None:
    """The access; None, and noted, where its region or key lies elsewhere than the role could use it."""
    report_region(access.region, source, (*path, "region"))
    try:
        check_place(access, home)
    except InvalidValueError as error:
        source.error(error.rule, (*path, "region" if error.rule == "RC302" else "kms_key"), str(error))
        return None
    return access


def is_at_home(statement: Mapping[str, Any], home: Home, source: SourceFile, path: PathInFile) -> bool:
    """Whether the resources of a statement can be of the role's partition; noted where one is not."""
    own = f"arn:{home.partition}:"
    foreign = [each for each in as_list(statement["Resource"]) if not each.startswith((own, "*")) and _is_named(each)]
    for each in foreign:
        message = four_parts("resource of another partition", each, f"{own}…, as the role", "correct it")
        source.error("RC210", (*path, "Resource"), message)
    return not foreign


def _is_named(arn: str) -> bool:
    """Whether an ARN says its partition without a wildcard; RC205 speaks of the others."""
    partition = arn.split(":", 2)[1]
    return "*" not in partition and "?" not in partition
