"""How hard an external ID is to guess: an estimate of what somebody who knows the company has to try."""

import math
import re
from collections.abc import Collection, Iterator

# A UUID4, which AWS's Well-Architected Framework recommends (SEC03-BP09), has 122 bits. 40 leave room for shorter
# random IDs: ten hexadecimal digits, or a trillion calls of STS.
# https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_permissions_share_securely_third_party.html
MIN_BITS = 40
# A word of some everyday 200, and a row of keys or a repetition: less.
_BITS_PER_WORD = 7.5
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
_CAMEL_CASE = re.compile(r"[A-Z][a-z]+")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "0123456789abcdef", "qwertyuiopasdfghjklzxcvbnm")
_WITHOUT_VOWELS = re.compile(r"[^aeiouy]{5}", re.IGNORECASE)
_REPEATED = re.compile(r"(.{2,}?)\1+", re.DOTALL)
_RANDOM_HEX = re.compile(r"(?=[0-9-]*[a-f])(?=[a-f-]*[0-9])[0-9a-f-]{10,}", re.IGNORECASE)
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_DATE = re.compile(r"(19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9](T[0-9]{2}:?[0-9]{2}(:?[0-9]{2})?Z?)?")
_MAIL_DOMAIN = re.compile(r"@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
# The longest telephone number (ITU-T E.164) has fifteen digits; what is left to guess of one is less than it looks.
_TELEPHONE_DIGITS = 15
_BITS_OF_A_TELEPHONE = 20.0
# Pairs of letters that English words are full of: of a word most are among these, of random letters a quarter.
_PAIRS = (
    "thheineranreonatenndtiesorteofedisitalarsttontngsehaasouiolevecomedehiriroicneearacelichllbemasiomur"
    "caeltalansdifohopeecprnoctusacotiltrlyncetutsssorsunlowageiewheewiemadolrtpowenaulnitsmoowpaimmiaish"
    "irsuidosiviaamficivipligtuevldrympfeblabghtyopsaayexkefrooavagapgrbosprddoucbueiovepocfacurnscgidacr"
    "cldugaquuebaeylsvaumppuplugoruugpiauckbrbiptdrob"
)
_USUAL_PAIRS = frozenset(_PAIRS[i : i + 2] for i in range(0, len(_PAIRS), 2))


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
    rest = _once(text)
    if _is_interleaved(rest):
        return 2 * _BITS_PER_ROW
    if (hexadecimal := _bits_of_hexadecimal(rest)) is not None:
        return hexadecimal
    rest = _MAIL_DOMAIN.sub("-", _DATE.sub("-", rest))
    for name in sorted(known, key=len, reverse=True):
        rest = re.sub(re.escape(name), "-", rest, flags=re.IGNORECASE)
    runs = _RUN.findall(rest)
    digits = "".join(run for run in runs if run.isdigit())
    if digits == "".join(runs) and len(digits) <= _TELEPHONE_DIGITS:
        return min(_BITS_OF_A_TELEPHONE, sum(map(_bits_of_run, runs)))
    # Letters and digits by turns are no words, however short the letters' runs; without any digit, short runs are.
    shuffled = bool(digits) and len(runs) > 4
    return sum(
        _bits_of_run(run, shuffled=shuffled, alone=not digits) for run in {run.lower(): run for run in runs}.values()
    )


def _bits_of_hexadecimal(text: str) -> float | None:
    """Four bits a digit, where a text looks like random hexadecimal digits; None where it does not."""
    digits = text.replace("-", "").lower()
    enough = len(digits) >= 16 or len(_RUN.findall(digits)) > 3
    if (
        not _RANDOM_HEX.fullmatch(text)
        or not enough
        or len(set(digits)) < (8 if len(digits) >= 16 else 6)
        or _is_row(digits)
        or _is_interleaved(text)
    ):
        return None
    return 4.0 * len(digits)


def _is_interleaved(text: str) -> bool:
    """Whether the letters by themselves and the digits by themselves each follow a row: a1b2c3d4."""
    letters, digits = (re.sub(other, "", text.lower()) for other in ("[^a-z]", "[^0-9]"))
    return len(letters) > 3 and len(digits) > 3 and _is_row(_once(letters)) and _is_row(_once(digits))


def _once(text: str) -> str:
    """A text that is another one several times over, as that one."""
    repeated = _REPEATED.fullmatch(text)
    return repeated[1] if repeated else text


def _known(external_id: str, names: Collection[str]) -> frozenset[str]:
    """The names that occur in the ID; short ones only where they stand alone."""
    lower = external_id.lower()
    alone = set(re.split(r"[^a-z0-9]+", lower))
    candidates = {name.lower() for name in names} | _EVERYDAY
    return frozenset(name for name in candidates if name in alone or (len(name) > 3 and name in lower))


def _bits_of_run(run: str, *, shuffled: bool = False, alone: bool = False) -> float:
    """The bits of letters or of digits that stand together; of a word, as many as it takes to choose it."""
    if _is_row(run.lower()) or _YEAR.fullmatch(run):
        return _BITS_PER_ROW
    if run.isdigit():
        return len(run) * math.log2(10)
    if (words := _CAMEL_CASE.findall(run)) and len(words) > 1 and "".join(words) == run:
        return sum(_bits_of_run(word, shuffled=shuffled, alone=alone) for word in words)
    mixed = not (run.islower() or run.isupper() or run.istitle())
    bits = len(run) * math.log2(52 if mixed else 26)
    if mixed or (shuffled and len(run) < 6):
        return bits
    return min(bits, _BITS_PER_WORD * math.ceil(len(run) / 8)) if _is_a_word(run, alone) else bits


def _is_a_word(run: str, alone: bool) -> bool:
    """Whether letters could be a word, or several: by their pairs, and by vowels in their time."""
    if len(run) < 4:
        return alone
    lower = run.lower()
    usual = sum(lower[i : i + 2] in _USUAL_PAIRS for i in range(len(lower) - 1))
    return usual >= 0.5 * (len(lower) - 1) and not _WITHOUT_VOWELS.search(lower)


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
