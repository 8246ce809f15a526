"""How hard an external ID is to guess: an estimate of what somebody who knows the company has to try."""

import math
import re
from collections.abc import Collection, Iterator

# A UUID4, which AWS's Well-Architected Framework recommends (SEC03-BP09), has 122 bits. 40 leave room for shorter
# random IDs: ten hexadecimal digits, or a trillion calls of STS.
# https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_permissions_share_securely_third_party.html
MIN_BITS = 40
# A word of some everyday 256, and a row of keys or a repetition: less.
_BITS_PER_WORD = 8.0
_BITS_PER_ROW = 4.0
_EVERYDAY = frozenset(
    [
        "account",
        "aws",
        "company",
        "corp",
        "dev",
        "external",
        "externalid",
        "iam",
        "id",
        "inc",
        "key",
        "my",
        "prod",
        "production",
        "project",
        "role",
        "secret",
        "secrets",
        "stage",
        "staging",
        "sts",
        "test",
        "the",
        "vendor",
        "workspace",
    ]
)
_RUN = re.compile(r"[0-9]+|[A-Za-z]+")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "0123456789abcdef", "qwertyuiopasdfghjklzxcvbnm")
_WITHOUT_VOWELS = re.compile(r"[^aeiouy]{5}", re.IGNORECASE)
_REPEATED = re.compile(r"(.{2,}?)\1+", re.DOTALL)
_RANDOM_HEX = re.compile(r"(?=[0-9-]*[a-f])(?=[a-f-]*[0-9])[0-9a-f-]{16,}", re.IGNORECASE)
_YEAR = re.compile(r"(19|20)[0-9]{2}")


def why_guessable(external_id: str, names: Collection[str] = (), min_bits: float = MIN_BITS) -> str | None:
    """Why somebody could guess the ID, in words; None where it is random enough.

    Args:
        external_id: as the vendor sends it.
        names: what an outsider knows or tries first: names of company, vendor, workspace and role, accounts.
        min_bits: how many bits of randomness it has to have.
    """
    if re.fullmatch(r"[0-9]{12}", external_id):
        return "it is the number of an account, which is no secret"
    known = _known(external_id, names)
    bits = bits_of(external_id, known)
    if bits >= min_bits:
        return None
    if named := sorted(known - _EVERYDAY, key=len, reverse=True)[:3]:
        made_of = ", ".join(named)
        return f"it is made of names that others know ({made_of}), with about {bits:.0f} bits of chance beside them"
    return f"it is short or made of words: about {bits:.0f} bits of chance, where {min_bits:.0f} are wanted"


def bits_of(text: str, known: Collection[str] = ()) -> float:
    """An estimate, rather too high than too low, of the randomness in a text beside the words that are known."""
    rest = once[1] if (once := _REPEATED.fullmatch(text)) else text
    if _RANDOM_HEX.fullmatch(rest) and len(set(rest.lower()) - {"-"}) >= 8 and not _is_row(rest.lower()):
        return 4.0 * len(rest.replace("-", ""))
    for name in sorted(known, key=len, reverse=True):
        rest = re.sub(re.escape(name), "-", rest, flags=re.IGNORECASE)
    return sum(map(_bits_of_run, _RUN.findall(rest)))


def _known(external_id: str, names: Collection[str]) -> frozenset[str]:
    """The names that occur in the ID; short ones only where they stand alone."""
    lower = external_id.lower()
    alone = set(re.split(r"[^a-z0-9]+", lower))
    candidates = {name.lower() for name in names} | _EVERYDAY
    return frozenset(name for name in candidates if name in alone or (len(name) > 3 and name in lower))


def _bits_of_run(run: str) -> float:
    if _is_row(run.lower()) or _YEAR.fullmatch(run):
        return _BITS_PER_ROW
    if run.isdigit():
        return len(run) * math.log2(10)
    mixed = not (run.islower() or run.isupper() or run.istitle())
    bits = len(run) * math.log2(52 if mixed else 26)
    few_vowels = len(run) > 9 and len(re.findall("[aeiouy]", run.lower())) < 0.3 * len(run)
    if mixed or len(run) < 4 or few_vowels or _WITHOUT_VOWELS.search(run):
        return bits
    return min(bits, _BITS_PER_WORD * math.ceil(len(run) / 8))


def _is_row(run: str) -> bool:
    """Whether it counts up or down, follows a row of keys, or repeats one or two characters."""
    if len(run) < 3:
        return False
    rows = (line for row in _ROWS for line in (row * 2, row[::-1] * 2))
    return len(set(run)) <= 2 or any(run in line for line in rows)


def words_of(*names: str) -> Iterator[str]:
    """The names themselves, and the words and numbers that they are made of."""
    for name in names:
        yield name
        yield from re.findall(r"[A-Za-z]{3,}|[0-9]{4,}", name)
