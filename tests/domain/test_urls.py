"""URLs in running text, and behind rewriting gateways."""

import pytest

from triage_app.domain.hosts import HostKind
from triage_app.domain.urls import LONGEST_URL, read_url, unwrap, url_of


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://evil.com/a) b", "http://evil.com/a"),
        ("http://evil.com/a_(b)_[c]) b", "http://evil.com/a_(b)_[c]"),
        ("http://evil.com/?a[]=1&b[x]=2, ", "http://evil.com/?a[]=1&b[x]=2"),
        ("http://evil.com?x=1!!", "http://evil.com?x=1"),
        ("http://evil.com.", "http://evil.com"),
        ("http://evil.com./a", "http://evil.com/a"),
        ("http://evil.com:99999/a", "http://evil.com"),
        ("http://evil.com:/a", "http://evil.com"),
        ("http://a@b@evil.com/", "http://a@b@evil.com/"),
        ("http://good.com\\@evil.com/", "http://good.com"),
        ("http://evil.com/a&quot; b", "http://evil.com/a"),
        ("http://evil.com/a;http://b.com", "http://evil.com/a"),
        ("http://host:abc/", None),
        ("http:///a", None),
        ("http://[::zz]/", None),
        ("http://.../", None),
        ("http://1.2.3.999/", None),
    ],
)
def test_where_a_url_ends(text: str, url: str | None) -> None:
    found = read_url(text, 0, len("http://"), len(text))
    assert (found.text if found else None) == url


def test_a_url_longer_than_any_is_cut_and_passed_over() -> None:
    text = "http://evil.com/" + "a" * (3 * LONGEST_URL) + " b"
    found = read_url(text, 0, 7, len(text))
    assert found is not None
    assert len(found.text) == len("http://evil.com") + LONGEST_URL
    assert text[found.end :] == " b"


def test_a_whole_url_tells_its_host() -> None:
    url = url_of("HTTPS://[2001:DB8::1]:443/A")
    assert url is not None
    assert (url.text, url.host.kind, url.host.name) == ("https://[2001:db8::1]/A", HostKind.IPV6, "2001:db8::1")
    assert url_of("https://evil.com/a b") is None
    assert url_of("nothing") is None


SAFE = "https://eur01.safelinks.protection.outlook.com/?url="
PROOF = "https://urldefense.proofpoint.com"


@pytest.mark.parametrize(
    ("wrapped", "target"),
    [
        (SAFE + "http%3A%2F%2Fevil.com%2F%3Fa%3D1%26b%3D2&data=x", "http://evil.com/?a=1&b=2"),
        (SAFE + "javascript%3Aalert(1)", None),
        (SAFE, None),
        ("https://safelinks.protection.outlook.com.evil.com/?url=http%3A%2F%2Fa.com", None),
        (PROOF + "/v1/url?u=http://evil.com/a&k=1", "http://evil.com/a"),
        (PROOF + "/v2/url?u=https-3A__evil.com_a-2Db-5Fc&d=1", "https://evil.com/a-b_c"),
        ("https://urldefense.com/v3/__https://evil.com/a__;!!x", "https://evil.com/a"),
        ("https://urldefense.com/v3/__https://evil.com/*a**Bb__;IyEhIQ!!x", "https://evil.com/#a!!!b"),
        ("https://urldefense.com/v3/__https:/evil.com/a__;!!x", "https://evil.com/a"),
        ("https://urldefense.com/v3/__https://evil.com/a*__;A!!x", None),
        ("https://urldefense.com/v3/__https://evil.com/a", None),
        ("https://urldefense.com/v3/__nothing__;!!x", None),
        ("https://evil.com/?url=http%3A%2F%2Fa.com", None),
    ],
)
def test_the_target_of_a_rewritten_link(wrapped: str, target: str | None) -> None:
    url = url_of(wrapped)
    assert url is not None
    found = unwrap(url)
    assert (found.text if found else None) == target
