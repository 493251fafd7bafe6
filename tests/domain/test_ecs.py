import pytest

from triage_app.domain import ecs


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("src_ip", "source.ip"),
        ("source.ip", "source.ip"),
        ("event.data.sourceIPAddress", "source.ip"),
        ("detail.inner.srcip", "source.ip"),
        ("actor.email", "user.name"),
        ("event.title", "rule.name"),
        ("hits.0.rule.name", "rule.name"),
        ("process.command_line", "process.command_line"),
        ("mock.message", "message"),
        ("something.else.name", None),
        ("server.build.id", None),
        ("unheard_of", None),
        ("", None),
        ("...", None),
    ],
)
def test_what_a_path_means(path: str, name: str | None) -> None:
    found = ecs.claim(path)

    assert (found.name if found else None) == name


def test_the_surer_key_wins() -> None:
    title, name, deep = ecs.claim("title"), ecs.claim("name"), ecs.claim("a.b.alert_title")

    assert title is not None
    assert name is not None
    assert deep is not None
    assert title.rank < name.rank
    assert title.rank < deep.rank


def test_no_key_means_two_things() -> None:
    keys = [key for keys in ecs.ALIASES.values() for key in keys]

    assert sorted(key for key in set(keys) if keys.count(key) > 1) == []
    assert all(key == key.lower() and key.isalnum() for key in keys)
