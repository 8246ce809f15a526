"""Sheets as pages: sound HTML that loads nothing, and texts of others that break out of neither form."""

import re

import pytest

from rolecall.handoff.line import Facts
from rolecall.handoff.page import code
from rolecall.handoff.page import line as line_of
from tests.handoff.conftest import ESTATE, Sheets
from tests.handoff.pages import Page, of_html, of_markdown

# What a vendor's entry and the tags of an estate may hold: free text, all of it.
HOSTILE = '</code><script>alert(1)</script> `x` | [y](javascript:z) *b* & "q" <img src=https://evil.invalid/a>'
ENTRY = f"""
vendors:
  odd:
    name: {HOSTILE + " {x}"!r}
    principals: ["arn:aws:iam::210987654321:role/a|b`c/reader"]
    external_id: {{origin: vendor, per: project}}
    notes: [{HOSTILE!r}]
    screens: {{role_arn: {HOSTILE!r}, region: {HOSTILE!r}}}
    source: "https://x.example/%22onload=alert(1)"
    HAND_OFF
"""
OWN_STEPS = """hand_off:
      first: [TEXT]
      steps: [{at: TEXT, do: TEXT, compare: {TEXT: TEXT}, enter: {TEXT: TEXT}, warning: TEXT}]
      check: [TEXT]
      trouble: {TEXT: TEXT}
      last: [TEXT]
      source: "javascript:alert(1)\"""".replace("TEXT", repr(HOSTILE))
WORKSPACE = """
workspace: w
vendor: odd
tags: {owner: "_me_ @team"}
projects:
  - project: one
    external_id: 0123456789abcdef
    secrets: [{prefix: one/}, {tag: {"team": "a|b`c<i>"}}, {name: exact, keys: ["k|`<i>"]}]
"""


@pytest.fixture(params=["", OWN_STEPS], ids=["general steps", "steps of its own"])
def hostile(request: pytest.FixtureRequest, sheets: Sheets) -> dict[str, str]:
    """The sheets of an estate whose texts are all hostile."""
    estate = ESTATE + ENTRY.replace("HAND_OFF", request.param)
    return sheets({"estate.yaml": estate, "workspaces/w.yaml": WORKSPACE})


def _pages(files: dict[str, str]) -> dict[str, Page]:
    return {name: of_html(text) if name.endswith(".html") else of_markdown(text) for name, text in files.items()}


def test_texts_of_others_stay_texts_in_both_forms(hostile: dict[str, str]) -> None:
    for name, page in _pages(hostile).items():
        tags = [tag for tag, _ in page.tags]
        assert not {"img", "b", "i", "em"} & set(tags), name
        assert tags.count("script") == (1 if name == "w/one.html" else 0), name
        assert HOSTILE.replace("`", "") in page.text.replace("`", ""), name
        # What a button tells that it copies is text, wherever it stands.
        links = [value for _, attrs in page.tags for key, value in attrs.items() if key != "data-copy"]
        assert not [value for value in links if "javascript" in (value or "")], name


def test_pages_are_well_formed_and_load_nothing(hostile: dict[str, str]) -> None:
    for name in ("w/one.html", "index.html"):
        page = of_html(hostile[name])
        assert page.wrong == []
        assert not [(tag, attrs) for tag, attrs in page.tags if {"src", "srcset", "background", "action"} & set(attrs)]
        assert {tag for tag, attrs in page.tags if "href" in attrs} <= {"a"}
        assert "link" not in [tag for tag, _ in page.tags]
        shown = re.sub(r"&lt;.*?&gt;", "", hostile[name])
        assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|\bimport\(", shown)
        policy = next(a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
        assert policy == "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def test_each_row_of_a_markdown_table_has_as_many_cells_as_its_head(hostile: dict[str, str]) -> None:
    for name in ("w/one.md", "index.md"):
        tags = [tag for tag, _ in of_markdown(hostile[name]).tags if tag in ("tr", "th", "td")]
        rows = "".join({"tr": "\n", "th": "h", "td": "d"}[tag] for tag in tags).split()
        heads = iter(rows)
        width = 0
        for row in heads:
            width = len(row) if row.startswith("h") else width
            assert len(row) == width, name


def test_a_principal_with_a_bar_and_a_backtick_is_shown_letter_for_letter(hostile: dict[str, str]) -> None:
    for page in (of_html(hostile["w/one.html"]), of_markdown(hostile["w/one.md"])):
        assert "arn:aws:iam::210987654321:role/a|b`c/reader" in page.text


@pytest.mark.parametrize("text", ["plain", "a`b", "``", "`a", "a`", "a``b`c", "a\nb\u202ec", "a\\b"])
def test_code_in_markdown_ends_where_its_value_ends(text: str) -> None:
    page = of_markdown(f"x {code(text)} y")
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    assert [tag for tag, _ in page.tags] == ["p", "code"]
    assert page.text.strip() == f"x {shown} y"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`{role_arn}`", "arn:aws:iam::111111111111:role/x"),
        ("`{region}``{region}`", "eu-1eu-1"),
        ("{region}`/{region}`", "eu-1/eu-1"),
        ("`Open {region} now`", "Open eu-1 now"),
    ],
)
def test_placeholders_in_backticks_are_filled_and_values_side_by_side_stay_whole(text: str, shown: str) -> None:
    known = {"role_arn": ["arn:aws:iam::111111111111:role/x"], "region": ["eu-1"]}
    page = of_markdown(line_of(Facts(known, {}).filled(text)))
    assert page.text.strip() == shown
    assert [tag for tag, _ in page.tags] == ["p", "code"]


