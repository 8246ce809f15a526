"""One project put at the end of a list in somebody's file: every other byte stays, or nothing is written at all."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rolecall.config.edit import NotEditableError
from rolecall.config.insert import with_item, with_key

BLOCK = 'project: "n"\nsecrets:\n  - prefix: "n/"     # mine\n'
ITEM = {"project": "n", "secrets": [{"prefix": "n/"}]}
FLOW = "{project: n, secrets: [{prefix: n/}]}"

# A file, and what it is afterwards: NEW(indent, gap) stands for the block there.
LAYOUTS = {
    "an indented list": ("projects:\n  - project: a\n", "projects:\n  - project: a\n  - NEW4"),
    "a list that is not indented": ("projects:\n- project: a\n", "projects:\n- project: a\n- NEW2"),
    "a deep list": ("projects:\n    - project: a\n", "projects:\n    - project: a\n    - NEW6"),
    "a wide gap": ("projects:\n-   project: a\n    x: 1\n", "projects:\n-   project: a\n    x: 1\n-   NEW4"),
    "keys behind it": (
        "projects:\n  - project: a\n\n# about x\nx: 1\n",
        "projects:\n  - project: a\n  - NEW4\n# about x\nx: 1\n",
    ),
    "a comment of the last entry": (
        "projects:\n  - project: a\n    # more of a\n# the end\n",
        "projects:\n  - project: a\n    # more of a\n  - NEW4# the end\n",
    ),
    "a commented entry": (
        "projects:\n  - project: a\n\n  # - project: later\n\nx: 1\n",
        "projects:\n  - project: a\n\n  # - project: later\n  - NEW4\nx: 1\n",
    ),
    "a comment of the next key below a list that is not indented": (
        "projects:\n- project: a\n# about x\nx: 1\n",
        "projects:\n- project: a\n- NEW2# about x\nx: 1\n",
    ),
    "a comment behind the last value": ("projects:\n  - project: a # c\n", "projects:\n  - project: a # c\n  - NEW4"),
    "no line break at the end": ("projects:\n  - project: a", "projects:\n  - project: a\n  - NEW4-"),
    "a block scalar at the end": (
        "projects:\n  - project: a\n    x: |\n      # no comment\n      y\n\nz: 1\n",
        "projects:\n  - project: a\n    x: |\n      # no comment\n      y\n  - NEW4\nz: 1\n",
    ),
    "an empty list": ("projects: []\n", "projects:\n  - NEW4"),
    "an empty list with a comment": ("projects: [] # none yet\nx: 1\n", "projects: # none yet\n  - NEW4x: 1\n"),
    "nothing in the list": ("projects:\nx: 1\n", "projects:\n  - NEW4x: 1\n"),
    "null in the list": ("projects: ~\n", "projects:\n  - NEW4"),
    "no list": ("# a\nx: 1 # b\n\n# c\n", "# a\nx: 1 # b\nprojects:\n  - NEW4\n# c\n"),
    "no list and no line break": ("x: 1", "x: 1\nprojects:\n  - NEW4-"),
    "no list before the document's end": ("---\nx: 1\n...\n", "---\nx: 1\nprojects:\n  - NEW4...\n"),
    "a flow list": ("projects: [{project: a}] # c\n", f"projects: [{{project: a}}, {FLOW}] # c\n"),
    "a flow list on several lines": (
        "projects: [\n  {project: a}, # c\n]\n",
        f"projects: [\n  {{project: a}}, # c\n  {FLOW}\n]\n",
    ),
    "a flow list on several lines without a comma at its end": (
        "projects: [\n  {project: a} # c, d\n]\n",
        f"projects: [\n  {{project: a}}, # c, d\n  {FLOW}\n]\n",
    ),
    "a flow list with its bracket behind the last item": (
        "projects: [\n  {project: a}]\n",
        f"projects: [\n  {{project: a}}, {FLOW}]\n",
    ),
    "a flow list with a comment of its own at its end": (
        "projects: [\n  {project: a}, # c\n  # d\n]\n",
        f"projects: [\n  {{project: a}}, {FLOW}, # c\n  # d\n]\n",
    ),
    "an item that is a comment, in the key's own column": (
        "projects:\n- project: a\n# - project: old\n#   x: 1\n# about x\nx: 1\n",
        "projects:\n- project: a\n# - project: old\n#   x: 1\n- NEW2# about x\nx: 1\n",
    ),
    "an item that is a comment further up": (
        "projects:\n# - project: old\n- project: a\n# about x\nx: 1\n",
        "projects:\n# - project: old\n- project: a\n- NEW2# about x\nx: 1\n",
    ),
    "an empty list on two lines": ("projects: [\n]\nx: 1\n", "projects:\n  - NEW4x: 1\n"),
    "a flow document with a comment at its end": (
        "{x: 1, # c\n}\n",
        f"{{x: 1, projects: [{FLOW}], # c\n}}\n",
    ),
    "JSON": ('{"projects":[{"project":"a"}],"x":1}', f'{{"projects":[{{"project":"a"}}, {FLOW}],"x":1}}'),
    "JSON with an empty list": ('{"projects":[],"x":1}', f'{{"projects": [{FLOW}],"x":1}}'),
    "JSON without a list": ('{"x":1}', f'{{"x":1, projects: [{FLOW}]}}'),
    "a byte order mark": ("\ufeffprojects:\n- project: é\n", "\ufeffprojects:\n- project: é\n- NEW2"),
    "an anchored item": (
        "projects:\n  - &p\n    project: a\nx: *p\n",
        "projects:\n  - &p\n    project: a\n  - NEW4x: *p\n",
    ),
    "a hyphen on a line of its own": ("projects:\n  -\n    project: a\n", "projects:\n  -\n    project: a\n  - NEW4"),
    "an alias at the end": (
        "x: &p {project: a}\nprojects:\n  - *p\n",
        "x: &p {project: a}\nprojects:\n  - *p\n  - NEW4",
    ),
    "an alias at the end of a flow list": ("x: &p {project: a}\nprojects: [*p]\n", None),
    "a list that is used elsewhere": ("projects: &p\n  - project: a\nx: *p\n", None),
    "a comment in an empty list": ("projects: [ # none\n]\n", None),
    "the key twice": ("projects: []\nprojects: []\n", None),
    "text in the list's place": ("projects: none\n", None),
    "a mapping in the list's place": ("projects: {a: 1}\n", None),
    "a list as the document": ("- a\n", None),
    "broken YAML": ("projects: [\n", None),
    "a scalar that keeps its line breaks at the end": ("projects:\n- project: a\n  x: |+\n    y\n\nz: 1\n", None),
}


def filled(wanted: str) -> str:
    """The wanted text with the block in the place of its mark; a - behind it takes its last line break."""
    for indent in (2, 4, 6):
        block = ("\n" + " " * indent).join(BLOCK.rstrip("\n").split("\n"))
        wanted = wanted.replace(f"NEW{indent}-", block).replace(f"NEW{indent}", f"{block}\n")
    return wanted


@pytest.mark.parametrize("name", LAYOUTS)
def test_an_item_goes_to_the_end_of_its_list_or_the_text_is_refused(name: str) -> None:
    text, wanted = LAYOUTS[name]
    if wanted is None:
        with pytest.raises(NotEditableError):
            with_item(text, "projects", BLOCK)
    else:
        assert with_item(text, "projects", BLOCK) == filled(wanted)


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
@pytest.mark.parametrize("name", [name for name, (_, wanted) in LAYOUTS.items() if wanted is not None])
def test_line_breaks_are_those_of_the_file(name: str, line_break: str) -> None:
    text, wanted = LAYOUTS[name]
    assert wanted is not None
    if "\n" in text:
        changed = with_item(text.replace("\n", line_break), "projects", BLOCK)
        assert changed == filled(wanted).replace("\n", line_break)


BASES = st.sampled_from(["", "  ", "    "])
COMMENTS = st.sampled_from(["", "", " # c", " # é: x"])
GAPS = st.sampled_from(["", "", "\n", "# x\n", "  # é\n\n", "      # deep\n"])
VALUES = st.sampled_from(["v", "'v w'", '"é"', "~", "", "12", "[1, {a: b}]", "{a: 1}", "|\n{0}    x\n{0}    # y"])


@st.composite
def files(draw: st.DrawFn) -> str:
    """A workspace's file with a list of projects in some layout."""
    base, wide = draw(BASES), draw(st.sampled_from([" ", "   "]))
    text = draw(st.sampled_from(["", "\ufeff", "# é\n", "---\n"])) + "workspace: w\nprojects:\n" + draw(GAPS)
    for _ in range(draw(st.integers(1, 3))):
        text += f"{base}-{wide}project: p{draw(COMMENTS)}\n{draw(GAPS)}"
        if draw(st.booleans()):
            indent = f"{base} {wide}"
            value = draw(VALUES).replace("{0}", indent)
            text += f"{indent}x: {value}\n{draw(GAPS)}"
    text += draw(st.sampled_from(["", "vendor: v\n", "# end\nvendor: v # c\n", "...\n"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    return text if draw(st.booleans()) else text.rstrip("\r\n")


@given(files())
def test_any_layout_gets_the_item_and_loses_nothing(text: str) -> None:
    wanted = yaml.safe_load(text)
    wanted["projects"].append(ITEM)
    changed = with_item(text, "projects", BLOCK)
    assert yaml.safe_load(changed) == wanted
    head = next((i for i, (a, b) in enumerate(zip(changed, text, strict=False)) if a != b), len(text))
    put_in = len(changed) - len(text)
    assert changed[:head] + changed[head + put_in :] == text
    assert ("\r\n" in text) or "\r" not in changed


@given(st.text() | st.lists(st.sampled_from("a:-{}[],&*#|>'\"\n ?!%\tprojects"), max_size=40).map("".join))
def test_any_text_is_changed_as_it_should_or_refused(text: str) -> None:
    try:
        changed = with_item(text, "projects", BLOCK)
    except NotEditableError:
        return
    assert yaml.safe_load(changed)["projects"][-1] == ITEM


KEY = "new:\n  a: 1     # mine\n"
# A file, and what it is afterwards: NEW stands for the key there.
DOCUMENTS = {
    "keys": ("a: 1\nb: 2\n", "a: 1\nb: 2\nNEW"),
    "comments behind the last key": ("a: 1 # x\n  # of a\n\n# the end\n", "a: 1 # x\n  # of a\nNEW\n# the end\n"),
    "a list that is not indented": ("a:\n- 1\n- 2\n", "a:\n- 1\n- 2\nNEW"),
    "a flow value on several lines": ("a: [1,\n  2\n]\n", "a: [1,\n  2\n]\nNEW"),
    "an anchor and an alias": ("a: &x {b: 1}\nc: *x\n", "a: &x {b: 1}\nc: *x\nNEW"),
    "a block scalar": ("a: |\n  b\n", "a: |\n  b\nNEW"),
    "nothing behind the last key": ("a:\n", "a:\nNEW"),
    "the document's end": ("---\na: 1\n...\n", "---\na: 1\nNEW...\n"),
    "a byte order mark": ("\ufeffa: é\n", "\ufeffa: é\nNEW"),
    "an indented document": ("  a: 1\n  b: 2\n", "  a: 1\n  b: 2\n  new:\n    a: 1     # mine\n"),
    "items that are comments in the first column": (
        "a: 1\nwaivers:\n# - {x: 1}\n#   - more\n\n# the end\n",
        "a: 1\nwaivers:\n# - {x: 1}\n#   - more\nNEW\n# the end\n",
    ),
    "the key": ("new: 1\na: 1\n", None),
    "the key in quotes and empty": ('"new":\n', None),
    "a list": ("- a\n", None),
    "nothing": ("# empty\n", None),
    "two documents": ("a: 1\n---\nb: 1\n", None),
    "broken YAML": ("a: [\n", None),
    "a scalar that keeps its line breaks": ("a: |+\n  b\n\n", None),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_key_goes_below_all_others_or_the_text_is_refused(name: str) -> None:
    text, wanted = DOCUMENTS[name]
    if wanted is None:
        with pytest.raises(NotEditableError):
            with_key(text, KEY)
    else:
        assert with_key(text, KEY) == wanted.replace("NEW", KEY)
        assert with_key(text.replace("\n", "\r\n"), KEY) == wanted.replace("NEW", KEY).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('{"a": 1}\n', '{"a": 1, new: {a: 1}}\n'),
        ("{a: 1, # c\n}\n", "{a: 1, new: {a: 1}, # c\n}\n"),
        ("{}\n", "{new: {a: 1}}\n"),
        ("{a: &x {b: 1}, c: *x}\n", None),
    ],
)
def test_a_document_in_flow_style_gets_the_key_in_flow_style(text: str, wanted: str | None) -> None:
    if wanted is None:
        with pytest.raises(NotEditableError, match="ends in an alias"):
            with_key(text, KEY)
    else:
        assert with_key(text, KEY) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x: 1\nprojects: &p []\ny: *p\n", "an anchor behind `projects`, in line 2"),
        ("projects: !!seq []\n", "a tag behind `projects`, in line 1"),
        ("x: 1\nprojects: [ # k7-Zq2\n]\n", "the value of `projects`, in line 2"),
    ],
)
def test_what_is_unusual_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(NotEditableError) as refused:
        with_item(text, "projects", BLOCK)
    assert str(refused.value) == f"the file is laid out in an unusual way: {said}"


def test_a_file_with_several_line_breaks_gets_that_of_the_line_above() -> None:
    text = "x: 1\r\nprojects:\n  - project: a\n"
    assert with_item(text, "projects", BLOCK) == text + "  - " + BLOCK.replace("\n", "\n    ").rstrip(" ")


@given(files())
def test_any_layout_gets_the_key_and_loses_nothing(text: str) -> None:
    changed = with_key(text, KEY)
    assert yaml.safe_load(changed) == {**yaml.safe_load(text), "new": {"a": 1}}
    head = next((i for i, (a, b) in enumerate(zip(changed, text, strict=False)) if a != b), len(text))
    put_in = len(changed) - len(text)
    assert changed[:head] + changed[head + put_in :] == text
