"""One value written into a file: every other byte stays, whatever the layout, or nothing is written at all."""

import os
import re
import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rolecall.config.edit import NotEditableError, with_value, write_whole

ID = "k7-Zq2-w9Xr4T"
AFTER = ("project", "workspace", "vendor")
ITEM = ("projects", 0)

LAYOUTS = {
    "a mapping with a comment behind the value": (
        (),
        "workspace: w # mine\nvendor: v\n",
        "workspace: w # mine\nvendor: v\nexternal_id: ID\n",
    ),
    "a comment between the lines": ((), "vendor: v # a\n# b\nx: 1\n", "vendor: v # a\nexternal_id: ID\n# b\nx: 1\n"),
    "blank lines": ((), "\n\nvendor: v\n\n\nx: 1\n", "\n\nvendor: v\nexternal_id: ID\n\n\nx: 1\n"),
    "no line break at the end": ((), "workspace: w\nvendor: v", "workspace: w\nvendor: v\nexternal_id: ID"),
    "line breaks of Windows": ((), "workspace: w\r\nvendor: v\r\nx: 1\r\n", "…vendor: v\r\nexternal_id: ID\r\nx…"),
    "line breaks of Windows and none at the end": ((), "workspace: w\r\nvendor: v", "…v\r\nexternal_id: ID"),
    "line breaks of old Macs": ((), "workspace: w\rvendor: v\rx: 1\r", "…vendor: v\rexternal_id: ID\rx…"),
    "mixed line breaks": ((), "vendor: v\r\nx: 1\n", "vendor: v\r\nexternal_id: ID\r\nx: 1\n"),
    "a byte order mark": ((), "\ufeffvendor: v\nx: 1\n", "\ufeffvendor: v\nexternal_id: ID\nx: 1\n"),
    "letters of several bytes before the place": ((), "# é𝄞中\nvendor: v # é\n", "…v # é\nexternal_id: ID\n"),
    "a quoted key and value": ((), "\"vendor\": 'v' # x\ny: 1\n", "…'v' # x\nexternal_id: ID\ny: 1\n"),
    "an anchor that is used": ((), "vendor: &v v\nx: *v\n", "vendor: &v v\nexternal_id: ID\nx: *v\n"),
    "an alias as the value above": ((), "x: &v v\nvendor: *v\ny: 1\n", "…vendor: *v\nexternal_id: ID\ny: 1\n"),
    "a block scalar above": ((), "vendor: |-\n  v\n\nx: 1\n", "vendor: |-\n  v\nexternal_id: ID\n\nx: 1\n"),
    "a text of several lines above": ((), "vendor: v\n  w\nx: 1\n", "vendor: v\n  w\nexternal_id: ID\nx: 1\n"),
    "nothing as the value above": ((), "vendor:\nx: 1\n", "vendor:\nexternal_id: ID\nx: 1\n"),
    "markers of the document": ((), "%YAML 1.1\n---\nvendor: v\n...\n", "…vendor: v\nexternal_id: ID\n...\n"),
    "a very long line": ((), f"vendor: v # {'x' * 100_000}\ny: 1\n", "…x\nexternal_id: ID\ny: 1\n"),
    "none of the keys that it goes below": ((), "# a\nx: 1\ny: 2\n", "# a\nexternal_id: ID\nx: 1\ny: 2\n"),
    "none of them, on Windows": ((), "x: 1\r\n", "external_id: ID\r\nx: 1\r\n"),
    "nothing but a comment": ((), "# a", "# a\nexternal_id: ID\n"),
    "nothing at all": ((), "", "external_id: ID\n"),
    "flow style": ((), "{vendor: v, x: 1}\n", "{vendor: v, external_id: ID, x: 1}\n"),
    "flow style without the keys": ((), "{x: 1}\n", "{external_id: ID, x: 1}\n"),
    "an anchored mapping in flow style": ((), "&m {x: 1}\n", "&m {external_id: ID, x: 1}\n"),
    "an empty mapping": ((), "{ }\n", "{external_id: ID }\n"),
    "JSON": ((), '{"vendor":"v","x":[1]}', '{"vendor":"v", external_id: ID,"x":[1]}'),
    "a list item": (ITEM, "projects:\n  - project: a\n    x: 1\n", "…project: a\n    external_id: ID\n    x…"),
    "a list that is not indented": (ITEM, "projects:\n- project: a\n", "…- project: a\n  external_id: ID\n"),
    "a wide indent behind the hyphen": (ITEM, "projects:\n-   project: a\n    x: 1\n", "…a\n    external_id: ID\n…"),
    "a hyphen on a line of its own": (ITEM, "projects:\n-\n  project: a\n", "…  project: a\n  external_id: ID\n"),
    "a list item in flow style": (ITEM, "projects:\n- {project: a}\n", "projects:\n- {project: a, external_id: ID}\n"),
    "a flow list": (ITEM, "projects: [{project: a}, {project: b}]\n", "projects: [{project: a, external_id: ID}, {…"),
    "a flow item on several lines": (
        ITEM,
        "projects:\n- {\n    project: a, # c\n    x: 1\n  }\n",
        "…project: a, external_id: ID, # c\n    x: 1\n  }\n",
    ),
    "an anchored item that nobody uses": (ITEM, "projects:\n- &p\n  project: a\n", "…- &p\n  project: a\n  external…"),
    "a value to replace": ((), "external_id: old # c\nx: 1\n", "external_id: ID # c\nx: 1\n"),
    "a quoted value to replace": ((), "external_id: 'it''s' # c\n", "external_id: ID # c\n"),
    "an empty value to replace": ((), "external_id:\nx: 1\n", "external_id: ID\nx: 1\n"),
    "an empty value with a comment": ((), "external_id: # to do\nx: 1\n", "external_id: ID # to do\nx: 1\n"),
    "an empty value at the end": ((), "x: 1\nexternal_id:", "x: 1\nexternal_id: ID"),
    "a null to replace": ((), "external_id: ~\n", "external_id: ID\n"),
    "a tab before the value": ((), "external_id:\told\n", "external_id:\tID\n"),
    "a value on the next line": ((), "external_id:\n  # c\n  old\n", "external_id:\n  # c\n  ID\n"),
    "a block scalar to replace": ((), "external_id: >-\n  old\n\nx: 1\n", "external_id: ID\n\nx: 1\n"),
    "a quoted key": ((), '"external_id": "old"\n', '"external_id": ID\n'),
    "a value in JSON": ((), '{"external_id":"old","x":1}', '{"external_id": ID,"x":1}'),
    "an alias to replace": ((), "x: &a old\nexternal_id: *a\n", None),
    "an anchor to replace that is used": ((), "external_id: &a old\nx: *a\n", None),
    "a mapping to replace": ((), "external_id: {ssm_parameter: /x, version: 1}\n", None),
    "a block to replace that holds a comment": ((), "external_id: | # c\n  old\n", None),
    "the key twice": ((), "external_id: old\nexternal_id: new\n", None),
    "a key on the way twice": (ITEM, "projects: [{project: a}]\nprojects: [x]\n", None),
    "an item that stands in two places": (ITEM, "x: &p {project: a}\nprojects: [*p]\n", None),
    "a mapping that is merged in": (ITEM, "x: &p {projects: [{project: a}]}\n<<: *p\n", None),
    "explicit keys": ((), "? vendor\n: v\n", None),
    "a list where a mapping belongs": ((), "- vendor: v\n", None),
    "text where a mapping belongs": (ITEM, "projects: [a]\n", None),
    "keys that are no text": ((), "? [a, b]\n: 1\nvendor: v\n", None),
}


