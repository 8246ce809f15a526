"""Every error that can reach the command line, as a sentence, a tip and an exit code."""

import errno
import traceback
from dataclasses import dataclass, replace
from pathlib import Path

from rolecall.answer import CANNOT_TELL, NO, USAGE, CommandError
from rolecall.config.files import UnreadableEstateError
from rolecall.documents import located
from rolecall.estate import EstateRefusedError, UnknownSelectorError
from rolecall.local import LOCAL_EXTRA, LocalAwsError, NotInstalledError, UnknownIdentity
from rolecall.model.invalid import InvalidValueError
from rolecall.starters import BadStarterError

_OF_OURS = ("stacks", "constructs_lib")
"""Our packages beside this one, whose names an app of the user's own may have given to others."""
_RENAME = "rename yours, or take its folder out of PYTHONPATH"


@dataclass(frozen=True)
class Refusal:
    """What to tell the user."""

    sentence: str
    tip: str
    exit_code: int


def refusal(error: Exception) -> Refusal:
    """Say what happened, without a traceback and without anything that could hold a credential."""
    said = _refusal(error)
    return replace(said, sentence=located(said.sentence), tip=located(said.tip))


def _refusal(error: Exception) -> Refusal:
    match error:
        case CommandError() | BadStarterError():
            return Refusal(str(error), error.tip, error.exit_code)
        case EstateRefusedError():
            return Refusal(str(error), "mend these; `rolecall check` shows warnings too", NO)
        case UnreadableEstateError() | UnknownSelectorError() | InvalidValueError() | UnknownIdentity():
            return Refusal(str(error), "", USAGE)
        case LocalAwsError():
            missing = isinstance(error, NotInstalledError)
            return Refusal(str(error), LOCAL_EXTRA if missing else "", USAGE if missing else CANNOT_TELL)
        case OSError():
            # A full disk or a broken device is nobody's mistake: the answer is there, and could not be given.
            code = CANNOT_TELL if error.errno in (errno.ENOSPC, errno.EIO, errno.EDQUOT) else USAGE
            return Refusal(f"{error.strerror or type(error).__name__}: {error.filename or 'a file'}", "", code)
    return _unforeseen(error)


def _unforeseen(error: Exception) -> Refusal:
    """An error of AWS's or of ours. Its text is left out: only its kind is known to hold no secret."""
    code = getattr(error, "response", {}).get("Error", {}).get("Code")
    if profile := _told_by(error, "ProfileNotFound", "profile"):
        tip = "set AWS_PROFILE to one that `aws configure list-profiles` shows, or unset it"
        return Refusal(f"there is no AWS profile called {profile}", tip, CANNOT_TELL)
    if path := _told_by(error, "ConfigParseError", "path"):
        tip = "mend it, or have AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE name another"
        return Refusal(f"boto3's configuration is broken: {path} cannot be parsed", tip, CANNOT_TELL)
    if code or type(error).__module__.startswith(("botocore", "boto3")):
        return Refusal(
            f"AWS could not be asked: {code or type(error).__name__}", "check credentials and network", CANNOT_TELL
        )
    if isinstance(error, ImportError) and (package := (error.name or "").partition(".")[0]) in _OF_OURS:
        return Refusal(f"a package {package} that is not Rolecall's is found first: {error}", _RENAME, USAGE)
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(where.filename).name}:{where.lineno}"
    return Refusal(
        f"this is a fault of Rolecall: {type(error).__name__} at {place}", "report it, with the command", CANNOT_TELL
    )


def _told_by(error: Exception, kind: str, what: str) -> str | None:
    """What an exception of botocore's is about, such as the name of a profile; None if it is one of another kind.

    Known by its name, as botocore takes a quarter of a second to load and most commands need none of it.
    """
    is_one = type(error).__name__ == kind and type(error).__module__.startswith("botocore")
    return str(getattr(error, "kwargs", {}).get(what, "")) or None if is_one else None
