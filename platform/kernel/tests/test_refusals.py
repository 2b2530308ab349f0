from kernel.refusals import Kind, Phrase, Placed, Refusal, brief


class TooMuch(Refusal):
    """An example."""

    code = "example.too_much"
    kind = Kind.UNMET
    message = "{asked} is more than {available}."


def test_a_refusal_carries_its_code_its_kind_and_its_facts() -> None:
    refusal = TooMuch(asked="5.00", available="4.00")
    assert (refusal.code, refusal.kind) == ("example.too_much", "unmet")
    assert refusal.text() == "5.00 is more than 4.00."
    assert refusal.text("超出 {available}") == "超出 4.00"
    assert str(refusal) == "example.too_much: 5.00 is more than 4.00."


def test_the_phrases_among_its_facts_are_said_in_the_readers_language() -> None:
    chinese = {"{asked} is more than {available}.": "{asked}超出{available}", "nothing": "无"}
    refusal = TooMuch(asked="5.00", available=Phrase("nothing"))
    assert refusal.said() == "5.00 is more than nothing."
    assert refusal.said(lambda text: chinese.get(text, text)) == "5.00超出无"
    assert refusal.faults() == []


def test_a_placed_refusal_is_one_fault() -> None:
    class Placeless(Placed):
        code = "example.placeless"
        message = "No."

    assert Placeless(at="fees/0").faults() == [
        {"pointer": "/fees/0", "code": "example.placeless", "detail": "No."}
    ]
    assert Placeless().errors[0]["pointer"] == ""


def test_what_was_given_is_repeated_in_short() -> None:
    assert (brief("x" * 99), brief(12), brief(10**5_000)) == (
        "x" * 40,
        "12",
        "a number of more than 40 digits",
    )
