"""AWS's own spelling of IAM actions that are known in lower case only: `getsecretvalue` is `GetSecretValue`.

Most actions bear the name of an API operation. The others are looked up where CloudFormation says which permissions a
resource needs, and what stands nowhere is put together from the words of the names that do.
"""

import gzip
import math
import re
from collections import Counter, defaultdict
from importlib.util import find_spec
from pathlib import Path

# Names of common services that the API spells otherwise, or that their words give wrong, as AWS's Service Authorization
# Reference has them (https://docs.aws.amazon.com/service-authorization/latest/reference/; read in the classes that
# https://github.com/udondan/iam-floyd generates from it, state of 2026-08-22). Of 21,500 names compared with it then,
# some 250 differ, all of rarer services; IAM does not mind the case, so this shows in suggestions only.
KNOWN = {
    "bedrock": "CreateDataSourceToken GetDataSourceAuthorizationUrl",
    "cloudtrail": "GetEventDataStoreData",
    "codebuild": "DeleteOAuthToken ListConnectedOAuthAccounts PersistOAuthToken",
    "ds": "AccessDSData",
    "dynamodb": "PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate",
    "ec2": "CreateLocalGatewayRouteTablePermission DeleteLocalGatewayRouteTablePermission "
    "DescribeLocalGatewayRouteTablePermissions InjectApiError InjectVolumeIOLatency",
    "ecr": "BatchImportUpstreamImage",
    "eks": "AccessKubernetesApi MutateViaKubernetesApi",
    "es": "ESCrossClusterGet ESHttpDelete ESHttpGet ESHttpHead ESHttpPatch ESHttpPost ESHttpPut",
    "glue": "FederateAuthorization RefreshOAuth2Tokens",
    "iam": "ListSTSRegionalEndpointsStatus SetSTSRegionalEndpointStatus",
    "kinesis": "InjectApiError",
    "logs": "IntegrateWithS3Table",
    "quicksight": "ListKMSKeysForUser UnpublishFlow",
    "redshift": "DescribeAutonomicsDenylist ModifyAutonomicsDenylist",
    "s3": "GetBucketCORS GetObjectVersionAcl PutBucketCORS PutObjectVersionAcl",
    "sagemaker": "TrainHubModel",
    "ssm": "ExecuteAPI",
    "states": "InvokeHTTPEndpoint",
}
_KNOWN = {f"{prefix}:{name.lower()}": name for prefix, names in KNOWN.items() for name in names.split()}
_OPERATION = re.compile(r'\{\s*"name":"(\w+)",\s*"http"')
_SHAPE = re.compile(r'"([A-Z]\w+)":\{"(?:type|shape)"')
_OTHER_NAME = re.compile(r'"(?:endpointPrefix|signingName)":"([^"]+)"')
_PERMISSION = re.compile(r'"([a-z0-9-]+):([A-Z][A-Za-z0-9]+)"')
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_LONGEST_WORD = 24
# So that `skills` is a word where only `skill` is known, and not `skill` and `s`.
_ENDINGS = ("s", "es", "ed", "d", "er", "ers", "ing", "al", "ly", "ment", "able", "ation", "ations", "ization", "ized")


class Speller:
    """Spells actions from botocore's API models and the resource schemas of cfn-lint."""

    def __init__(self, schemas: Path) -> None:
        self._operations: dict[str, dict[str, str]] = defaultdict(dict)
        """By service prefix and lower-case name; a prefix is the API's, its endpoint's or its signature's."""
        self._elsewhere: dict[str, Counter[str]] = defaultdict(Counter)
        self._permissions: dict[str, Counter[str]] = defaultdict(Counter)
        self._words: dict[str, Counter[str]] = defaultdict(Counter)
        names = self._read_operations() | self._read_permissions(schemas)
        for word in (word for name in sorted(names) for word in _WORD.findall(name)):
            self._words[word.lower()][word] += 1
        self._total = sum(words.total() for words in self._words.values())

    def _read_operations(self) -> set[str]:
        """All names that the models give to operations and to what they take and return."""
        names = set()
        [package] = find_spec("botocore").submodule_search_locations or []  # type: ignore[union-attr]
        for path in sorted(Path(package).glob("data/*/*/service-2.json.gz")):
            text = gzip.decompress(path.read_bytes()).decode("utf-8")
            names.update(_SHAPE.findall(text))
            for name in _OPERATION.findall(text):
                self._elsewhere[name.lower()][name] += 1
                for prefix in {path.parent.parent.name, *_OTHER_NAME.findall(text[:3000])}:
                    self._operations[prefix][name.lower()] = name
        return names | {name for each in self._elsewhere.values() for name in each}

    def _read_permissions(self, schemas: Path) -> set[str]:
        for path in sorted(schemas.glob("*.json")):
            for prefix, name in _PERMISSION.findall(path.read_text("utf-8")):
                self._permissions[f"{prefix}:{name.lower()}"][name] += 1
        return {name for each in self._permissions.values() for name in each}

    def spelled(self, prefix: str, action: str) -> str:
        """The action as AWS writes it."""
        key = f"{prefix}:{action}"
        return (
            _KNOWN.get(key)
            or self._operations[prefix].get(action)
            or _most_common(self._permissions.get(key))
            or _most_common(self._elsewhere.get(action))
            or self._from_words(action)
        )

    def _from_words(self, action: str) -> str:
        """The most likely way to read it as words: the one whose words are together the most frequent."""
        best: list[tuple[float, str]] = [(0.0, "")]
        for end in range(1, len(action) + 1):
            starts = range(max(0, end - _LONGEST_WORD), end)
            best.append(
                min((best[s][0] + self._cost(action[s:end]), best[s][1] + self._cased(action[s:end])) for s in starts)
            )
        return best[-1][1]

    def _cost(self, word: str) -> float:
        """Minus the logarithm of its frequency; a word that is nowhere counts as rarer the longer it is."""
        if frequency := self._frequency(word):
            return -math.log(frequency / self._total)
        if stems := [word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) > len(end) + 2]:
            frequency = max(self._frequency(stem) for stem in stems)
        return 2 - math.log(frequency / self._total) if frequency else math.log(self._total) + 2 * len(word)

    def _frequency(self, word: str) -> int:
        return self._words[word].total() if word in self._words and (len(word) > 1 or word.isdigit()) else 0

    def _cased(self, word: str) -> str:
        return _most_common(self._words.get(word)) or word.capitalize()


def _most_common(names: Counter[str] | None) -> str | None:
    """The name most often seen; of equals the first of the alphabet."""
    return min(names, key=lambda name: (-names[name], name)) if names else None
