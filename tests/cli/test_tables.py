"""Tables that fit, and text that cannot steer the terminal."""

import pytest

from triage_app.cli.tables import plain, table


@pytest.mark.parametrize(
    "hostile", ["\x1b[2J\x1b]0;title\x07", "a\rb\nc", "\u202eevil.exe", "\x9b31m", "\u200b\u2066x", "\x00\x7f\x85"]
)
def test_nothing_that_steers_a_terminal_is_printed(hostile: str) -> None:
    shown = plain(f"before {hostile} after")
    assert shown.startswith("before ")
    assert all(each.isprintable() for each in shown)


def test_tables_fit_the_terminal_and_cut_the_widest_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    shown = table(["id", "subject"], [["1", "x" * 200], ["22", "日本語" * 40]])
    lines = shown.splitlines()
    assert all(len(line) <= 60 for line in lines)
    assert lines[1].endswith("…")
    assert len(lines[2]) <= 34
