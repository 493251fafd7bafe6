"""Soft line breaks of format=flowed (RFC 3676)."""

from triage_app.domain import flowed


def test_soft_breaks_are_joined_and_hard_ones_kept() -> None:
    assert flowed.join("one \ntwo \nthree\nfour", keep_space=True) == "one two three\nfour"


def test_delsp_takes_the_space_out() -> None:
    assert flowed.join("ab \ncd", keep_space=False) == "abcd"


def test_quotes_join_with_their_own_depth_only() -> None:
    assert flowed.join("> a \n> b \n>> c \nd", keep_space=True) == "> a b \n>> c \nd"


def test_the_mark_of_a_signature_is_no_soft_break() -> None:
    assert flowed.join("text \n-- \nAnn", keep_space=True) == "text \n-- \nAnn"


def test_stuffed_space_is_taken_out() -> None:
    assert flowed.join("soft \nend\n From here", keep_space=True) == "soft end\nFrom here"
