"""Statements on the resources that an estate names, and on no others."""

from collections.abc import Iterator, Sequence
from typing import Any

from rolecall.model.services import ServiceAccess
from rolecall.policy.reasoned import Home, Reasoned
from rolecall.policy.services.needs import OUR_READING, Need, need

# Sid, and what the role does with the resources, by service and mode.
_WORDS = {
    ("sqs", "send"): ("SendToQueues", "sends to the queues that the project was granted"),
    ("sqs", "receive"): ("ReceiveFromQueues", "receives from the queues that the project was granted"),
    ("sns", "use"): ("PublishToTopics", "publishes to the topics that the project was granted"),
    ("lambda", "use"): ("InvokeFunctions", "calls the functions that the project was granted"),
    ("ses", "use"): ("SendEmail", "sends e-mail from the identities that the project was granted"),
    ("lex", "v2"): ("TalkToBots", "talks to the bots (Lex V2) that the project was granted"),
    ("lex", "v1"): ("TalkToOlderBots", "talks to the bots (Lex V1) that the project was granted"),
    ("cloudwatch", "use"): ("ReadLogGroups", "reads the log groups that the project was granted"),
}


def on_named_resources(access: ServiceAccess, home: Home, end: str) -> Iterator[Reasoned]:
    """One statement for each mode that is asked for; `end` makes its Sid the only one of its name."""
    for mode in access.modes_asked:
        sid, does = _WORDS[access.service, mode]
        resources = access.resources_of(mode, home.partition, home.region, home.account)
        needed = need(access, mode)
        does = told(does, mode, needed.actions, access.service)
        yield allowing(access, f"{sid}{end}", needed, needed.actions, resources, does)


def told(does: str, mode: str, actions: Sequence[str], service: str, usual: Sequence[str] = ()) -> str:
    """What a statement does: in words, as far as its actions are the usual ones of the mode, and the others by name."""
    usual = usual or OUR_READING[service, mode]
    others = ", ".join(action for action in actions if action not in usual)
    if not others:
        return does
    if not set(actions) & set(usual):
        return f"may do this with what the project was granted: {others}"
    return f"{does}, and may do more with them: {others}"


def allowing(
    access: ServiceAccess,
    sid: str,
    needed: Need,
    actions: Sequence[str],
    resources: Sequence[str],
    does: str,
    condition: dict[str, Any] | None = None,
) -> Reasoned:
    """A statement that allows actions on resources, with what the role does by it and who says that it takes them."""
    statement = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    if condition:
        statement["Condition"] = condition  # type: ignore[assignment]
    reason = f"{does} ({needed.who_says})"
    return Reasoned(statement, reason, access.location, service=access.service, source=needed.source)
