"""The API as clients see it: a real server on loopback, on the sample mail."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.rest.servers import QUICK, Client, serving
from triage_app.domain.token import TokenName
from triage_app.rest.limits import Limits
from triage_app.services.app import App
from triage_app.services.queries import GetBalance, ListAudit, ListTickets
from triage_app.services.token_commands import RevokeToken


def code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_query_is_answered_like_on_the_command_line(client: Client, demo: App) -> None:
    answer = client.ask("tickets", limit=3)
    assert answer.status_code == 200
    assert [each["id"] for each in answer.json()["tickets"]] == [
        each.id for each in demo.ask(ListTickets(limit=3)).tickets
    ]
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers


def test_a_command_is_done_in_the_name_of_its_token_and_logged(client: Client, demo: App) -> None:
    ticket = demo.ask(ListTickets(limit=1)).tickets[0].id
    answer = client.execute("close", id=ticket, verdict="test")
    assert (answer.status_code, answer.json()["status"]) == (200, "resolved")
    assert demo.ask(ListAudit(limit=1)).entries[0].actor == "triage"


def test_a_verb_of_two_words_is_found_with_a_hyphen_and_with_a_space(client: Client) -> None:
    assert client.ask("dedup-rules").json() == client.ask("dedup%20rules").json()


def test_lines_end_with_the_value_or_the_error(client: Client, tmp_path: Path) -> None:
    lines = {"Accept": "application/x-ndjson"}
    (tmp_path / "a.jsonl").write_text("".join(f'{{"n": {number}}}\n' for number in range(3_000)))
    paths = {"paths": [str(tmp_path / "a.jsonl")]}
    answer = client.send("POST", "/commands/import", "admin", headers=lines, json=paths)
    found = [json.loads(each) for each in answer.text.splitlines() if each]
    assert found[0]["progress"]["what"] == "items read"
    assert found[-1]["value"]["found"] == 3_000
    answer = client.send("POST", "/queries/ticket", "read", headers=lines, json={"id": 10**9})
    assert answer.status_code == 200
    assert json.loads(answer.text)["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"id": 10**9}, 404, "not_found"),
        ({"id": "one"}, 422, "invalid_input"),
        ({"id": 1, "more": 2}, 422, "invalid_input"),
        ({}, 422, "invalid_input"),
        ({"id": 10**30}, 422, "invalid_input"),
    ],
)
def test_what_is_wrong_with_a_body_is_said(client: Client, fields: dict[str, object], status: int, says: str) -> None:
    assert code(client.send("POST", "/queries/ticket", "read", json=fields)) == (status, says)


def test_what_is_no_json_is_said(client: Client) -> None:
    assert code(client.send("POST", "/queries/ticket", "read", data=b"{")) == (400, "invalid_input")
    assert code(client.send("POST", "/queries/ticket", "read", data=b'{"id":' * 100_000)) == (422, "invalid_input")


def test_problems_of_rules_come_with_their_lines(client: Client) -> None:
    answer = client.execute("dedup-save", "admin", text="rules:\n  - name: x\n    level: nonsense\n")
    assert code(answer) == (422, "invalid_rules")
    assert answer.json()["error"]["problems"][0][0] >= 1


def test_nothing_there_and_wrong_methods_have_the_same_shape(client: Client) -> None:
    assert code(client.send("GET", "/nothing", "read")) == (404, "not_found")
    answer = client.send("GET", "/queries/tickets", "read")
    assert code(answer) == (405, "invalid_input")
    assert answer.headers["allow"] == "POST"


def test_health_and_the_document_need_no_token(client: Client) -> None:
    assert client.send("GET", "/health").json()["version"]
    assert client.send("GET", "/openapi.json").json()["openapi"] == "3.1.0"


def test_a_token_says_whose_it_is(client: Client) -> None:
    assert client.send("GET", "/me", "intake").json() == {"user": "intake", "scopes": ["intake"], "source": "edr"}


@pytest.mark.parametrize("path", ["/queries/tickets", "/commands/close", "/alerts"])
def test_a_missing_or_unknown_token_is_401_and_logged(
    client: Client, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}):
            answer = client.send("POST", path, headers=headers)
            assert code(answer) == (401, "access_denied")
            assert answer.headers["www-authenticate"] == "Bearer"
    refused = [each.getMessage() for each in caplog.records if each.getMessage().startswith("401 POST")]
    assert len(refused) == 3
    assert path in refused[0]
    assert "nonsense" not in caplog.text


def test_an_underscoped_token_is_403_and_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert code(client.ask("tickets", "triage")) == (403, "access_denied")
        assert code(client.execute("close", "read", id=1, verdict="test")) == (403, "access_denied")
        assert code(client.execute("train", "triage")) == (403, "access_denied")
        assert code(client.send("POST", "/alerts", "admin", json={})) == (403, "access_denied")
        assert code(client.send("GET", "/events", "intake")) == (403, "access_denied")
    assert sum("403" in each.getMessage() for each in caplog.records) == 5


def test_a_revoked_token_is_401_at_once(client: Client, demo: App) -> None:
    assert client.ask("views").status_code == 200
    demo.execute(RevokeToken(TokenName("read")))
    assert code(client.ask("views")) == (401, "access_denied")


def test_a_page_of_another_name_gets_nowhere(client: Client) -> None:
    for host in ("evil.example", "evil.example:80", ""):
        assert client.send("GET", "/health", headers={"Host": host}).status_code in (400, 421)
    for host in ("localhost", "127.0.0.1:1", "[::1]:8484"):
        assert client.send("GET", "/health", headers={"Host": host}).status_code == 200


def test_alerts_are_answered_when_they_are_safe(client: Client, demo: App) -> None:
    text = b'{"rule": {"name": "one"}}\n{"rule": {"name": "two"}}\n'
    answer = client.send("POST", "/alerts", "intake", data=text)
    assert answer.json() == {"accepted": 2, "known": 0, "parked": 0, "pending": 0}
    (edr,) = (each for each in demo.ask(GetBalance()).sources if each.source == "edr")
    assert (edr.seen, edr.pending) == (2, 0)


def test_a_post_with_the_same_key_is_not_taken_twice(client: Client) -> None:
    key = {"Idempotency-Key": "again"}
    posts = [client.send("POST", "/alerts", "intake", json=[{"a": 1}], headers=key).json() for _ in range(2)]
    assert [(each["accepted"], each["known"]) for each in posts] == [(1, 0), (0, 1)]
    assert client.send("POST", "/alerts", "intake", json=[{"a": 1}]).json()["accepted"] == 1


def test_of_a_broken_post_nothing_is_taken(client: Client, demo: App) -> None:
    before = demo.ask(GetBalance()).seen
    answer = client.send("POST", "/alerts", "intake", data=b'{"a": 1}\n{"b"\n')
    assert code(answer) == (400, "invalid_input")
    assert "line 2" in answer.json()["error"]["message"]
    assert demo.ask(GetBalance()).seen == before


def test_posts_at_once_are_each_answered_for_themselves(client: Client, demo: App) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda number: client.send("POST", "/alerts", "intake", json=[{"n": number}] * (number % 3 + 1)).json(),
                range(40),
            )
        )
    assert [each["accepted"] for each in answers] == [number % 3 + 1 for number in range(40)]
    assert demo.ask(GetBalance()).difference == 0
    # and several of them shared a command
    assert sum(each.command == "push" for each in demo.ask(ListAudit(limit=200)).entries) < 40


def test_the_command_push_takes_alerts_of_the_tokens_own_source_only(client: Client) -> None:
    assert client.execute("push", "intake", posts=["{}"], source="edr").json()["posts"][0]["accepted"] == 1
    assert code(client.execute("push", "intake", posts=["{}"], source="mail")) == (403, "access_denied")


def test_what_is_too_large_is_refused(demo: App) -> None:
    with serving(demo, Limits(body_bytes=1_000)) as client:
        assert code(client.send("POST", "/alerts", "intake", data=b"[" + b" " * 2_000 + b"]")) == (413, "too_much")
        chunks = (b" " * 500 for _ in range(10))
        assert code(client.send("POST", "/alerts", "intake", data=chunks)) == (413, "too_much")


def test_who_asks_too_often_must_wait(demo: App) -> None:
    with serving(demo, Limits(requests_a_second=0.1, burst=2)) as client:
        answers = [client.ask("views") for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 429]
        assert int(answers[2].headers["retry-after"]) >= 1


def test_who_guesses_tokens_must_wait_and_keeps_nobody_else_out(demo: App) -> None:
    with serving(demo, Limits(refusals=2)) as client:
        assert [client.ask("views", token).status_code for token in ("a", "b", "c", "read")] == [401, 401, 429, 200]


def test_limits_of_the_tests_are_not_those_of_the_program() -> None:
    assert QUICK.requests_a_second > Limits().requests_a_second
