"""Requests made from templates."""

import pytest

from triage_app.adapters.feeds.rest_request import Template, Values

VALUES: Values = {"since": "2026-11-20T12:00:00Z", "until": 1_795_000_000, "cursor": "", "page": 3, "offset": 40}


def test_variables_are_filled_in_and_quoted() -> None:
    template = Template.of("/v1/alerts:search/$page?filter=created ge $since&$top=50&x=$sinces&x=a%26b", "")
    path, body = template.filled(VALUES)
    since = "2026-11-20T12%3A00%3A00Z"
    assert path == f"./v1/alerts:search/3?filter=created%20ge%20{since}&%24top=50&x=%24sinces&x=a%26b"
    assert body is None


def test_in_a_body_a_variable_alone_keeps_its_kind_and_no_value_breaks_out() -> None:
    template = Template.of("search", '{"from": "$until", "q": ["t >= $since", {"page": "$page"}], "after": "$cursor"}')
    assert template.filled(VALUES)[1] == {
        "from": 1_795_000_000,
        "q": ["t >= 2026-11-20T12:00:00Z", {"page": 3}],
    }
    hostile = 'x", "admin": true, "y": "'
    assert template.filled({**VALUES, "cursor": hostile})[1]["after"] == hostile


def test_a_cursor_is_left_out_until_there_is_one() -> None:
    template = Template.of("alerts?limit=5&after=$cursor", "")
    assert template.filled(VALUES)[0] == "./alerts?limit=5"
    assert template.filled({**VALUES, "cursor": "a+b=&"})[0] == "./alerts?limit=5&after=a%2Bb%3D%26"


def test_a_path_may_be_quoted_already() -> None:
    assert Template.of("a%20b/c", "").filled(VALUES)[0] == "./a%20b/c"


def test_which_variables_are_used() -> None:
    template = Template.of("alerts?since=$since", '{"p": ["$page"]}')
    assert [name for name in ("since", "until", "page") if template.uses(name)] == ["since", "page"]


def test_a_body_that_is_no_json_is_told() -> None:
    with pytest.raises(ValueError, match="no valid JSON"):
        Template.of("x", "{")
