"""Calling roles to prove them. Needs boto3 and the standard library only, and nothing else of Rolecall.

This folder, with `rolecall/__init__.py`, can be zipped into a Lambda function by itself: see
`examples/verify_in_lambda.py`. What is named in `__all__` here is meant for use from outside; the modules behind it may
be divided differently tomorrow.

One role, called with whatever credentials boto3 finds:

    import boto3
    from rolecall.runtime import Clients, RoleExpectation, Verdict, verify_trust, wrong_ids

    right = ("workato_iam_external_id_12345_678",)
    role = RoleExpectation(
        workspace="acme-prod",
        project="billing",
        role_arn="arn:aws:iam::111111111111:role/vendors/workato-acme-prod-billing",
        region="eu-central-1",
        external_ids=right,
        wrong_ids=tuple(wrong_ids(right)),
    )
    result = verify_trust(role, Clients(boto3.Session()))
    assert result.verdict is Verdict.VERIFIED, result.findings

Many roles: `expectations_from_list` takes what `rolecall list --format json --show-external-ids` prints. More than the
trust: `TrustProbes`, `SecretProbes` and `ServiceProbes` give a `Probe` for each question; `findings`, `evidence` and
`verdict` judge them. All values are frozen dataclasses; `Clients` may be shared between threads. What AWS answers never
raises.
"""

from rolecall.runtime.caller import calls_as
from rolecall.runtime.clients import Clients
from rolecall.runtime.contact import Contact
from rolecall.runtime.deadline import within
from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.expectation import RoleExpectation, SecretToRead, ServiceCall, WrongId
from rolecall.runtime.listed_roles import ListedRolesError, expectations_from_list, principals_from_list
from rolecall.runtime.observation import Observation, Observed, observe
from rolecall.runtime.patience import AT_ONCE, Patience
from rolecall.runtime.probe import Probe
from rolecall.runtime.role_trust import unasked, verify_trust, verify_trust_as_verifier
from rolecall.runtime.rung import Rung
from rolecall.runtime.secret_probes import SecretProbes
from rolecall.runtime.service_probes import ServiceProbes
from rolecall.runtime.trouble import Trouble
from rolecall.runtime.trust_probes import TrustProbes
from rolecall.runtime.verdict import Difference, RoleResult, Verdict, evidence, findings, verdict
from rolecall.runtime.wrong_ids import Neighbours, wrong_ids

__all__ = [
    "AT_ONCE",
    "Clients",
    "Contact",
    "DeniedBy",
    "Difference",
    "ListedRolesError",
    "Neighbours",
    "Observation",
    "Observed",
    "Patience",
    "Probe",
    "RoleExpectation",
    "RoleResult",
    "Rung",
    "SecretProbes",
    "SecretToRead",
    "ServiceCall",
    "ServiceProbes",
    "Trouble",
    "TrustProbes",
    "Verdict",
    "WrongId",
    "calls_as",
    "evidence",
    "expectations_from_list",
    "findings",
    "observe",
    "principals_from_list",
    "unasked",
    "verdict",
    "verify_trust",
    "verify_trust_as_verifier",
    "within",
    "wrong_ids",
]
