"""Write rolecall/policy/iam_actions.json, which IAM actions exist and on what; with --check, say if it is out of date.

Run as `make actions`; `make lint` runs the check. What exists comes from cfn-lint's copy of AWS's service reference
(https://servicereference.us-east-1.amazonaws.com), which has all names in lower case and cuts ARN formats at the first
placeholder. How a name is spelled comes from botocore's API models and cfn-lint's resource schemas (`spelling.py`).
"""

import json
import sys
from collections import defaultdict
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from spelling import Speller

DATA = Path(__file__).parent.parent / "rolecall" / "policy" / "iam_actions.json"

# ARN formats that cfn-lint's cut leaves too wide to tell a bucket from its objects, the mistake most often made. A
# bucket is arn:${Partition}:s3:::${BucketName}, an object arn:${Partition}:s3:::${BucketName}/${ObjectName}
# (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html, by way of
# https://github.com/udondan/iam-floyd, 2026-08), and the name of a bucket holds no slash
# (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
FORMATS = {
    ("s3", "bucket"): ["arn:*:s3:::* without /"],
    ("s3", "object"): ["arn:*:s3:::*/*"],
}
# Resource types of actions for which the reference names none, though the service does ask about them.
RESOURCES = {
    # "not authorized to perform: logs:DescribeLogGroups on resource: arn:aws:logs:…:log-group::log-stream:"
    # (https://github.com/hashicorp/terraform-provider-aws/issues/8804, 2019-05-29).
    ("logs", "describeloggroups"): ["log-group"],
    # AWS's example for reading a stream allows it on arn:aws:dynamodb:us-west-2:123456789012:table/GameScores/stream/*
    # (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-read-stream-only.html; 2026-11-22).
    ("dynamodb", "liststreams"): ["stream"],
    # "not authorized to perform: eks:CreateCluster on resource: …cluster/cortex"
    # (https://github.com/cortexlabs/cortex/issues/1232, 2020-07-17).
    ("eks", "createcluster"): ["cluster"],
}


def generated() -> str:
    """The whole data file."""
    package = distribution("cfn-lint")
    path = package.locate_file("cfnlint/data/AdditionalSpecs/Policies.json")
    reference = json.loads(Path(str(path)).read_text("utf-8"))
    schemas = Path(str(package.locate_file("cfnlint/data/schemas/resources")))
    speller = Speller(schemas)
    about = {
        "made_by": "docs/generate_actions.py",
        "source": f"cfn-lint {package.version}",
        "services": {name: _service(name, reference[name], speller) for name in sorted(reference)},
    }
    return json.dumps(about, indent=0, ensure_ascii=False) + "\n"


def _service(prefix: str, described: dict[str, Any], speller: Speller) -> dict[str, Any]:
    """`formats`, and under `actions` the names of those that take the same ones, by the formats' numbers; "" is `*`."""
    formats = {name: _formats(prefix, name, each["ARNFormats"]) for name, each in described["Resources"].items()}
    taken = {
        # Some types are written with capitals here and in lower case where they are described.
        action: {
            arn for name in RESOURCES.get((prefix, action), each.get("Resources", [])) for arn in formats[name.lower()]
        }
        for action, each in described["Actions"].items()
    }
    listed = sorted({arn for arns in taken.values() for arn in arns})
    groups = defaultdict(list)
    for action, arns in taken.items():
        groups[" ".join(str(listed.index(arn)) for arn in sorted(arns))].append(speller.spelled(prefix, action))
    return {"formats": listed, "actions": {numbers: " ".join(sorted(groups[numbers])) for numbers in sorted(groups)}}


def _formats(prefix: str, resource: str, cut: list[str]) -> list[str]:
    """The ARN formats of a resource type as IAM patterns: `${...}` and cfn-lint's `.*` become `*`."""
    return FORMATS.get((prefix, resource)) or [_pattern(arn) for arn in cut]


def _pattern(arn: str) -> str:
    parts = arn.replace(".*", "*").split(":", 5)
    return ":".join("*" if part.startswith("${") else part for part in parts)


def main() -> int:
    """Write or check; 1 if the file is out of date."""
    text = generated()
    if DATA.exists() and DATA.read_text("utf-8") == text:
        return 0
    if "--check" in sys.argv[1:]:
        print(f"{DATA.name} is not what the installed cfn-lint gives; run `make actions`", file=sys.stderr)
        return 1
    DATA.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
