"""A vendor's principals by partition: one of another partition is never trusted in silence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rolecall.estate import judged
from rolecall.model.finding import Severity
from rolecall.model.grant import Grant

Grants = Callable[[dict[str, str]], dict[str, Grant]]
Write = Callable[[dict[str, str]], Path]
ESTATE = 'schema: 1\nestate: acme\ndefaults: {{account: "111111111111", region: {region}}}\n{more}'
ID = "5b1f0c9e-7d3a-4e62-9c48-0123456789ab"
GOV = "arn:aws-us-gov:iam::{}:role/unity-catalog-prod-UCMasterRole-{}"


def files(region: str, vendor: str, more: str = "", own: str = "", id_: str = ID) -> dict[str, str]:
    """A workspace `w` with one project in a region."""
    text = f"workspace: w\nvendor: {vendor}\n{more}projects: [{{project: a, external_id: {id_}}}]\n"
    return {"estate.yaml": ESTATE.format(region=region, more=own), "workspaces/w.yaml": text}


def errors(write: Write, written: dict[str, str]) -> list[str]:
    """Rules and messages of the errors, on one line each."""
    found = judged(write(written)).findings
    return [f"{f.rule} {f.location}: {f.message}" for f in found if f.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("region", "center", "principal"),
    [
        ("eu-central-1", "", "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL"),
        ("us-gov-west-1", "data_center: govcloud\n", GOV.format("044793339203", "1QRFA8SGY15OJ")),
        ("us-gov-west-1", "data_center: govcloud-dod\n", GOV.format("170661010020", "1DI6DL6ZP26AS")),
    ],
)
def test_databricks_has_principals_of_its_own_in_govcloud(
    grants: Grants, region: str, center: str, principal: str
) -> None:
    grant = grants(files(region, "databricks", center))["w/a"]
    assert grant.trust.principals == (principal,)
    assert {each.split(":")[1] for each in grant.trust.principals} == {grant.partition}


@pytest.mark.parametrize(
    ("region", "site", "account"),
    [
        ("eu-central-1", "eu", "arn:aws:iam::464622532012:root"),
        ("eu-central-1", "ap1", "arn:aws:iam::417141415827:root"),
        ("ap-southeast-2", "ap2", "arn:aws:iam::412381753143:root"),
        ("us-east-1", "us1-fed", "arn:aws:iam::392588925713:root"),
        ("us-gov-east-1", "us1-fed", "arn:aws-us-gov:iam::065115117704:root"),
    ],
)
def test_datadogs_account_depends_on_its_site_and_on_the_partition(
    grants: Grants, region: str, site: str, account: str
) -> None:
    assert grants(files(region, "datadog", f"data_center: {site}\n"))["w/a"].trust.principals == (account,)


@pytest.mark.parametrize(
    ("region", "vendor", "more", "said"),
    [
        ("us-gov-west-1", "drata", "", ["RC101", "in this partition: got 'aws-us-gov'; allowed: aws;"]),
        ("cn-north-1", "databricks", "", ["RC101", "got 'aws-cn'; allowed: aws, aws-us-gov;"]),
        ("us-gov-west-1", "databricks", "", ["RC101", "got 'no data_center'; allowed: govcloud, govcloud-dod;"]),
        ("us-gov-west-1", "datadog", "data_center: eu\n", ["RC101", "got 'eu'; allowed: us1-fed;"]),
        ("eu-central-1", "datadog", "", ["RC101", "got 'no data_center'; allowed: us1, us3,"]),
        ("eu-central-1", "datadog", "data_center: uk1\n", ["RC101", "got 'uk1'"]),
        ("eu-central-1", "segment", "", ["RC101", "allowed: s3, kinesis,"]),
    ],
)
def test_what_is_not_known_in_a_partition_is_asked_for(
    write: Write, region: str, vendor: str, more: str, said: list[str]
) -> None:
    [error] = errors(write, files(region, vendor, more))
    assert all(words in error for words in said), error


def test_what_the_console_shows_is_taken_in_any_partition(grants: Grants) -> None:
    grant = grants(files("us-gov-west-1", "drata", 'trusted_account: "210987654321"\n'))["w/a"]
    assert grant.trust.principals == ("arn:aws-us-gov:iam::210987654321:root",)


OWN = """vendors:
  obs:
    name: Obs
    principals: ["210987654321"]
    other_partitions: {aws-us-gov: [%s]}
    external_id: {origin: vendor, per: project}
