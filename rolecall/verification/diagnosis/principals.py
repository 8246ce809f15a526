"""What is wrong with a principal of a live trust: deleted, exchanged, or another than it should be."""

import re

from rolecall.policy.principal import EVERYBODY, Kind, account_of, is_no_aws_principal, kind_of
from rolecall.verification.diagnosis.case import Case
from rolecall.verification.diagnosis.ids import wrong_way_round

_USER = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/.+")


def principal_text(principal: str, case: Case) -> str | None:
    """In words what is wrong with it and what to do; None for one that belongs there."""
    right, verifier = case.grant.trust.principals, case.grant.trust.verifier
    if principal in right or (verifier and principal == verifier.principal):
        return None
    if kind_of(principal) is Kind.DELETED:
        return _deleted(principal, case)
    if principal == EVERYBODY:
        return f'the live trust names everybody ("*") as its principal: name {right[0]} again'
    if is_no_aws_principal(principal):
        return f"the live trust lets in {principal}, which is no vendor's: take that statement away"
    return _exchanged(principal, case) or _other(principal, account_of(principal) or principal, case)


def _deleted(principal: str, case: Case) -> str:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html, read 2026-11-22."""
    what = "user" if principal.startswith("AIDA") else "role"
    named = [each for each in case.grant.trust.principals if f":{what}/" in each] or list(case.grant.trust.principals)
    return (
        f"the live trust names {principal}, a {what} that was deleted: if the vendor made it anew, IAM does not take"
        f" the new one for the old. Save the trust with {named[0]} in its place (`aws iam update-assume-role-policy"
        f" --role-name {case.grant.role_name} --policy-document file://trust.json`); a deploy of an unchanged template"
        " does not do it"
    )


def _exchanged(principal: str, case: Case) -> str | None:
    """One that is the external ID, or nothing like an account."""
    text, right = account_of(principal) or principal, case.grant.trust.principals[0]
    if {text, principal} & set(case.expected.external_ids):
        return wrong_way_round(case)
    if kind_of(principal) is Kind.BAD_ACCOUNT:
        return f"the live trust names {text}, which is no account of 12 digits: put {right} there"
    return None


def _other(principal: str, account: str, case: Case) -> str:
    right = case.grant.trust.principals
    ours = next((each for each in right if account_of(each) == account), None)
    if ours is None and account == case.grant.account:
        return (
            f"the live trust names your own account {account} where the vendor's belongs, so that the two accounts are"
            f" swapped: put {right[0]} there"
        )
    if ours is None:
        return f"the live trust names {principal}, of an account that is not the vendor's: put {right[0]} there"
    if principal.endswith(":root"):
        return f"the live trust names the vendor's whole account {account}, not {ours} alone: put that there"
    if ours.endswith(":root") and _USER.fullmatch(principal):
        return f"the live trust names {principal} alone, and not the vendor's account: put {ours} there"
    return f"the live trust names {principal}, {_how(principal, ours)} {ours}: put that there"


def _how(live: str, right: str) -> str:
    if live.lower() == right.lower():
        return "in other letter case than"
    if live.rpartition("/")[2] == right.rpartition("/")[2]:
        return "under another path than"
    return "another user or role than"
