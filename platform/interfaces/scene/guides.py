"""Guides: the committed Markdown of `api_docs/guides`, with the tables that only the code knows."""

import re
from typing import Final

from connectors.payment_rails.simulator import published
from interfaces.sandbox_values import FIRMS, PHONES
from interfaces.sandbox_worlds import FIRST_DATE, WORLDS, figures
from interfaces.scene.lives import LIVES, table_of
from kernel.money import Money
from plumbing.documents import API_DOCS

GUIDES: Final = API_DOCS / "guides"
_ENDINGS: Final = "| account endings |"
_LIFE: Final = re.compile(r"^\{life:(\w+)\}$", re.MULTILINE)
_DECISIONS: Final = "| decisions |"
_PHONES: Final = "| phones |"
_SEEDS: Final = "| seeds |"
_SHELL_BLOCK: Final = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def guide(name: str, language: str) -> str:
    """Return the Markdown of a guide in a language: `zh-hans` or `en`, with the tables of the code."""
    suffix = "en" if language.startswith("en") else "zh-hans"
    text = (GUIDES / f"{name}.{suffix}.md").read_text(encoding="utf-8")
    text = _LIFE.sub(lambda found: f"{{figure:{found[1]}}}\n\n{table_of(LIVES[found[1]], suffix)}", text)
    return (
        text.replace(_ENDINGS, account_endings())
        .replace(_DECISIONS, decisions(suffix))
        .replace(_PHONES, phones(suffix))
        .replace(_SEEDS, seeds(suffix))
        .replace("{seeds begin}", FIRST_DATE.isoformat())
    )


def decisions(suffix: str) -> str:
    """Return the rows of the table of registration numbers: the very table that sandboxes go by."""
    told = [(firm, firm.told_en if suffix == "en" else firm.told_zh) for firm in FIRMS]
    return "\n".join(f"| `{firm.registration_no}` | {text} | `{firm.outcome}` |" for firm, text in told)


def phones(suffix: str) -> str:
    """Return the rows of the table of phones."""
    return "\n".join(f"| `{phone}` | {en if suffix == 'en' else zh} |" for phone, en, zh in PHONES)


def seeds(suffix: str) -> str:
    """Return the rows of the table of seeds: what each is, and the figures that were measured of it."""
    rows = []
    for world in WORLDS.values():
        found, told = figures(world.code), world.told_en if suffix == "en" else world.told_zh
        cells = (
            f"`{world.code}`",
            told,
            world.last_date.isoformat(),
            *(str(found[name]) for name in ("businesses", "data_rows")),
            " / ".join(str(found[name]) for name in ("approved", "declined", "in_review")),
            " / ".join(str(found[name]) for name in ("loans", "paid_off", "overdue", "overdue_90")),
            str(Money(found["owed_fen"])),
            f"{found['worker_seconds']:.0f} s",
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def account_endings() -> str:
    """Return the rows of the table of account endings: what the simulated rail does, from its own scripts."""
    return "\n".join(
        f"| `{ending}` | {payout} | {collection} |" for ending, payout, collection in published()
    )


def shell_blocks(markdown: str) -> list[str]:
    """Return the shell commands of a guide, block by block; a test runs them."""
    return _SHELL_BLOCK.findall(markdown)
