"""What the answers of services other than Secrets Manager tell: what is not there, what refused, and what let in."""

import re

from rolecall.runtime.probe import Probe
from rolecall.runtime.service_probes import ABSENT

_BY_SIMULATOR = "by the simulator, "
_KINDS = {"sqs": "queue", "sns": "topic", "s3": "bucket", "lambda": "function", "logs": "log group", "ses": "identity"}
# Services whose resources have policies of their own, and how these are read.
_OWN_POLICY = {
    "sqs": "aws sqs get-queue-attributes --attribute-names Policy",
    "sns": "aws sns get-topic-attributes",
    "s3": "aws s3api get-bucket-policy",
    "lambda": "aws lambda get-policy",
}


def question(probe: Probe) -> str:
    """What was asked, without who was asked."""
    return probe.asked.removeprefix(_BY_SIMULATOR)


def own_policy(probe: Probe) -> str | None:
    """The policy of the resource itself in words, with the command that shows it; None where none has a say."""
    service = _service(probe)
    if service not in _OWN_POLICY or probe.asked.startswith(_BY_SIMULATOR):
        return None
    return f"the {_KINDS[service]}'s own policy (`{_OWN_POLICY[service]}`)"


def absent_text(probe: Probe) -> str | None:
    """What to do where there is no such thing; None where it is another answer. A simulator looks for nothing."""
    if probe.observation.error_code not in ABSENT:
        return None
    kind = _KINDS.get(_service(probe), "resource")
    return (
        f"there is no such {kind} ({question(probe)}): make it there, or correct its name or `region` in the estate;"
        " the vendor has to look in the same region"
    )


def refused_text(probe: Probe) -> str:
    """Who may have refused, where AWS names nobody."""
    under = " and the prefix in its condition" if _is_below_a_prefix(probe) else ""
    other = f", or {own} denies it" if (own := own_policy(probe)) else ""
    return (
        f"the role's policies do not allow {question(probe)}{other}: compare action, region, account and name with"
        f" their Resource{under}"
    )


def let_in_text(probe: Probe) -> str:
    """Who may have let it through."""
    under = " or lacks the condition on s3:prefix" if _is_below_a_prefix(probe) else ""
    other = f", or {own} lets it in" if (own := own_policy(probe)) else ""
    return (
        f"the role was let through where nothing was granted ({question(probe)}): a policy of it is too wide{under}"
        f"{other}"
    )


def _is_below_a_prefix(probe: Probe) -> bool:
    """Whether a bucket was to be listed below a prefix: keys may hold any word, but names of buckets no blank."""
    return re.match(r"[^\s/]+ below ", question(probe).partition(" on ")[2]) is not None


def _service(probe: Probe) -> str:
    return question(probe).partition(":")[0]
