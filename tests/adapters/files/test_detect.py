import io
import tarfile

import pytest

from triage_app.adapters.files.detect import Kind, is_tar_header, kind_of


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"Received: x", Kind.MAIL),
        (b"X-Odd\t : x\n\0", Kind.MAIL),
        (b"From a Mon Jan 1 00:00:00 2024\nSubject: x", Kind.MBOX),
        (b"From the start it was prose\nand went on\n", Kind.TEXT),
        (b' {"a": 1}', Kind.JSON),
        (b"[1, 2]", Kind.JSON),
        (b"[bracket] text", Kind.TEXT),
        (b"{curly} text", Kind.TEXT),
        (b"MZ is also how this sentence begins", Kind.TEXT),
        (b"\0\1\2\3", Kind.BINARY),
        ("Grüße".encode("latin-1"), Kind.TEXT),
        ("注意".encode("gb18030"), Kind.TEXT),
        (b"\x1b$B$3$s$K$A$O\x1b(B", Kind.TEXT),
        (b"", Kind.EMPTY),
    ],
)
def test_kinds(head: bytes, kind: Kind) -> None:
    assert kind_of(head) is kind


def test_a_tar_is_known_by_its_checksum() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("x.eml"))
    block = out.getvalue()[:512]

    assert is_tar_header(block)
    assert not is_tar_header(b"y" + block[1:])
    assert not is_tar_header(bytes(512))
    assert not is_tar_header(b"Subject: " + b"x" * 600)
