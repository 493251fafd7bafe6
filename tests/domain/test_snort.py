from triage_app.domain.snort import parse_fast

LINE = (
    "03/04/2020-18:02:04.3  [**] [1:2:1] A name [x] [**] [Classification: Odd] [Priority: 3] "
    "{TCP} 192.0.2.1:59626 -> 2001:db8::1:80"
)


def test_a_line_is_taken_apart() -> None:
    found = parse_fast(LINE)

    assert found is not None
    assert (found.signature, found.signature_id, found.classification, found.priority) == (
        "A name [x]",
        "1:2:1",
        "Odd",
        "3",
    )
    assert found.source == ("192.0.2.1", "59626")
    assert found.destination == ("2001:db8::1", "80")


def test_what_is_missing_is_left_out() -> None:
    found = parse_fast("01/01-00:00:00.0 [**] [1:2:3] Name [**]")

    assert found is not None
    assert found.fields() == {"suricata.eve.alert.signature_id": "1:2:3"}


def test_other_lines_are_none() -> None:
    assert parse_fast("Mar  4 18:24:52 mail auth: failure") is None
    assert parse_fast("x [**] [1:2:3] " + "a" * 100_000) is None
