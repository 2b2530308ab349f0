"""A log line says which bank and which request, and shows nothing of class C2 (D-09)."""

import io
import json
import logging

import pytest
import structlog

from interfaces.door import in_bank
from plumbing.logs import SHARED, mask, render


@pytest.fixture
def lines() -> io.StringIO:
    """Everything logged during the test, as the server would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


@pytest.mark.parametrize(
    ("plain", "masked"),
    [
        ("632127199003140005", "632127********0005"),
        ("33100219950707000X", "331002********000X"),
        ("6222000000000009", "****0009"),
        ("6236000000000000129", "****0129"),
        ("13800001234", "138****1234"),
        ("+8613800001234", "+86138****1234"),
        ('{"phone": "13800001234"}', '{"phone": "138****1234"}'),
        ("91331002MA0000X15M", "91331002******X15M"),
        ("Bearer slt_5wJx-9_kA1b2C3d4", "Bearer slt_****"),
        ('{"secret": "sk_test_5wJx9kA1b2C3d4"}', '{"secret": "sk_test_****"}'),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_****"),
        ("assertion eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln", "assertion eyJ****"),
        ("card 6222000000000009, id 632127199003140005.", "card ****0009, id 632127********0005."),
    ],
)
def test_class_c2_is_masked(plain: str, masked: str) -> None:
    assert mask(plain) == masked


@pytest.mark.parametrize(
    "plain",
    [
        "lon_01HZXW3V9K6D8N2Q4R5T7Y9ABC",
        "0193a1b2-1380-7000-8a6b-138000012340",
        "2026-11-02T04:00:00.123456Z",
        "1234.50",
        "C91331002MA0000X15M",
        "whsec_",
        "the id req_0193a1b2c3d47e5f8a6b7c8d9e0fa1b2",
        "12800001234",
    ],
)
def test_what_is_not_class_c2_is_left_alone(plain: str) -> None:
    assert mask(plain) == plain


def test_a_line_names_the_bank_and_the_request(banks: tuple[str, str], lines: io.StringIO) -> None:
    structlog.contextvars.bind_contextvars(request_id="req_1")
    try:
        with in_bank("qinglan"):
            structlog.get_logger("test").warning("line_frozen", phone="13800001234", line="lin_1")
        structlog.get_logger("test").warning("outside")
    finally:
        structlog.contextvars.clear_contextvars()
    first, second = (json.loads(line) for line in lines.getvalue().splitlines())
    assert (first["bank"], first["request_id"], first["event"]) == ("qinglan", "req_1", "line_frozen")
    assert first["phone"] == "138****1234"
    assert "bank" not in second


def test_messages_of_libraries_and_tracebacks_are_masked_too(lines: io.StringIO) -> None:
    try:
        raise ValueError("no such card 6222000000000009")
    except ValueError:
        logging.getLogger("library").exception("failed for %s", "632127199003140005")
    text = lines.getvalue()
    assert "6222000000000009" not in text
    assert "632127199003140005" not in text
    assert "632127********0005" in text
    assert "no such card ****0009" in text
