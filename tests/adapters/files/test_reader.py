import gzip
import io
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import msgspec
import pytest

from triage_app.adapters.files.reader import FilesReader, files_under
from triage_app.adapters.files.streams import Limits
from triage_app.domain.errors import NotFound
from triage_app.domain.item import Form, RawItem, digest

MAIL = b"From: a@example.com\r\nSubject: one\r\n\r\nhello\r\n"
ALERT = b'{"title": "x", "severity": "high"}'
OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "__properties_version1.0".encode("utf-16-le") + bytes(600)
SMALL = Limits(mail=100_000, kept=1_000, row=10_000, document=100_000, members=50, ratio_from=100_000)


def read(path: Path, limits: Limits | None = None) -> list[RawItem]:
    reader = FilesReader(limits) if limits else FilesReader()
    return list(reader.read(str(path)))


def tar_of(*members: tuple[str, bytes], mode: str = "w:gz", form: int = tarfile.GNU_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as archive:  # type: ignore[call-overload]  # mode is a parameter
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zip_of(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "form", "why"),
    [
        (MAIL, Form.MAIL, ""),
        (b"From x Mon Jan  1 00:00:00 2001\n" + MAIL, Form.MAIL, ""),
        (b"<html><body>no header</body></html>", Form.MAIL, ""),
        (b"just a few words, as a person would write them", Form.MAIL, ""),
        (b"caf=E9 quoted printable=\n", Form.MAIL, ""),
        (OUTLOOK, Form.MSG, ""),
        (OUTLOOK.replace(b"_\0_\0", b"+\0+\0"), Form.UNKNOWN, "Office"),
        (ALERT, Form.ALERT, ""),
        (b"\xef\xbb\xbf" + ALERT, Form.ALERT, ""),
        (ALERT.decode().encode("utf-16"), Form.ALERT, ""),
        (b"\xff\xfe\x00", Form.UNKNOWN, "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), Form.UNKNOWN, "binary"),
        (b"MZ\x90\x00" + bytes(100), Form.UNKNOWN, "binary"),
        (b"", Form.UNKNOWN, "empty"),
        (b"[]", Form.UNKNOWN, "empty"),
        (b'{"a": ', Form.UNKNOWN, "not valid JSON"),
        (b"a,b,c\n1,2,3\n4,5,6\n", Form.UNKNOWN, "not of alerts"),
        (zip_of(("[Content_Types].xml", b"<x/>")), Form.UNKNOWN, "Office"),
    ],
)
def test_a_file_is_known_by_its_content(tmp_path: Path, content: bytes, form: Form, why: str) -> None:
    path = tmp_path / "named.wrongly"
    path.write_bytes(content)

    [item] = read(path)

    assert item.form is form
    assert why in item.reason
    assert bool(item.reason) == (form is Form.UNKNOWN)
    assert (item.source, item.folder, item.uid_validity) == ("files", "", 0)
    assert item.sha256 == digest(item.content)
    assert item.origin.startswith(str(path))


def test_equal_contents_are_counted_within_one_reading_and_stay_the_same_in_the_next(tmp_path: Path) -> None:
    for name in ("a.eml", "b.eml", "c.eml"):
        (tmp_path / name).write_bytes(MAIL)

    first, again = read(tmp_path), read(tmp_path)

    assert [item.uid for item in first] == [digest(MAIL), f"{digest(MAIL)}:1", f"{digest(MAIL)}:2"]
    assert first == again


def test_what_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        FilesReader().read(str(tmp_path / "nowhere"))


def test_what_may_not_be_read_is_an_item_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "secret.eml"
    path.write_bytes(MAIL)
    (tmp_path / "open.eml").write_bytes(MAIL)
    path.chmod(0)
    if os.access(path, os.R_OK):
        # The superuser may read all: a link in a circle cannot be read by anybody.
        path.unlink()
        path.symlink_to(path.name)

    items = read(tmp_path)

    assert [item.form for item in items] == [Form.MAIL, Form.UNKNOWN]
    assert "cannot be read" in items[1].reason
    assert items[1].uid == read(tmp_path)[1].uid != digest(b"")


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    [item] = read(tmp_path)

    assert "not a regular file" in item.reason


def test_folders_are_read_in_order_once_and_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b/2.eml", "b/1.eml", "a.eml", ".DS_Store", ".notmuch/x", "c/d/e.eml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(MAIL)
    (tmp_path / "c" / "loop").symlink_to(tmp_path)

    names = [path.relative_to(tmp_path).as_posix() for path in files_under(tmp_path)]

    assert names == ["a.eml", "b/1.eml", "b/2.eml", "c/d/e.eml"]


def test_a_maildir_is_its_new_and_cur(tmp_path: Path) -> None:
    for name in ("cur/1:2,S", "new/2", "tmp/3", "dovecot.index", ".Sent/cur/4", ".Sent/new/5", ".other/6"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(MAIL + name.encode())

    found = {item.content[len(MAIL) :].decode() for item in read(tmp_path)}

    assert found == {"cur/1:2,S", "new/2", ".Sent/cur/4", ".Sent/new/5"}


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(tar_of(("in/1.eml", MAIL), mode="w")),
        tar_of(("in/1.eml", MAIL), mode="w"),
        tar_of(("in/1.eml", MAIL), mode="w:bz2"),
        tar_of(("in/1.eml", MAIL), mode="w:xz"),
        tar_of(("in/1.eml", MAIL), form=tarfile.PAX_FORMAT),
        zip_of(("in/1.eml", MAIL)),
        zip_of(("in/1.eml", MAIL), method=zipfile.ZIP_BZIP2),
    ],
)
def test_packed_files_are_opened(tmp_path: Path, packed: bytes) -> None:
    path = tmp_path / "box"
    path.write_bytes(packed)

    [item] = read(path)

    assert item.content == MAIL
    assert item.origin == f"{path}: in/1.eml"