def matches(changed: str, wanted: str) -> bool:
    """Whether a text is the wanted one, in which … stands for anything."""
    pattern = ".*".join(re.escape(part) for part in wanted.replace("ID", ID).split("…"))
    return re.fullmatch(pattern, changed, re.DOTALL) is not None


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_value_goes_where_it_belongs_or_the_text_is_refused(name: str) -> None:
    path, text, wanted = LAYOUTS[name]
    if wanted is None:
        with pytest.raises(NotEditableError):
            with_value(text, path, "external_id", ID, AFTER)
    else:
        changed = with_value(text, path, "external_id", ID, AFTER)
        assert matches(changed, wanted), changed
        assert "…" not in wanted or is_kept(changed, text), "something else has changed"


def is_kept(changed: str, text: str) -> bool:
    """Whether a text is another one but for what was put in and, at the same place, taken out of its line."""
    head = shared(changed, text)
    tail = shared(changed[head:][::-1], text[head:][::-1])
    put_in, taken_out = changed[head : len(changed) - tail], text[head : len(text) - tail]
    return len(put_in) <= len(ID) + 60 and "\n" not in taken_out.strip()


def shared(one: str, other: str) -> int:
    """How many characters two texts begin with together."""
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(map(len, (one, other)))
    )


SCALARS = st.sampled_from(["v", "'v w'", '"v: \\u00e9"', "é𝄞", "~", "", "12", "2027-03-31", "true", "a-b_c/d"])
COMMENTS = st.sampled_from(["", "", " # c", " # é: x", "  #"])
BREAKS = st.sampled_from(["\n", "\r\n"])
GAPS = st.sampled_from(["", "", "\n", "# x\n", "  # é\n\n"])
BLOCKS = st.sampled_from(
    ["|\n{0}  x\n{0}  y", ">-\n{0}  # no comment\n{0}  x", "[1, {{a: b}}]", "{{a: 1}}", "\n{0}  a: 1"]
)


