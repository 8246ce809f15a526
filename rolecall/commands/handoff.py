"""`rolecall handoff`: a sheet for each role, for the person who works on the vendor's screens."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rolecall.accounts.parameters import external_ids
from rolecall.accounts.reach import AwsReach, LocalReach, Reach
from rolecall.accounts.secret_arns import look_up, place_of
from rolecall.answer import CANNOT_TELL, NO, YES, Answer, CommandError, Say
from rolecall.commands import local as local_command
from rolecall.commands.git_ignored import kept_in_git
from rolecall.commands.written_sheets import has_index, tell_left_over, write_sheets
from rolecall.config.files import read_files
from rolecall.config.parties import parties
from rolecall.config.party import Party
from rolecall.estate import selected, sound
from rolecall.handoff.page import FORMATS, index_page, sheet_page
from rolecall.handoff.secret_arns import FoundSecret, State, stated
from rolecall.handoff.sheet import Sheet, sheet_of
from rolecall.handoff.subject import Subject
from rolecall.local import UnknownIdentity
from rolecall.model.grant import Estate, Grant
from rolecall.model.invalid import InvalidValueError
from rolecall.model.secret import Secret
from rolecall.model.trust import ParameterReference
from rolecall.report.table import table

_NOT_ASKED = "AWS was not asked"
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html, read 2026-11-22.
_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL_SSM")
_Secrets = Mapping[Secret, FoundSecret]


@dataclass(frozen=True)
class HandOffWish:
    """What the command was asked for.

    Args:
        target: `local` or `aws`.
        asks_aws: whether AWS may be asked for the ARNs of secrets and for parameters.
        output: `text` or `json`.
    """

    target: str = "aws"
    asks_aws: bool = True
    output: str = "text"


def handoff(
    folder: Path,
    selectors: Sequence[str],
    out: Path,
    wish: HandOffWish,
    say: Say,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Answer:
    """Write the sheets of what was selected, and a list of them. What AWS would not tell is told, and stays open.

    Raises:
        CommandError: the embedded AWS does not run, or the files cannot be written; nothing was written then.
    """
    estate, written = sound(folder), parties(read_files(folder))
    grants, made = selected(estate.grants, selectors), clock()
    if not all(grant.address in written for grant in grants):
        raise CommandError("the estate's files were changed meanwhile; nothing was written", "run it again", NO)
    reach = _reach(folder, estate, grants, wish)
    found = _found(grants, reach)
    subjects = [_subject(grant, written[grant.address], made, wish, reach, found[grant.address]) for grant in grants]
    sheets = [sheet_of(subject) for subject in subjects]
    files = _files(sheets, folder)
    if selectors and has_index(out):
        files = {name: text for name, text in files.items() if not name.startswith("index.")}
        say("the index of an earlier run was left as it is; a run without a selector makes it anew")
    write_sheets(out, files, folder)
    if (warning := kept_in_git(out)) is not None:
        say(warning)
    if not selectors:
        tell_left_over(out, files, say)
    unasked = _unasked(subjects)
    for reason in unasked:
        say(f"left open in the sheets: {reason}; --no-lookup asks nobody")
    return Answer(_answer(sheets, out, wish.output), CANNOT_TELL if unasked else YES)


def _reach(folder: Path, estate: Estate, grants: Sequence[Grant], wish: HandOffWish) -> Reach | None:
    """How AWS is asked; None where it may not be, or where there is nothing to ask."""
    by_name = any(secret.kind == "name" for grant in grants for secret in grant.permissions.secrets)
    by_parameter = any(isinstance(each, ParameterReference) for grant in grants for each in grant.trust.external_ids)
    if not wish.asks_aws or not (by_name or by_parameter):
        return None
    if wish.target == "local":
        return _KnownAccounts(LocalReach(local_command.found(folder)))
    return AwsReach.of(estate.grants)


@dataclass(frozen=True)
class _KnownAccounts:
    """The embedded AWS, where an account that it was not started with is one that cannot be read."""

    inner: Reach

    def client(self, account: str, service: str, region: str) -> Any:
        """A client.

        Raises:
            CommandError: the embedded AWS does not have the account.
        """
        try:
            return self.inner.client(account, service, region)
        except UnknownIdentity:
            sentence = f"the embedded AWS does not have account {account}"
            raise CommandError(sentence, "rolecall local down, and local up", CANNOT_TELL) from None

    def environment(self, account: str) -> dict[str, str]:
        """As it is."""
        return self.inner.environment(account)


def _is_embedded(environment: Mapping[str, str]) -> bool:
    """Whether AWS's own tools are bound to this machine, as `rolecall local env` binds them."""
    hosts = [urlsplit(environment.get(name, "")).hostname or "" for name in _ENDPOINTS]
    return any(host == "localhost" or host.startswith("127.") or host == "::1" for host in hosts)