def test_a_link_to_the_vendors_guide_is_one_only_if_it_is_https(sheets: Sheets) -> None:
    workspace = "workspace: u\nvendor: unified\nexternal_id: 3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41\n"
    found = sheets({"workspaces/u.yaml": workspace + "projects: [{project: p, secrets: [{prefix: unified/}]}]\n"})
    links = [attrs["href"] for tag, attrs in of_html(found["u/p.html"]).tags if tag == "a"]
    assert links == ["https://docs.unified.to/guides/how_to_setup_aws_assume_role_for_aws_secret_manager"]


def test_the_index_leads_to_every_sheet(sheets: Sheets) -> None:
    workspace = 'workspace: w\nvendor: workato\nworkspace_id: "1"\ndata_center: us\nprojects:\n'
    projects = [f'  - {{project: p{n}, project_id: "{n}", secrets: [{{prefix: p{n}/}}]}}\n' for n in range(3)]
    found = sheets({"workspaces/w.yaml": workspace + "".join(projects)})
    for name, form in (("index.html", of_html), ("index.md", of_markdown)):
        hrefs = {str(attrs["href"]) for tag, attrs in form(found[name]).tags if tag == "a"}
        assert hrefs == {other for other in found if other.endswith((name[5:], ".html")) and "/" in other}


def test_the_sheet_says_who_to_ask_when_it_was_made_and_of_which_estate(sheets: Sheets) -> None:
    workspace = "workspace: u\nvendor: unified\nexternal_id: 3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41\n"
    found = sheets({"workspaces/u.yaml": workspace + "projects: [{project: p, secrets: [{prefix: unified/}]}]\n"})
    for text in (of_html(found["u/p.html"]).text, of_markdown(found["u/p.md"]).text):
        assert "Made 2026-11-22 16:04 UTC from the estate acme; ask integration-platform" in text
        assert "rolecall verify u/p" in text
        assert "No password, token or access key" in text


def test_every_class_of_the_style_is_on_a_page(sheets: Sheets) -> None:
    """What is styled and not there looks otherwise than whoever styled it meant."""
    workspace = "workspace: w\nvendor: workato\nworkspace_id: '1'\ndata_center: us\n"
    workspace += "projects: [{project: p, project_id: '2', secrets: [{name: not-looked-up}]}]\n"
    html = [text for name, text in sheets({"workspaces/w.yaml": workspace}).items() if name.endswith(".html")]
    style = html[0].partition("<style>")[2].partition("</style>")[0]
    styled = set(re.findall(r"\.([a-z]+)\b(?=[^{}]*\{)", style))
    used = {name for text in html for names in re.findall(r'class="([^"]*)"', text) for name in names.split()}
    assert used == styled


def test_on_paper_a_value_has_a_line_of_its_own_and_may_end_it_anywhere(hostile: dict[str, str]) -> None:
    """A break after a hyphen alone would leave open whether the hyphen is the value's."""
    style = hostile["w/one.html"].partition("<style>")[2].partition("</style>")[0]
    printed = style.partition("@media print {")[2]
    assert "code[data-copy] { word-break: break-all; }" in style
    assert "code[data-copy] { display: block;" in printed


def test_a_screen_reader_hears_what_is_copied_and_which_cell_is_whose(hostile: dict[str, str]) -> None:
    for name, page in _pages({name: text for name, text in hostile.items() if name.endswith(".html")}).items():
        assert not [attrs for tag, attrs in page.tags if tag == "th" and attrs.get("scope") not in ("col", "row")], name
        assert [attrs for tag, attrs in page.tags if tag == "th" and attrs.get("scope") == "row"], name
        assert not [attrs for _, attrs in page.tags if "data-copy" in attrs and not attrs["data-copy"]], name
    assert ("p", {"class": "quiet", "role": "status", "id": "said"}) in of_html(hostile["w/one.html"]).tags
    assert '"copy " + value.dataset.copy' in hostile["w/one.html"]


GRANTS = {
    "nothing": "",
    "secrets": "secrets: [{prefix: p/}]",
    "services": "services: {sqs: {queues: [orders], actions: [send]}}",
    "statements": "statements: [{Effect: Allow, Action: 'sns:Publish', Resource: 'arn:aws:sns:eu-central-1:1:t'}]",
    "all": "secrets: [{name: a, keys: [k]}]\n    services: {sqs: {queues: [orders], actions: [send]}}",
}


@pytest.mark.parametrize("granted", GRANTS)
def test_one_blank_line_stands_before_each_heading_of_markdown(granted: str, sheets: Sheets) -> None:
    workspace = "workspace: w\nvendor: workato\nworkspace_id: '1'\ndata_center: us\n"
    workspace += f"projects:\n  - project: p\n    project_id: '2'\n    {GRANTS[granted]}\n"
    page = sheets({"workspaces/w.yaml": workspace})["w/p.md"]
    assert "\n\n\n" not in page
    assert re.findall(r"[^\n]\n#+ .*", page.partition("\n")[2]) == []
