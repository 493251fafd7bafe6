from dataclasses import replace

from tests.services.test_month_pages import FULL
from triage_app.cli.render import to_text
from triage_app.domain.labels import ModelId
from triage_app.services.learning_shapes import LabelPromise, Promise

BROKEN = LabelPromise("Spam", 12, 3, 0.8, 0.25, 0.1, 0.5, broken=True)


def test_a_month_is_sentences_then_what_to_do_then_tables() -> None:
    text = to_text(FULL)
    assert text.startswith("category, 2026-12\n\n1,000 predictions (900 in 2026-11)")
    assert text.index("- Look at it.") < text.index("By label") < text.index("Worst confusions")
    assert "\x1b" not in text
    assert "https://" not in text


def test_a_promise_names_each_label_and_says_what_is_broken() -> None:
    text = to_text(
        Promise(
            "category", ModelId("m1"), 0.8, (BROKEN, replace(BROKEN, label="Other", broken=False)), ("Spam: mend it.",)
        )
    )
    lines = text.splitlines()
    assert lines[0] == "category, m1: wanted are 80% right"
    assert lines[3] == "Spam   3 of 12, 25% (10% to 50%)  broken"
    assert lines[4].endswith("yes")
    assert lines[-1] == "Spam: mend it."


def test_without_a_model_or_decisions_nothing_is_promised() -> None:
    assert "no model yet" in to_text(Promise("colour", ModelId(""), 0.8, (), ()))
    assert "Nobody has decided" in to_text(Promise("colour", ModelId("m1"), 0.8, (), ()))