def _subject(
    grant: Grant, party: Party, made: datetime, wish: HandOffWish, reach: Reach | None, secrets: _Secrets
) -> Subject:
    ids, why = _ids(grant, reach)
    return Subject(grant, party, made, ids, why, secrets, wish.target, wish.asks_aws and _is_embedded(os.environ))


def _ids(grant: Grant, reach: Reach | None) -> tuple[tuple[str, ...], str | None]:
    """The external IDs, whole; none and why, where one is kept in a parameter that could not be read."""
    references = [each for each in grant.trust.external_ids if isinstance(each, ParameterReference)]
    if references and reach is None:
        where = f"parameter {references[0].path}:{references[0].version} in account {grant.account}"
        return (), f"it is kept in {where}, and {_NOT_ASKED}"
    try:
        return external_ids(grant, reach), None
    except (CommandError, InvalidValueError) as error:
        return (), str(error)


def _found(grants: Sequence[Grant], reach: Reach | None) -> Mapping[str, _Secrets]:
    """What is known of the secrets of each role that are granted one by one, by the role's address."""
    one_by_one = [(g, secret) for g in grants for secret in g.permissions.secrets if secret.kind in ("name", "arn")]
    places = list(dict.fromkeys(place_of(grant, secret) for grant, secret in one_by_one if secret.kind == "name"))
    asked = look_up(places, reach) if reach else dict.fromkeys(places, FoundSecret(State.UNKNOWN, reason=_NOT_ASKED))
    found: dict[str, dict[Secret, FoundSecret]] = {grant.address: {} for grant in grants}
    for grant, secret in one_by_one:
        is_named = secret.kind == "name"
        found[grant.address][secret] = asked[place_of(grant, secret)] if is_named else stated(secret)
    return found


def _files(sheets: Sequence[Sheet], estate: Path) -> dict[str, str]:
    pages = {f"{s.workspace}/{s.project}.{form}": sheet_page(s, form, estate) for s in sheets for form in FORMATS}
    return pages | {f"index.{form}": index_page(sheets, form, estate) for form in FORMATS}


def _unasked(subjects: Sequence[Subject]) -> list[str]:
    """Why something stayed open that AWS was asked for, each reason once."""
    reasons = [subject.unread_id for subject in subjects if subject.unread_id]
    reasons += [f.reason for subject in subjects for f in subject.secrets.values() if f.state is State.UNKNOWN]
    return [reason for reason in dict.fromkeys(reasons) if _NOT_ASKED not in reason]


def _answer(sheets: Sequence[Sheet], out: Path, output: str) -> str:
    if output == "json":
        return json.dumps({"schema": 1, "sheets": [_as_json(sheet, out) for sheet in sheets]}, indent=2)
    rows = [(each.address, each.state, str(out / each.workspace / f"{each.project}.html")) for each in sheets]
    return table(("ROLE", "STATE", "SHEET"), rows)


def _as_json(sheet: Sheet, out: Path) -> dict[str, object]:
    files = [str(out / sheet.workspace / f"{sheet.project}.{form}") for form in FORMATS]
    return {"workspace": sheet.workspace, "project": sheet.project, "state": sheet.state, "files": files}
