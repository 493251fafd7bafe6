"""Bytes become text whatever is said of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain import charsets

RUSSIAN = "Здравствуйте, ваш счёт заблокирован. Пожалуйста, подтвердите данные для входа в систему."
CHINESE = "尊敬的用户，您的帐户已被冻结，请立即登录以验证您的身份信息。谢谢合作。"


@pytest.mark.parametrize(("text", "codec", "declared"), [
    (RUSSIAN, "koi8-r", "koi8-r"),
    (RUSSIAN, "cp1251", "windows-1251"),
    (RUSSIAN, "cp1251", "win-1251"),
    (CHINESE, "gb18030", "gb2312"),
    (CHINESE + "㐀€", "gb18030", "GB18030"),
    ("日本語のメール", "iso2022_jp", "ISO-2022-JP"),
    ("日本語①", "cp932", "shift_jis"),
    ("한국어", "cp949", "ks_c_5601-1987"),
    ("“smart” €", "cp1252", "iso-8859-1"),
    ("“smart” €", "cp1252", "us-ascii"),
    ("grün", "utf-8", "us-ascii"),
    ("grün", "utf-8", "iso-8859-1"),
    ("grün", "utf-8", '"utf8"'),
    ("grün", "utf-16", ""),
    ("grün", "utf-8-sig", ""),
    ("grün", "utf-7", "utf-7"),
    ("İstanbul", "cp1254", "iso-8859-9"),
])  # fmt: skip
def test_declared_charsets_are_read_as_senders_mean_them(text: str, codec: str, declared: str) -> None:
    assert charsets.decode(text.encode(codec), declared).text == text


@pytest.mark.parametrize(
    ("text", "codec"), [(RUSSIAN, "koi8-r"), (RUSSIAN, "cp1251"), (CHINESE, "gb18030"), (CHINESE, "utf-8")]
)
@pytest.mark.parametrize("declared", ["", "x-unknown", "nonsense", "zlib", "rot13", "../../x", "punycode"])
def test_undeclared_charsets_are_guessed(text: str, codec: str, declared: str) -> None:
    assert charsets.decode(text.encode(codec), declared).text == text


def test_iso_2022_jp_is_seen_without_being_declared() -> None:
    assert charsets.decode("日本語".encode("iso2022_jp")).text == "日本語"


def test_a_cut_character_does_not_spoil_declared_utf_8() -> None:
    decoded = charsets.decode(RUSSIAN.encode() + b"\xd0", "utf-8")

    assert decoded.replaced
    assert decoded.text == RUSSIAN + "\ufffd"


def test_a_mark_of_utf_16_before_plain_bytes_is_no_mark() -> None:
    assert charsets.decode(b"\xff\xfe invoice").text == "ÿþ invoice"


@pytest.mark.parametrize(
    "name", ["zlib", "base64", "rot13", "punycode", "idna", "unicode_escape", "undefined", "mbcs", "a" * 999]
)
def test_codecs_that_are_no_charsets_are_refused(name: str) -> None:
    assert charsets.codec(name) == ""


def test_html_names_its_charset() -> None:
    assert charsets.html_charset(b'<html><meta http-equiv=x content="text/html; charset=koi8-r">') == "koi8-r"
    assert charsets.html_charset(b'<meta charset="windows-1251">') == "windows-1251"
    assert charsets.html_charset(b"<p>charset=x") == ""


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "utf-8", "utf-7", "utf-16", "iso-2022-jp", "gb2312", "hz", "x", "utf-32", "cp874"]),
)
def test_anything_becomes_text_that_can_be_stored(data: bytes, declared: str) -> None:
    charsets.decode(data, declared).text.encode("utf_8")
