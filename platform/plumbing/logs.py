"""Logs: one JSON line an event, with bank and request, and without secrets or anything of class C2 (D-09).

Masking works on the finished line, so it also catches what is inside messages of libraries and tracebacks.
"""

import re
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

_PLAIN: Final = r"(?<![0-9A-Za-z_.-]){}(?![0-9A-Za-z_-])"
_ID_NUMBER: Final = re.compile(_PLAIN.format(r"([0-9]{6})[0-9]{8}([0-9]{3}[0-9Xx])"))
_CARD_NUMBER: Final = re.compile(_PLAIN.format(r"[0-9]{12,15}([0-9]{4})"))
_PHONE: Final = re.compile(r"(?<![0-9A-Za-z_.-])((?:\+?86)?1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9A-Za-z_-])")
# A sole trader's code (统一社会信用代码) names a person, and an enterprise's looks the same.
_CREDIT_CODE: Final = re.compile(
    r"(?<![0-9A-Za-z_.-])([0-9A-HJ-NPQRTUWXY]{2}[0-9]{6})[0-9A-HJ-NPQRTUWXY]{6}([0-9A-HJ-NPQRTUWXY]{4})"
    r"(?![0-9A-Za-z_-])"
)
_SECRET: Final = re.compile(r"\b((?:slt|sk_test|sk_live|whsec|ecs|emb)_)[A-Za-z0-9_+/=-]{8,}")
_SIGNED_TOKEN: Final = re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")


def mask(line: str) -> str:
    """Mask identity numbers, credit codes, card numbers, phone numbers, tokens and secrets in a text."""
    line = _SECRET.sub(r"\1****", line)
    line = _SIGNED_TOKEN.sub("eyJ****", line)
    line = _ID_NUMBER.sub(r"\1********\2", line)
    line = _CREDIT_CODE.sub(r"\1******\2", line)
    line = _CARD_NUMBER.sub(r"****\1", line)
    return _PHONE.sub(r"\1****\2", line)


def render(logger: Any, name: str, event: MutableMapping[str, Any]) -> str:
    """Render an event as a line of JSON with everything of class C2 masked."""
    return mask(str(structlog.processors.JSONRenderer(ensure_ascii=False)(logger, name, event)))


SHARED: Final[list[Any]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]


def logging_config(level: str) -> dict[str, Any]:
    """Return Django's LOGGING and point structlog at it: libraries and our own code end in the same lines."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
        },
    }
