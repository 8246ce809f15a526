"""What is asked, in words. A table and pure functions: nothing is read or printed here."""

from dataclasses import dataclass

from rolecall.commands.init.need import Need


@dataclass(frozen=True)
class Question:
    """A question's text, a line each."""

    asks: str
    """What is wanted."""
    hint: str = ""
    """What it is for, or what it may be."""


QUESTIONS = {
    "name": Question("Slug of the estate", "lower-case letters, digits, hyphens; roles and stacks carry it as a tag"),
    "account": Question("AWS account of the roles", "12 digits"),
    "region": Question("AWS region of the stacks and of the secrets", "such as eu-central-1"),
    "owner": Question("Who answers for the roles", "a team or a person; it becomes their tag `owner`"),
    "vendor": Question("Vendor", "its id"),
    "workspace": Question("Slug of the workspace", "your own name for it, such as acme-prod; stacks are called by it"),
    "workspace_id": Question("The vendor's own id of the workspace"),
    "data_center": Question("The vendor's data centre"),
    "trusted": Question(
        "The vendor's AWS account, or the ARN of its user or role",
        "`pending`, if you have yet to see it: nobody is let in until it is there",
    ),
    "own_principal": Question(
        "The ARN of the role or user of your own that is to call, as nobody of the vendor's does",
        "`pending`, if you have yet to make it: nobody is let in until it is there",
    ),
    "external_id": Question(
        "The external ID",
        "`pending`, if the vendor shows it only once the role is there: nobody is let in until then",
    ),
    "project": Question("Slug of the project", "your own name for it, such as billing; the role is called by it"),
    "project_id": Question("The vendor's own id of the project"),
    "repository": Question("Repository on GitHub that deploys the estate", "OWNER/NAME, spelt as GitHub spells it"),
    "repository_id": Question("The repository's number", "names can be given to another repository, numbers cannot"),
    "owner_id": Question("The number of the repository's owner"),
    "environment": Question("Environment that the deploying jobs run in", "its rules say who may deploy"),
}


def question_of(need: Need) -> Question:
    """What is asked for it."""
    return QUESTIONS[need.question or need.name]


def lines(need: Need) -> list[str]:
    """What is shown above the prompt."""
    question = question_of(need)
    hints = [question.hint, *(["or its number below"] if need.choices else [])]
    hint = ", ".join(filter(None, hints))
    shown = [question.asks + (f" ({hint})" if hint else "")]
    if need.where:
        shown.append(f"  where: {need.where}")
    width = max((len(choice.value) for choice in need.choices), default=0)
    for number, choice in enumerate(need.choices, 1):
        shown.append(f"  {number:>2}  {choice.value:<{width}}  {choice.what}".rstrip())
    if need.only:
        shown.append(f"  {need.default} is {need.only}; for another one you are asked for its account")
    if need.optional:
        shown.append("  nothing, if there is none")
    return shown