@st.composite
def mappings(draw: st.DrawFn, indent: str, first: str, key: str) -> str:
    """The lines of a block mapping; `first` stands before its first key."""
    lines = []
    keys = draw(st.permutations([key, "x", "y", *draw(st.sampled_from([[], ["external_id"]]))]))
    for number, name in enumerate(keys[: draw(st.integers(1, 4))]):
        lead = first if number == 0 else indent
        quote = draw(st.sampled_from(["", "", "'", '"']))
        if name in ("x", "y") and draw(st.booleans()):
            value = draw(BLOCKS).format(indent)
        else:
            value = draw(SCALARS) + draw(COMMENTS)
        lines.append(f"{lead}{quote}{name}{quote}: {value}\n")
        lines.append(draw(GAPS))
    return "".join(lines)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, tuple[str | int, ...]]:
    """A file with a list of projects, and the path of one of its mappings."""
    head = draw(st.sampled_from(["", "\ufeff", "# é\n", "---\n", "\n"]))
    text = draw(mappings("", "", "workspace"))
    base, wide = draw(st.sampled_from(["", "  ", "    "])), draw(st.sampled_from([" ", "   "]))
    count = draw(st.integers(1, 3))
    text += "projects:\n"
    for _ in range(count):
        if draw(st.booleans()):
            text += draw(mappings(f"{base} {wide}", f"{base}-{wide}", "project"))
        else:
            scalars = [draw(SCALARS.filter(lambda value: value not in ("", "~"))) for _ in range(2)]
            text += f"{base}-{wide}{{project: {scalars[0]}, z: {scalars[1]}}}{draw(COMMENTS)}\n"
    text = (head + text).replace("\n", draw(BREAKS))
    text = text if draw(st.booleans()) else text.rstrip("\r\n")
    return text, draw(st.sampled_from([(), *(("projects", index) for index in range(count))]))


def _put(data: object, path: tuple[str | int, ...]) -> None:
    for part in path:
        data = data[part]  # type: ignore[index]
    data["external_id"] = ID  # type: ignore[index]


@given(documents())
def test_any_layout_gets_the_value_and_loses_nothing(document: tuple[str, tuple[str | int, ...]]) -> None:
    text, path = document
    wanted = yaml.safe_load(text)
    _put(wanted, path)
    changed = with_value(text, path, "external_id", ID, AFTER)
    assert yaml.safe_load(changed) == wanted
    assert is_kept(changed, text)
    assert changed.count("\r\n") - text.count("\r\n") in (0, 1)
    assert ("\r\n" in text) or "\r" not in changed


@given(st.text() | st.lists(st.sampled_from("a:-{}[],&*#|>'\"\n ?!%\t"), max_size=30).map("".join))
def test_any_text_is_changed_as_it_should_or_refused(text: str) -> None:
    try:
        changed = with_value(text, (), "external_id", ID, AFTER)
    except NotEditableError:
        return
    assert (yaml.safe_load(changed) or {})["external_id"] == ID


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that may be read by a group."""
    path = tmp_path / "w.yaml"
    path.write_bytes(b"a: 1\r\n")
    path.chmod(0o640)
    return path


def test_a_file_keeps_its_mode_and_leaves_nothing_beside_it(file: Path) -> None:
    write_whole(file, "a: é\r\n", b"a: 1\r\n")
    assert file.read_bytes() == "a: é\r\n".encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["w.yaml"]


def test_a_link_stays_one_and_what_it_leads_to_is_changed(file: Path) -> None:
    link = file.parent / "link.yaml"
    link.symlink_to("w.yaml")
    write_whole(link, "a: 2\n", b"a: 1\r\n")
    assert link.is_symlink()
    assert file.read_text() == "a: 2\n"


def test_a_file_that_somebody_has_changed_meanwhile_is_left_alone(file: Path) -> None:
    with pytest.raises(NotEditableError, match="changed it meanwhile"):
        write_whole(file, "a: 2\n", b"a: 0\n")
    assert file.read_bytes() == b"a: 1\r\n"
    assert [path.name for path in file.parent.iterdir()] == ["w.yaml"]


def test_a_file_that_is_protected_against_writing_is_left_alone(file: Path) -> None:
    file.chmod(0o440)
    with pytest.raises(NotEditableError, match="protected against writing"):
        write_whole(file, "a: 2\n", b"a: 1\r\n")
    assert file.read_bytes() == b"a: 1\r\n"


@pytest.mark.parametrize("broken", ["fdopen", "chown", "replace"])
def test_nothing_is_half_written_when_writing_fails(file: Path, broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(*((Path, broken) if broken == "replace" else (os, broken)), fail)
    with pytest.raises(KeyboardInterrupt):
        write_whole(file, "a: 2\n", b"a: 1\r\n")
    assert file.read_bytes() == b"a: 1\r\n"
    assert [path.name for path in file.parent.iterdir()] == ["w.yaml"]
