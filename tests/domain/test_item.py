"""How items are told apart and addresses are shown."""

from triage_app.domain.item import Address, content_uid, digest


def test_the_first_copy_is_known_by_its_content_and_later_ones_by_their_number() -> None:
    sha = digest(b"alert")
    assert [content_uid(sha, number) for number in range(3)] == [sha, f"{sha}:1", f"{sha}:2"]


def test_an_address_is_shown_with_its_name_where_it_has_one() -> None:
    assert str(Address("Maria", "m@example.org")) == "Maria <m@example.org>"
    assert str(Address("", "m@example.org")) == "m@example.org"
    assert str(Address("Suricata", "")) == "Suricata"
