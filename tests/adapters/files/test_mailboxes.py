import pytest

from triage_app.adapters.files import mailboxes, streams
from triage_app.adapters.files.mailboxes import mails
from triage_app.adapters.files.streams import Limits, Stream
from triage_app.domain.item import Form

LINE = b"From someone@example.com Mon Jan  1 10:00:00 2024\n"


def read(content: bytes, limits: Limits | None = None, step: int = 1 << 20) -> list[tuple[bytes, str]]:
    position = 0

    def source(size: int) -> bytes:
        nonlocal position
        part = content[position : position + min(size, step)]
        position += len(part)
        return part

    return [(piece.content, piece.reason) for piece in mails(Stream(source), limits or Limits())]


def test_mails_come_without_their_separators_and_empty_lines() -> None:
    one, two = b"Subject: 1\n\nbody\n", b"Subject: 2\n\nbody\n"

    assert read(LINE + one + b"\n" + LINE + two + b"\n" + LINE + one) == [(one, ""), (two, ""), (one, "")]


def test_line_ends_of_windows_are_kept() -> None:
    one = b"Subject: 1\r\n\r\nbody\r\n"
    line = LINE.replace(b"\n", b"\r\n")

    assert read(line + one + b"\r\n" + line + one) == [(one, ""), (one, "")]


def test_quoting_is_taken_back_by_one() -> None:
    body = b"Subject: 1\n\n>From here\n>>From there\n> From x\n"

    assert read(LINE + body) == [(body.replace(b">From here", b"From here").replace(b">>From", b">From"), "")]


@pytest.mark.parametrize(
    "prose",
    [
        b"From the desk of Bob\nyou get this\n",
        b"From Monday on at ten\n",
        b"From 10:30 to 11:30 in 2024\nand so on\n",
    ],
)
def test_prose_does_not_cut_a_mail(prose: bytes) -> None:
    mail = b"Subject: 1\n\nHello\n\n" + prose

    assert read(LINE + mail) == [(mail, "")]


def test_a_separator_needs_no_date_where_a_header_follows() -> None:
    one = b"Subject: 1\n\nbody\n"

    assert read(b"From MAILER-DAEMON\n" + one + b"\nFrom x\n" + one) == [(one, ""), (one, "")]


def test_mails_are_found_wherever_the_chunks_end(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = b"Subject: %d\n\n" + b"line\n" * 300
    box = b"\n".join(LINE + mail % number for number in range(40))
    expected = read(box)
    assert len(expected) == 40

    for size in (2_001, 4_099, 5_000):
        monkeypatch.setattr(mailboxes, "CHUNK", size)
        monkeypatch.setattr(streams, "CHUNK", size)
        assert read(box, step=size // 3) == expected


def test_a_mail_too_large_is_cut_with_its_size_and_the_next_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailboxes, "CHUNK", 10_000)
    large, small = b"Subject: 1\n\n" + b"x" * 300_000 + b"\n", b"Subject: 2\n\n"
    limits = Limits(mail=50_000, kept=1_000)

    pieces = list(mails(Stream(iter_read(LINE + large + b"\n" + LINE + small)), limits))

    assert [piece.form for piece in pieces] == [Form.UNKNOWN, Form.MAIL]
    assert str(len(large)) in pieces[0].reason
    assert pieces[0].content == large[:1_000]
    assert pieces[1].content == small
    assert pieces[1].where == "message 2"


def iter_read(content: bytes):  # type: ignore[no-untyped-def]  # a reader over bytes
    import io

    return io.BytesIO(content).read
