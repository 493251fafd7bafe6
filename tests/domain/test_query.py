from triage_app.domain.query import EVERYTHING, And, Not, Phrase, TextPlace


def test_a_tree_is_a_value() -> None:
    one = And((Phrase("invoice"), Not(Phrase("paid", TextPlace.SUBJECT))))
    assert one == And((Phrase("invoice"), Not(Phrase("paid", TextPlace.SUBJECT))))
    assert hash(one) == hash(And((Phrase("invoice"), Not(Phrase("paid", TextPlace.SUBJECT)))))
    assert EVERYTHING.parts == ()
