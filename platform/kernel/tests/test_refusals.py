from kernel.refusals import Kind, Refusal


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
