"""Single values of the files as types: how each is checked, and what an editor is told about its form.

An editor's pattern refuses at most what the check refuses: it is a first look, and `check` is the judge.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from rolecall.config import role_values, statements, values
from rolecall.model import iam_names, identifiers
from rolecall.model.services import names
from rolecall.model.tags import owners_tag_key, tag_value
from rolecall.model.trust import role_principal


def _checked(check: Callable[[object, str], Any], what: str) -> Any:
    return PlainValidator(lambda value: check(value, what))


def _text(pattern: str, **more: Any) -> WithJsonSchema:
    """A text that fits the pattern from its beginning to its end."""
    return WithJsonSchema({"type": "string", "pattern": f"^({pattern})$", **more})


_SLUG = _text("[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_NAME = iam_names.SIGN
_SECRET = "[A-Za-z0-9/_+=.@-]"  # noqa: S105 -- the characters of a secret's name
_PLACEHOLDER = r"\{(vendor|workspace|project)\}"
_REFERENCE = {
    "type": "object",
    "description": "An external ID that is kept in Systems Manager Parameter Store.",
    "properties": {
        "ssm_parameter": {"type": "string", "pattern": "^(/[A-Za-z0-9_.-]+)+$", "description": "Path of a parameter."},
        "version": {"type": "integer", "minimum": 1, "description": "Which version of it; there is no default."},
    },
    "required": ["ssm_parameter", "version"],
    "additionalProperties": False,
}
_EXTERNAL_ID = {"anyOf": [{"type": "string", "pattern": "^[A-Za-z0-9_+=,.@:/-]{2,1224}$"}, _REFERENCE]}
# Whether a `*` may stand there is the vendor's entry's to say; never before somebody's own part.
_VENDORS_ID = {
    "anyOf": [{"type": "string", "pattern": "^[A-Za-z0-9_+=,.@:/-]{2}[A-Za-z0-9_+=,.@:/*-]{0,1222}$"}, _REFERENCE]
}
_ONE_OR_MORE = {
    "anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
}
PRINCIPAL = {
    "type": "string",
    "pattern": "^([0-9]{12}|arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[^\\s*?$]+))$",
}
"""JSON Schema of an account id, or the ARN of an account's root, a role or a user."""
PRINCIPAL_ELSEWHERE = {"type": "string", "pattern": "^arn:aws-[a-z-]+:iam::[0-9]{12}:(root|(role|user)/[^\\s*?$]+)$"}
"""The same of a partition besides the standard one: no account id, which is somebody else's there."""
_STATEMENT = {
    "type": "object",
    "description": "An IAM statement. It may allow, and has to name what.",
    "properties": {
        "Sid": {"type": "string", "pattern": "^[A-Za-z0-9]{1,100}$", "description": "Its name, once in a policy."},
        "Effect": {"const": "Allow", "description": "Allow; a role's Deny statements are Rolecall's own."},
        "Action": {**_ONE_OR_MORE, "description": "IAM actions, such as sqs:SendMessage; * and ? may stand in them."},
        "Resource": {**_ONE_OR_MORE, "description": "ARNs, in which * and ? may stand, or * alone."},
        "Condition": {"type": "object", "description": "IAM conditions, all of which have to hold."},
    },
    "required": ["Effect", "Action", "Resource"],
    "additionalProperties": False,
}

