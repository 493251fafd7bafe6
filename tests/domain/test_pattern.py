from triage_app.domain.item import Address, Form, ParsedItem
from triage_app.domain.pattern import Pattern, Trait, TraitKind, pattern_of, stripped_subject, traits_of


def mail(subject: str, sender: str = "ann@example.org") -> ParsedItem:
    return ParsedItem(Form.MAIL, subject, Address("Ann", sender))


def test_what_is_put_before_a_subject_is_no_part_of_it() -> None:
    assert stripped_subject("Re: [soc] AW: Fwd: RE[2]: Invoice is due") == "Invoice is due"
    assert stripped_subject("Regarding: that") == "Regarding: that"
    assert stripped_subject("Re:") == "Re:"
    assert stripped_subject("[only a tag]") == "[only a tag]"


def test_mails_of_one_campaign_have_one_pattern_whoever_sends_them() -> None:
    one = pattern_of(mail("Your invoice 4711 is overdue", "a@one.example"))
    other = pattern_of(mail("RE: your Invoice 90210 is overdue", "b@two.example"))
    assert one == other == Pattern("your invoice <number> is overdue", "")


def test_a_subject_that_tells_little_counts_for_one_sender_only() -> None:
    assert pattern_of(mail("Hello", "a@one.example")) == Pattern("hello", "one.example")
    assert pattern_of(mail("Hello", "a@one.example")) != pattern_of(mail("Hello", "a@two.example"))
    assert pattern_of(mail("", "a@one.example")) == Pattern("", "one.example")


def test_alerts_of_one_rule_on_one_host_have_one_pattern() -> None:
    def alert(host: str) -> ParsedItem:
        return ParsedItem(Form.ALERT, "Failed login from 192.0.2.7", fields={"host.name": host, "rule.name": "Login"})

    assert pattern_of(alert("WEB01")) == pattern_of(alert("web01")) == Pattern("failed login from <ip>", "web01")
    assert pattern_of(alert("web02")) != pattern_of(alert("web01"))
    assert traits_of(alert("WEB01")) == (Trait(TraitKind.RULE, "login"), Trait(TraitKind.HOST, "web01"))


def test_a_mail_has_the_trait_of_its_senders_domain() -> None:
    assert traits_of(mail("x", "Ann@Example.ORG")) == (Trait(TraitKind.SENDER_DOMAIN, "example.org"),)
    assert traits_of(ParsedItem(Form.MAIL, "x")) == ()
