import pytest

from triage_app.domain.naming import LONGEST, is_sure, meanings


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ("https://evil.example.org/x?y=1", "url"),
        ("hxxps[://]evil[.]example[.]org/x", "url"),
        ("<https://evil.example.org/x>", "url"),
        ("Bob@Example.org", "email file_name"),
        ("bob[at]example[.]org", "email file_name"),
        ("203[.]0[.]113[.]9", "ipv4 file_name"),
        ("2001:db8::1", "ipv6"),
        ("d41d8cd98f00b204e9800998ecf8427e", "md5 file_name"),
        ("cve-2021-44228", "cve file_name"),
        ("T1059.001", "attack file_name"),
        ("00:11:22:33:44:55", "mac"),
        ("AS15169", "asn file_name"),
        ("evil.com", "domain file_name"),
        ("Invoice May.pdf", "file_name"),
        (r"C:\Temp\evil.exe", "windows_path"),
        (r"HKLM\Software\Run", "registry"),
    ],
)
def test_a_value_is_what_its_form_says(value: str, kinds: str) -> None:
    assert " ".join(each.kind.value for each in meanings(value)) == kinds


def test_live_and_defanged_mean_the_same() -> None:
    assert meanings("hxxp://evil[.]example[.]org/a")[0] == meanings("http://evil.example.org/a")[0]
    assert meanings(" evil[.]example[.]org ")[0] == meanings("EVIL.example.org")[0]


def test_an_observable_is_found_in_what_stands_around_it() -> None:
    assert meanings("(203.0.113.9)")[0].value == "203.0.113.9"


@pytest.mark.parametrize(
    "value", ["", "  ", "a:b:c", "http://evil.example.org and more", "x" * (LONGEST + 1), "\udc80.exe"]
)
def test_what_is_nothing_means_nothing(value: str) -> None:
    assert meanings(value) == ()


def test_only_a_known_extension_makes_a_word_a_file() -> None:
    assert is_sure(meanings("invoice.pdf")[-1])
    assert not is_sure(meanings("hello world")[-1])
    assert not is_sure(meanings("15169")[-1])