"""


def test_a_vendor_of_ones_own_may_name_principals_by_partition(grants: Grants) -> None:
    own = OWN % '"arn:aws-us-gov:iam::098765432109:root"'
    for region, principal in (
        ("eu-central-1", "arn:aws:iam::210987654321:root"),
        ("us-gov-west-1", "arn:aws-us-gov:iam::098765432109:root"),
        # Said by its owner and not by a catalog: an account holds where the roles are.
        ("cn-north-1", "arn:aws-cn:iam::210987654321:root"),
    ):
        assert grants(files(region, "obs", own=own))["w/a"].trust.principals == (principal,)


@pytest.mark.parametrize(
    "wrong", ['"098765432109"', "arn:aws:iam::098765432109:root", "arn:aws-cn:iam::098765432109:root"]
)
def test_only_whole_arns_of_a_partition_stand_under_it(write: Write, wrong: str) -> None:
    [error] = errors(write, files("eu-central-1", "obs", own=OWN % wrong))
    assert error.startswith("RC106 estate.yaml:8:37")
    assert wrong.strip('"') in error
    assert "whole ARNs that begin with arn:aws-us-gov:" in error


@pytest.mark.parametrize(
    ("product", "name"),
    [("s3", "segment-s3-integration-production-access"), ("lambda", "customer-lambda-prod-destination-access")],
)
def test_a_role_for_one_product_of_segments_trusts_that_products_role_alone(
    grants: Grants, product: str, name: str
) -> None:
    written = files("eu-central-1", "segment", f"data_center: {product}\nexternal_id: rW4hT9xZq2Lm7Kc\n")
    written["workspaces/w.yaml"] = written["workspaces/w.yaml"].replace(f", external_id: {ID}", "")
    assert grants(written)["w/a"].trust.principals == (f"arn:aws:iam::595280932656:role/{name}",)


@pytest.mark.parametrize("region", ["eu-central-1", "us-gov-west-1"])
@pytest.mark.parametrize("vendor", ["tracecat", "confluent", "harness"])
def test_a_principal_that_nobody_knows_yet_lets_in_nobody(grants: Grants, region: str, vendor: str) -> None:
    trust = grants(files(region, vendor))["w/a"].trust
    assert (trust.pending, trust.principals) == (True, ())


def test_a_pending_vendors_principal_is_trusted_as_soon_as_it_is_written(grants: Grants) -> None:
    arn = "arn:aws:iam::210987654321:role/tracecat-executor"
    trust = grants(files("eu-central-1", "tracecat", f'trusted_principals: ["{arn}"]\n'))["w/a"].trust
    assert (trust.pending, trust.principals, trust.written_ids) == (False, (arn,), (ID,))


def test_a_known_principal_without_its_external_id_lets_in_nobody(grants: Grants) -> None:
    more = 'trusted_principals: ["arn:aws:iam::210987654321:role/confluent"]\n'
    assert grants(files("eu-central-1", "confluent", more, id_="pending"))["w/a"].trust.pending


def test_a_data_center_counts_where_only_another_partition_has_several(write: Write) -> None:
    findings = judged(write(files("us-gov-west-1", "databricks", "data_center: govcloud\n"))).findings
    assert [f.rule for f in findings if f.severity is not Severity.INFO] == []


def test_the_estates_own_principals_of_a_catalog_vendor_take_the_place_of_the_catalogs(grants: Grants) -> None:
    own = 'vendors: {spacelift: {principals: ["210987654321"]}}\n'
    trust = grants(files("eu-central-1", "spacelift", own=own, id_="acme@01GE@infra@read"))["w/a"].trust
    assert trust.principals == ("arn:aws:iam::210987654321:root",)


def test_the_one_id_of_databricks_account_admins_serves_several_roles_by_scope(grants: Grants, write: Write) -> None:
    written = files("eu-central-1", "databricks")
    written["workspaces/w.yaml"] = (
        f"workspace: w\nvendor: databricks\nexternal_id_scope: workspace\nexternal_id: {ID}\n"
        "projects: [{project: a}, {project: b}]\n"
    )
    assert errors(write, written) == []
    assert {grant.trust.external_ids for grant in grants(written).values()} == {(ID,)}