AccountId = Annotated[str, _checked(identifiers.account_id, "account"), _text("[0-9]{12}")]
Region = Annotated[str, _checked(identifiers.region, "region"), _text("[a-z]{2}(-[a-z]+)+-[0-9]")]
EstateSlug = Annotated[str, _checked(values.short_slug, "estate"), _SLUG]
ProjectSlug = Annotated[str, _checked(values.short_slug, "project"), _SLUG]
ParentSlug = Annotated[str, _checked(values.short_slug, "parent"), _SLUG]
StackSlug = Annotated[str, _checked(values.stack_slug, "workspace"), _text("[a-z]([a-z0-9-]*[a-z0-9])?", maxLength=125)]
VendorId = Annotated[str, _checked(values.vendor_id, "id at the vendor"), _text("[A-Za-z0-9_.:-]{1,128}")]
ExternalIdValue = Annotated[Any, _checked(values.vendors_external_id, "external_id"), WithJsonSchema(_VENDORS_ID)]
PreviousExternalId = Annotated[
    Any,
    _checked(values.previous_external_id, "previous_external_id"),
    WithJsonSchema({**_VENDORS_ID, "not": {"const": values.PENDING}}),
]
VerifierId = Annotated[
    Any,
    _checked(values.verifier_id, "external_id"),
    WithJsonSchema({**_EXTERNAL_ID, "not": {"const": values.PENDING}}),
]
RolePrincipal = Annotated[
    str,
    PlainValidator(role_principal),
    _text(rf"arn:aws[a-z-]*:iam::[0-9]{{12}}:role/([!-#%-)+->@-~]{{1,510}}/)?{_NAME}{{1,64}}"),
]
Text = Annotated[str, BeforeValidator(values.text), _text(r"\S|\S.*\S")]
Principals = Annotated[list[Text], BeforeValidator(values.principals)]
Action = Annotated[str, PlainValidator(statements.action), _text(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")]
VendorAction = Annotated[str, PlainValidator(statements.vendor_action), _text("secretsmanager:[A-Za-z0-9]+")]
ReadingAction = Annotated[str, PlainValidator(statements.reading_action), _text("secretsmanager:[A-Za-z0-9]+")]
DerivedId = Annotated[
    str,
    PlainValidator(values.derived_id),
    _text(r"([A-Za-z0-9_+=,.@:/-]|\{(workspace|project)_id\})+", minLength=2),
]
SchemaVersion = Annotated[int, PlainValidator(values.schema_version), WithJsonSchema({"const": 1})]
Boundary = Annotated[
    str,
    PlainValidator(role_values.permissions_boundary),
    _text(rf"{iam_names.BOUNDARY_ARN}|/?{iam_names.FOLDERS}{_NAME}{{1,128}}"),
]
TagKey = Annotated[str, PlainValidator(owners_tag_key)]
TagValue = Annotated[str, PlainValidator(tag_value), WithJsonSchema({"type": "string", "maxLength": 256})]
ReaderRole = Annotated[
    str,
    PlainValidator(role_values.reader_role),
    _text(rf"arn:aws[a-z-]*:iam::([0-9]{{12}}|\{{account\}}):role/([!-#%-)+->@-z|~]+/)?{_NAME}{{1,64}}"),
]
Session = Annotated[
    int,
    PlainValidator(role_values.session_seconds),
    _text("([1-9]|1[0-2])h|(6[0-9]|[7-9][0-9]|[1-6][0-9]{2}|7[01][0-9]|720)m"),
]
RolePath = Annotated[
    str,
    PlainValidator(iam_names.role_path),
    _text(f"/{iam_names.FOLDERS}", maxLength=iam_names.PATH_MAX_CHARACTERS),
]
NameTemplate = Annotated[
    str,
    PlainValidator(role_values.name_template),
    _text(rf"({_NAME}|{_PLACEHOLDER})*\{{project\}}({_NAME}|{_PLACEHOLDER})*"),
]
_PATTERN = WithJsonSchema({"type": "string", "minLength": 1, "maxLength": values.MAX_PATTERN_CHARACTERS})
Pattern = Annotated[str, PlainValidator(values.pattern), _PATTERN]
Statement = Annotated[dict[str, Any], PlainValidator(statements.statement), WithJsonSchema(_STATEMENT)]
Date = Annotated[Any, WithJsonSchema({"type": "string", "format": "date"})]
Day = Annotated[date, BeforeValidator(values.day), WithJsonSchema({"type": "string", "format": "date"})]
Page = Annotated[str, PlainValidator(values.page), _text(r"https://[^\s/?#]+([/?#]\S*)?", format="uri")]
RuleId = Annotated[str, PlainValidator(values.rule_id), _text("RC[0-9]{3}")]
Address = Annotated[str, PlainValidator(values.address), _text("[a-z0-9-]+(/[a-z0-9-]+)?")]
SecretName = Annotated[Text, _text(f"{_SECRET}{{1,512}}")]
SecretPrefix = Annotated[Text, _text(f"{_SECRET}{{0,511}}[/_.=+@-]")]
SecretArn = Annotated[
    Text, _text(rf"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{{12}}:secret:{_SECRET}{{1,512}}-[A-Za-z0-9]{{6}}")
]
KmsKey = Annotated[Text, _text("arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")]
TagOfSecret = Annotated[Text, _text("[^*?$]+")]
Queue = Annotated[str, PlainValidator(names.queue), _text(names.QUEUE)]
Topic = Annotated[str, PlainValidator(names.topic), _text(names.TOPIC)]
Bucket = Annotated[str, PlainValidator(names.bucket), _text(names.BUCKET)]
S3Prefix = Annotated[str, PlainValidator(names.s3_prefix), _text(names.S3_PREFIX)]
Function = Annotated[str, PlainValidator(names.function), _text(names.FUNCTION)]
Identity = Annotated[str, PlainValidator(names.identity), _text(names.IDENTITY)]
ConfigurationSet = Annotated[str, PlainValidator(names.configuration_set), _text(names.CONFIGURATION_SET)]
Bot = Annotated[str, PlainValidator(names.bot), _text(f"{names.LEX_V2}|{names.LEX_V1}")]
LogGroup = Annotated[str, PlainValidator(names.log_group), _text(names.LOG_GROUP)]
OneAction = Annotated[str, PlainValidator(statements.one_action), _text("[a-z0-9-]+:[A-Za-z0-9]+")]
Access = Literal["read", "read-write"]
Pending = Literal["pending"]
