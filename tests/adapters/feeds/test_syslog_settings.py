"""What a syslog source is told."""

from pathlib import Path

import pytest

from tests.syslogs import certificate_in, syslog_source
from triage_app.adapters.feeds.syslog_settings import Options
from triage_app.domain.errors import SourceFailed, Trouble


def test_anybody_may_send_unless_senders_are_named() -> None:
    assert Options.of(syslog_source()).allows("203.0.113.9")

    some = Options.of(syslog_source(senders="192.0.2.0/24\n\n2001:db8::/32\n198.51.100.7"))

    assert all(some.allows(each) for each in ("192.0.2.9", "::ffff:192.0.2.9", "2001:db8::1%eth0", "198.51.100.7"))
    assert not any(some.allows(each) for each in ("192.0.3.9", "::ffff:192.0.3.9", "2001:db9::1", "198.51.100.8"))


def test_the_newest_tls_alone_is_spoken_unless_a_setting_allows_more(tmp_path: Path) -> None:
    files = certificate_in(tmp_path)

    for floor, name in (("1.3", "TLSv1_3"), ("1.2", "TLSv1_2")):
        shield = Options.of(syslog_source(**files.settings, tls_floor=floor)).shield
        assert shield is not None
        assert shield.minimum_version.name == name
    assert Options.of(syslog_source(protocol="tcp")).shield is None


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"senders": "192.0.2.0/24\nthe firewall"}, "the firewall"),
        ({"protocol": "tls"}, "needs certificate and key"),
        ({"protocol": "tls", "certificate": "/nowhere/a.pem", "key": "/nowhere/b.pem"}, "/nowhere/a.pem"),
    ],
)
def test_settings_that_do_not_fit_are_told(settings: dict[str, str], word: str) -> None:
    with pytest.raises(SourceFailed, match=word) as caught:
        Options.of(syslog_source(**settings))
    assert caught.value.trouble is Trouble.SETTINGS