def test_long_names_in_a_tar_are_kept(tmp_path: Path) -> None:
    name = "/".join(["folder" * 8] * 6) + "/é.eml"
    path = tmp_path / "box"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        path.write_bytes(tar_of((name, MAIL), ("b.eml", MAIL), form=form))

        assert [item.origin for item in read(path)] == [f"{path}: {name}", f"{path}: b.eml"]


def test_packed_files_in_packed_files_are_opened_two_deep(tmp_path: Path) -> None:
    once = zip_of(("1.eml", MAIL), ("rows.jsonl.gz", gzip.compress(ALERT + b"\n" + ALERT)))
    path = tmp_path / "box.tgz"
    path.write_bytes(tar_of(("inner.zip", once), ("after.eml", MAIL)))

    items = read(path)

    assert [item.form for item in items] == [Form.MAIL, Form.UNKNOWN, Form.MAIL]
    assert items[0].origin == f"{path}: inner.zip: 1.eml"
    assert "deep one in another" in items[1].reason
    path.write_bytes(zip_of(("rows.jsonl.gz", gzip.compress(ALERT + b"\n" + ALERT))))
    assert [item.origin for item in read(path)] == [f"{path}: rows.jsonl.gz line {number}" for number in (1, 2)]


def test_a_bomb_is_parked_and_what_came_before_it_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(tar_of(("1.eml", MAIL), ("zeros.eml", b"Subject: x\n\n" + b"0" * 40_000_000), ("3.eml", MAIL)))

    items = read(path, SMALL)

    assert items[0].content == MAIL
    assert all(item.reason for item in items[1:])
    assert any("times its size" in item.reason for item in items)


def test_a_bomb_in_a_zip_does_not_keep_the_other_members_out(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(zip_of(("1.eml", MAIL), ("zeros", b"0" * 40_000_000), ("3.eml", MAIL)))

    items = read(path, SMALL)

    assert [item.form for item in items] == [Form.MAIL, Form.UNKNOWN, Form.MAIL]
    assert "times its size" in items[1].reason


def test_too_many_members_stop_the_reading(tmp_path: Path) -> None:
    members = [(f"{number}.eml", MAIL + str(number).encode()) for number in range(60)]
    path = tmp_path / "many"
    for packed in (tar_of(*members), zip_of(*members)):
        path.write_bytes(packed)

        items = read(path, SMALL)

        assert "members" in items[-1].reason
        assert len(items) <= 51


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_packed_file_cut_short_gives_what_it_holds_and_a_reason(tmp_path: Path, keep: float) -> None:
    members = [(f"{number}.eml", MAIL + os.urandom(3_000).hex().encode()) for number in range(30)]
    path = tmp_path / "cut"
    for packed in (tar_of(*members), tar_of(*members, mode="w"), zip_of(*members)):
        path.write_bytes(packed[: int(len(packed) * keep)])

        items = read(path)

        assert items[-1].reason
        assert items == read(path)
        if packed[:2] != b"PK":
            assert len([item for item in items if not item.reason]) >= int(30 * keep) - 2


def test_an_encrypted_member_is_parked(tmp_path: Path) -> None:
    packed = bytearray(zip_of(("1.eml", MAIL), method=zipfile.ZIP_STORED))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "box.zip"
    path.write_bytes(packed)

    [item] = read(path)

    assert "encrypted" in item.reason


def test_a_mail_too_large_is_parked_with_its_size(tmp_path: Path) -> None:
    path = tmp_path / "large.eml"
    path.write_bytes(MAIL + b"x" * 200_000)

    [item] = read(path, SMALL)

    assert item.form is Form.UNKNOWN
    assert str(len(MAIL) + 200_000) in item.reason
    assert item.content == (MAIL + b"x" * 1_000)[:1_000]


def test_real_files_all_become_items(real_data: Path) -> None:
    expected = {"mail/phish.tar.gz": 800, "mail/ham_easy1.tar.gz": 2500, "mail/spam1.tar.gz": 500}
    for name, count in expected.items():
        items = read(real_data / name)
        assert [item.form for item in items] == [Form.MAIL] * count
        assert len({item.uid for item in items}) == count
    assert len(read(real_data / "mime" / "mime_fixtures.tar.gz")) >= 201
    msgs = read(real_data / "msg" / "msgreader_samples.tar.gz")
    assert [item.form for item in msgs].count(Form.MSG) == 44
    for name, count in {"ait_ads_russellmitchell.csv.gz": 45_544, "wazuh_spiral.jsonl.gz": 865}.items():
        items = read(real_data / "alerts" / name)
        assert [item.form for item in items] == [Form.ALERT] * count
        assert len({item.uid for item in items}) == count
        assert msgspec.json.decode(items[0].content)
