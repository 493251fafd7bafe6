"""Extraction as a whole: the cases, real text, hostile text."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from triage_app.domain.extract import extract, extract_all
from triage_app.domain.observable import Observable, ObservableKind, defang, normalise, refang

CASES = Path(__file__).parent.parent / "cases" / "observables" / "cases.yaml"


class Case(NamedTuple):
    text: str
    found: tuple[str, ...]


def cases() -> list[Case]:
    rows = YAML(typ="safe", pure=True).load(CASES.read_text("utf-8"))
    return [Case(row["text"], tuple(row["found"])) for row in rows]


def shown(observables: tuple[Observable, ...]) -> tuple[str, ...]:
    return tuple(f"{observable.kind} {observable.value}" for observable in observables)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.text[:60].encode("ascii", "replace").decode())
def test_case(case: Case) -> None:
    assert shown(extract(case.text)) == case.found


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.text[:60].encode("ascii", "replace").decode())
def test_what_was_found_is_normal_and_survives_being_defanged(case: Case) -> None:
    for observable in extract(case.text):
        harmless = defang(observable.value, observable.kind)
        assert normalise(observable.kind, observable.value) == observable.value
        assert normalise(observable.kind, harmless) == observable.value
        assert refang(harmless) == refang(observable.value)


# ------------------------------------------------------------------------------------------------------- real text


def test_the_defanged_sample_holds_what_the_plain_one_holds(real_data: Path) -> None:
    # given the same 1,017 lines twice
    defanged, plain = (
        gzip.decompress((real_data / "ioc" / f"ioc_fanger_sample_text_{form}.txt.gz").read_bytes()).decode("utf-8")
        for form in ("defanged", "fanged")
    )
    assert defanged != plain
    # when both are read
    found = extract(plain)
    # then they say the same, and every line of the plain text was understood
    assert extract(defanged) == found
    values = {observable.value.lower() for observable in found}
    assert {line.lower() for line in plain.split()} <= values


def test_each_defanged_pair_is_one_value(real_data: Path) -> None:
    rows = [json.loads(line) for line in (real_data / "ioc" / "fang_pairs.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) >= 20
    for row in rows:
        assert refang(row["defanged"]) == row["fanged"]
        assert extract(row["defanged"]) == extract(row["fanged"]) != ()


# ----------------------------------------------------------------------------------------------- parts and limits


def test_each_observable_is_told_once_for_each_place() -> None:
    # given a message whose parts repeat each other
    parts = [("subject", "evil.com"), ("text", "evil.com evil[.]com 198.51.100.1"), ("html", "evil.com")]
    # when they are read
    sightings = extract_all(parts)
    # then a place is told once
    assert [(sighting.where, sighting.observable.value) for sighting in sightings] == [
        ("subject", "evil.com"),
        ("text", "evil.com"),
        ("text", "198.51.100.1"),
        ("html", "evil.com"),
    ]


def test_the_name_of_an_attachment_is_a_file_name_as_a_whole() -> None:
    # given a name with spaces, without a known extension, with a domain in it
    sightings = extract_all([("attachment:name", "Invoice evil.com March.one"), ("text", "Invoice March.pdf")])
    # then it is one file name, and what it mentions is found too
    assert [(sighting.observable.kind.value, sighting.observable.value) for sighting in sightings] == [
        ("file_name", "Invoice evil.com March.one"),
        ("domain", "evil.com"),
        ("domain", "march.one"),
        ("file_name", "March.pdf"),
    ]


@pytest.mark.parametrize("limit", [0, 1, 7, 60])
def test_the_first_of_all_kinds_up_to_the_limit(limit: int) -> None:
    # given many values of kinds that are looked for separately
    text = " ".join(f"CVE-2024-{n:04} a{n}.com AS{n + 1} T1{n:03} {n:032x}f C:\\x\\y{n}.bin" for n in range(1000, 1100))
    everything = extract(text)
    # then a limit takes from the front
    assert extract(text, limit=limit) == everything[:limit]
    assert len(extract_all([("subject", text), ("text", text)], limit=limit)) == limit


# ---------------------------------------------------------------------------------------------------- hostile text

FRAGMENTS = [
    *(
        "evil.com",
        "198.51.100.1",
        "http://",
        "hxxp://",
        "[.]",
        "(at)",
        "@",
        "bob@",
        ".",
        "..",
        ":",
        "::",
        "/",
        "\\",
        "\\\\",
    ),
    *(
        "C:\\",
        "HKLM\\",
        "%41",
        "%",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "<",
        ">",
        '"',
        "'",
        "&amp;",
        "&quot;",
        " ",
        "\t",
        "\n",
    ),
    *(
        " dot ",
        " DOT ",
        " AT ",
        "-dot-",
        "1,2,3,4",
        "2001:db8::1",
        "aa:bb:cc:dd:ee:ff",
        "AS1",
        "T1059",
        "CVE-2021-44228",
    ),
    *(
        "d41d8cd98f00b204e9800998ecf8427e",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "bc1q",
        "xn--",
        "münchen.de",
        "例え.jp",
    ),
    *(
        "\u200b",
        "。",
        "．",
        "\u0130",
        "ß",
        "\ud800",
        "\0",
        "\ue000",
        "\ue001",
        "https://urldefense.com/v3/__",
        "__;",
        "!",
    ),
    *(
        "https://x.safelinks.protection.outlook.com/?url=",
        "%3A%2F%2F",
        "www.",
        "a.pdf",
        "-",
        "_",
        "=",
        "0x7f",
        "file.zip",
    ),
]
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
TRICKY = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=3)), max_size=25).map("".join)


@given(st.one_of(ANY_TEXT, TRICKY))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = extract(text)
    assert len(set(found)) == len(found)
    for observable in found:
        # what is found is in normal form, and can be stored and shown
        assert normalise(observable.kind, observable.value) == observable.value
        assert defang(observable.value, observable.kind)
        if observable.kind not in {ObservableKind.FILE_NAME, ObservableKind.URL, ObservableKind.EMAIL}:
            assert "\ue000" not in observable.value
            assert "\ue001" not in observable.value


@given(TRICKY)
def test_words_around_do_not_matter(text: str) -> None:
    # given text that surely ends before and after
    found = extract(f"first.example.com\n\n{text}\n\nlast.example.com")
    assert found[0].value == "first.example.com"
    assert Observable(ObservableKind.DOMAIN, "last.example.com") in found


_UNITS = """
. a. @ [.] 1. deadbeef0 : a: http:// \\ C:\\ C:\\a·b·c· \\\\a a@ a@a. hxxp://a[.] a[.] 1 3z ::1· ff: -aa -dot- a-dot-b@
http://a.b/ http://a.com/((( http://a.com/))) http://%41 x@x·dot· a·DOT· a·AT·a HKLM\\ HKLM\\a·b %a%\\ %aa T1059 AS1
CVE-2021- cve2021 https://a.safelinks.protection.outlook.com/?url= <http:// http://a.com/&quot; a.com/ http:\\\\ \\n
https://urldefense.com/v3/__ http(s) [:] [//] a\\. a^. aa:bb:cc:dd:ee:ff -1234 [· (·at _ · a_. a.pdf www. ..a =a@b.c
:\\/\\/ 1,2,3,4· ::1:: [::] {.} bc1q abc.com:80/ a.com- xn--a. б. ·:// h**p·:// 中a. ａ． \u200b a\u200b. \ud800. \0.
"a" '@' a@[ http://[ http://[:: http://a@ http://@ ( [ ftp:// *** a=b@ %2F. 0x7f. 1.1.1.1- a--. __; www.a.b/ aaaa.bbbb.
"""
UNITS = _UNITS.split()


def hostile(unit: str, size: int) -> str:
    piece = unit.replace("·", " ")
    return (piece * (size // len(piece) + 1))[:size]


def calls_of(action: Callable[[], object]) -> int:
    """The number of functions, of Python and of C, that an action calls: its work, without a clock."""
    count = 0

    def note(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("unit", UNITS, ids=ascii)
def test_work_grows_with_the_length_alone(unit: str) -> None:
    extract(hostile(unit, 200))  # whatever is loaded once is loaded
    once, twice = (calls_of(partial(extract, hostile(unit, size))) for size in (6_000, 12_000))
    assert twice <= 2.3 * once + 200


def test_no_pattern_hangs() -> None:
    # given a child that reads every hostile text, each long enough that a square of its length takes minutes
    program = (
        "import sys\n"
        "from tests.domain.test_extract import UNITS, hostile\n"
        "from triage_app.domain.extract import extract\n"
        "for unit in UNITS:\n"
        "    print(ascii(unit), flush=True)\n"
        "    extract(hostile(unit, 60_000))\n"
        "print('done')\n"
    )
    # when it runs, with a limit that only a hang reaches
    child = subprocess.run(
        [sys.executable, "-c", program], cwd=CASES.parents[3], capture_output=True, text=True, timeout=120, check=False
    )
    # then it comes to its end
    assert child.stdout.split()[-1:] == ["done"], child.stderr or child.stdout[-200:]


def test_long_text_without_a_space_keeps_to_the_limit() -> None:
    assert len(extract("a.com@" + "x1.de,y1.fr;" * 100_000, limit=50)) == 3
    assert len(extract("".join(f"{n}.com," for n in range(100_000)), limit=50)) == 50
