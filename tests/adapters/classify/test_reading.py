import gzip
import json
from pathlib import Path

import pytest

from triage_app.adapters.classify import reading
from triage_app.adapters.classify.reading import look_at, read_examples
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Example

WANTED = [Example("Phishing", "account locked"), Example("HR Support", 'holiday, "please"')]
FASTTEXT = '__label__Phishing account locked\n\n__label__HR%20Support holiday, "please"\n'
JSONL = (
    '{"id": 1, "text": "account locked", "category": "Phishing"}\n'
    '{"label": "HR Support", "text": "holiday, \\"please\\""}'
)
CSV = 'id,Text,Category\n1,account locked,Phishing\n\n2,"holiday, ""please""",HR Support\n'


def write(folder: Path, content: str | bytes, name: str = "data") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        FASTTEXT,
        FASTTEXT.replace("\n", "\r\n"),
        "\ufeff" + FASTTEXT,
        JSONL,
        CSV,
        CSV.replace("\n", "\r\n"),
        'label;text\nPhishing;account locked\nHR Support;"holiday, ""please"""\n',
        'text\tlabel\naccount locked\tPhishing\n"holiday, ""please"""\tHR Support\n',
        'text|label\naccount locked|Phishing\n"holiday, ""please"""|HR Support\n',
        "\n\n" + CSV,
        gzip.compress(JSONL.encode()),
        CSV.encode("utf-16"),
    ],
)  # fmt: skip
def test_every_form_gives_the_same_examples(tmp_path: Path, content: str | bytes) -> None:
    # the name says nothing: content decides
    assert read_examples(write(tmp_path, content, "data.xyz")) == WANTED


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("__label__A x\nno label\n", 2, "does not start with"),
        ("__label__A x\n\n__label__A\n", 3, "no text"),
        ("__label__A __label__B x", 1, "more than one label"),
        ("__label__ x", 1, "not a label"),
        ('{"text": "x", "label": "A"}\n{"text": "x", "label"', 2, ""),
        ('{"text": "x"}', 1, "no column is known to hold the label"),
        ('{"label": "A"}', 1, "text"),
        ('{"label": [3], "text": "x"}', 1, ""),
        ('{"label": "A", "text": "x"}\nnonsense', 2, ""),
        ('{"a":' + "[" * 100_000, 1, ""),
        ("text,label\nx,A\ny\n", 3, "not a label"),
        ('text,label\nx,A\n"two\nlines",B\n,C\n', 5, "no text"),
        ('text,label\n"x,A\n', 2, ""),
        ("text,label\nx, \n", 2, "not a label"),
        (b"__label__A x\n__label__B \xff\n", 2, "utf-8"),
    ],
)
def test_a_broken_line_is_named_with_its_number(tmp_path: Path, content: str | bytes, line: int, reason: str) -> None:
    with pytest.raises(InvalidInput, match=rf"line {line}\b.*{reason}"):
        read_examples(write(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("just some words\nand more", "not a list of labelled examples"),
        ("id,words\n1,x", "not a list of labelled examples"),
        (b"\x1f\x8b\x08 broken", "damaged gzip"),
        (gzip.compress(b"__label__A x" * 1000, mtime=0)[:-20], "damaged gzip"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not utf-8"),
    ],
)
def test_what_holds_no_examples_is_refused(tmp_path: Path, content: str | bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        read_examples(write(tmp_path, content))


def test_a_missing_file_and_a_folder_without_a_reader_of_mail_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no file"):
        read_examples(tmp_path / "missing")
    with pytest.raises(InvalidInput, match="mail can not be read here"):
        read_examples(tmp_path)


def test_a_list_of_objects_is_read(tmp_path: Path) -> None:
    assert read_examples(write(tmp_path, '[{"text": "x", "label": "A"}]')) == [Example("A", "x")]


def test_columns_are_as_the_caller_says(tmp_path: Path) -> None:
    path = write(tmp_path, "kind,words\nA,x\n")
    assert read_examples(path, ["label=kind", "text=words"]) == [Example("A", "x")]
    with pytest.raises(InvalidInput, match="no column 'wrong'"):
        read_examples(path, ["label=wrong"])
    with pytest.raises(InvalidInput, match="has no columns"):
        read_examples(write(tmp_path, FASTTEXT), ["label=kind"])


def test_all_that_is_broken_is_seen_before_anything_is_taken_in(tmp_path: Path) -> None:
    look = look_at(write(tmp_path, "__label__A x\nbroken\n__label__B\n__label__B y\n"))
    assert [each.label for each in look.examples] == ["A", "B"]
    assert [problem.split(":")[0] for problem in look.problems] == ["line 2", "line 3"]


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 10_000)
    with pytest.raises(InvalidInput, match="more than"):
        read_examples(write(tmp_path, gzip.compress(b"\0" * 100_000)))
    with pytest.raises(InvalidInput, match="more than"):
        read_examples(write(tmp_path, b"__label__A x\n" * 1_000))


def test_groups_are_kept(tmp_path: Path) -> None:
    assert read_examples(write(tmp_path, '{"text": "x", "label": "A", "group": "g"}')) == [Example("A", "x", "g")]
    assert read_examples(write(tmp_path, "text,label,group\nx,A,g\ny,B\n")) == [
        Example("A", "x", "g"),
        Example("B", "y"),
    ]


def test_lines_end_where_files_say_and_not_where_unicode_does(tmp_path: Path) -> None:
    text = "a\u2028b\x85c\x0bd"
    assert read_examples(write(tmp_path, f"__label__A {text}\n")) == [Example("A", text)]
    assert read_examples(write(tmp_path, json.dumps({"text": text, "label": "A"}))) == [Example("A", text)]


def test_real_tickets_are_read(real_data: Path) -> None:
    examples = read_examples(real_data / "tickets" / "it_service_tickets.jsonl.gz")
    assert len(examples) == 20_000
    assert len({example.label for example in examples}) == 8
