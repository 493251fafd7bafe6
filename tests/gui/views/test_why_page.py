import re

from triage_app.gui.views.why_page import page
from triage_app.services.dedup_queries import Explanation, FieldComparison, RuleExplanation

VPN = RuleExplanation(
    "vpn",
    True,
    (
        FieldComparison("user.name", "anna", "anna", same=True),
        FieldComparison("host.name", "a", "b", same=False),
        FieldComparison("service.name", None, None, same=False),
    ),
    "Not the same: host.name differs.",
)
OFF = RuleExplanation("beat", False, (FieldComparison("host.name", "a", None, same=False),), "The rule is off.")


def colour(token: str) -> str:
    return f"#{token}"


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>|&nbsp;", " ", html).split())


def test_two_are_compared_field_by_field() -> None:
    shown = words(page(Explanation(("Nothing links them.",), (VPN, OFF)), (), colour, pair=True))
    assert shown.startswith("Nothing links them. Rule by rule")
    assert "user.name anna anna same" in shown
    assert "host.name a b differs" in shown
    assert "service.name missing missing beat" in shown
    # A rule that takes no part says why, without its fields.
    assert shown.endswith("beat The rule is off.")
    assert "decided" not in shown


def test_one_ticket_has_values_and_nothing_to_compare() -> None:
    shown = words(page(Explanation(("It was merged.",), (VPN,)), {"vpn"}, colour, pair=False))
    assert "vpn decided Not the same" in shown
    assert "user.name anna host.name a service.name missing" in shown
    assert "differs " not in shown.replace("differs.", "")


def test_without_rules_only_what_was_decided_is_said() -> None:
    assert words(page(Explanation(("One.", "Two."), ()), (), colour, pair=False)) == "One. Two."


def test_values_are_text_and_bounded() -> None:
    evil = "<img src='file:///etc/passwd'>\n" + "x" * 10_000
    rule = RuleExplanation(
        "<b>vpn</b>", True, (FieldComparison("<i>", evil, evil, same=True),), "<script>alert(1)</script>"
    )
    html = page(Explanation(("<u>",), (rule,)), (), colour, pair=True)
    for tag in ("<img", "<b>vpn", "<i>", "<script", "<u>"):
        assert tag not in html
    assert "&lt;img src=" in html
    assert len(html) < 4_000
