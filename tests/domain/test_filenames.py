"""Names of files."""

import pytest

from triage_app.domain.filenames import file_name_of, has_known_extension


@pytest.mark.parametrize("text", ["a.pdf", "A.PDF", "x.tar.gz", "invoice.pdf.exe", "README.md", "sound.c", "libz.so"])
def test_known_extension(text: str) -> None:
    assert has_known_extension(text)


@pytest.mark.parametrize(
    "text", ["a.com", ".pdf", "pdf", "a.", "1.5h", "b.d.i.c", "Node.js", "Microsoft.SQL", "z.so", ""]
)
def test_other_words(text: str) -> None:
    assert not has_known_extension(text)
    assert not has_known_extension("a" * 300 + ".pdf")


def test_a_file_may_be_called_nearly_anything() -> None:
    assert file_name_of("  Invoice 7 (final).one ") == "Invoice 7 (final).one"
    assert all(file_name_of(text) is None for text in ("", " ", "a/b", "a\\b", "a\nb", "..", "a" * 256))
