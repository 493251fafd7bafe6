import io
import tarfile
import zipfile
from collections import Counter
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from triage_app.adapters.classify.mail_folders import look_at_mail
from triage_app.adapters.classify.reading import look_at
from triage_app.adapters.files.reader import FilesReader
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Example

PLAIN = b"From: a@b.example\nSubject: hello\nDate: Tue, 31 Mar 2026 14:05:00 +0200\n\nthere\n"
AT = datetime(2026, 3, 31, 12, 5, tzinfo=UTC)
READ = Example("Spam", "hello\nthere", at=AT, layout="text", sender="a@b.example")


def save(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def labels(path: Path) -> Counter[str]:
    return Counter(each.label for each in look_at_mail(path, FilesReader()).examples)


def test_a_mail_has_the_label_of_its_folder_and_what_its_headers_say(tmp_path: Path) -> None:
    save(tmp_path / "Spam" / "1.eml", PLAIN)
    assert look_at_mail(tmp_path, FilesReader()).examples == [READ]


def test_folders_mailboxes_and_packed_ones_are_read_alike(tmp_path: Path) -> None:
    mbox = b"From x Tue Mar 31 14:05:00 2026\n" + PLAIN + b"\nFrom x Tue Mar 31 14:05:00 2026\n" + PLAIN
    save(tmp_path / "Spam" / "deep" / "1.eml", PLAIN)
    save(tmp_path / "Spam" / "box", mbox)
    save(tmp_path / "Spam" / "more.tar.gz", packed({"x/2.eml": PLAIN, "3.eml": PLAIN}))
    save(tmp_path / "Ham.mbox", mbox)
    save(tmp_path / "all.tar.gz", packed({"./Phishing/1.eml": PLAIN, "./Other/1.eml": PLAIN}))
    assert labels(tmp_path) == {"Spam": 5, "Ham": 2, "Phishing": 1, "Other": 1}


def test_what_lies_beside_the_folders_is_left_out(tmp_path: Path) -> None:
    save(tmp_path / "Spam" / "1.eml", PLAIN)
    save(tmp_path / "README.txt", b"about these mails")
    save(tmp_path / "labels.csv", b"member,label\nx,y\n")
    save(tmp_path / ".git" / "1.eml", PLAIN)
    save(tmp_path / "loose.eml", PLAIN)
    save(tmp_path / "flat.tar.gz", packed({"1.eml": PLAIN}))
    assert labels(tmp_path) == {"Spam": 1}


def test_a_packed_folder_is_a_folder(tmp_path: Path) -> None:
    flat = {"Spam/1.eml": PLAIN, "Ham/x/1.eml": PLAIN}
    assert labels(zipped(tmp_path / "a.zip", flat)) == {"Spam": 1, "Ham": 1}
    # around all of them lies one more folder
    deep = {f"mails/{name}": content for name, content in flat.items()}
    assert labels(zipped(tmp_path / "b.zip", deep)) == {"Spam": 1, "Ham": 1}
    assert look_at(tmp_path / "a.zip", (), FilesReader()).examples[0] == READ


@pytest.mark.parametrize(
    ("layout", "build"),
    [
        ("text", lambda mail: mail.set_content("x")),
        ("html", lambda mail: mail.set_content("<p>x</p>", subtype="html")),
        ("text+html", lambda mail: (mail.set_content("x"), mail.add_alternative("<p>x</p>", subtype="html"))),
        ("text+attachment", lambda mail: (mail.set_content("x"), mail.add_attachment("y", filename="y.txt"))),
        (
            "html+attachment",
            lambda mail: (
                mail.set_content("<p>x</p>", subtype="html"),
                mail.add_attachment(b"y", maintype="application", subtype="pdf", filename="y.pdf"),
            ),
        ),
    ],
)
def test_the_layout_is_told(tmp_path: Path, layout: str, build: object) -> None:
    mail = EmailMessage()
    mail["Subject"] = "s"
    assert callable(build)
    build(mail)
    save(tmp_path / "A" / "1.eml", bytes(mail))
    assert [each.layout for each in look_at_mail(tmp_path, FilesReader()).examples] == [layout]


def test_what_cannot_be_read_is_told_and_what_is_empty_is_left_out(tmp_path: Path) -> None:
    save(tmp_path / "A" / "1.eml", PLAIN)
    save(tmp_path / "A" / "2.pdf", b"%PDF-1.7 x")
    save(tmp_path / "A" / "3.eml", b"From: a@b.example\n\n")
    look = look_at_mail(tmp_path, FilesReader())
    assert [each.label for each in look.examples] == ["A"]
    assert [problem.split(":")[0] for problem in look.problems] == ["A/2.pdf"]
    assert look.aside == ["1 mails have no text and are left out."]


def test_a_folder_that_cannot_be_a_label_is_told(tmp_path: Path) -> None:
    save(tmp_path / ("x" * 101) / "1.eml", PLAIN)
    assert "longer than 100" in look_at_mail(tmp_path, FilesReader()).problems[0]


def test_a_folder_without_mail_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "loose.eml", PLAIN)
    with pytest.raises(InvalidInput, match="Make a folder for each label"):
        look_at_mail(tmp_path, FilesReader())


def test_the_mails_of_the_real_data_are_read(real_data: Path) -> None:
    look = look_at_mail(real_data / "mail", FilesReader())
    assert Counter(each.label for each in look.examples) == {"ham": 2_625, "phish": 799, "spam": 500}
    assert look.broken == 0
    assert sum(each.at is None for each in look.examples) < 10


def test_a_conversation_is_one_group_named_by_the_mail_that_opened_it(tmp_path: Path) -> None:
    opened = PLAIN.replace(b"\n\n", b"\nMessage-ID: <one@b.example>\n\n", 1)
    answer = PLAIN.replace(b"\n\n", b"\nMessage-ID: <two@c.example>\nIn-Reply-To: <one@b.example>\n\n", 1)
    later = PLAIN.replace(b"\n\n", b"\nReferences: <one@b.example> <two@c.example>\n\n", 1)
    for number, content in enumerate((opened, answer, later, PLAIN)):
        save(tmp_path / "Spam" / f"{number}.eml", content)
    groups = [each.group for each in look_at_mail(tmp_path, FilesReader()).examples]
    assert groups == ["one@b.example"] * 3 + [""]
