"""Tell the story to a running Sluice: `python -m testkit.story --base-url URL --state-dir DIR`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from testkit.story import credit, enrolment, finale, servicing, takings
from testkit.story.cast import DAYS, LEAST_MERCHANTS, START, Part, cast_of
from testkit.story.client import StoryBroken
from testkit.story.telling import Teller

TOLD = "story-told"
DIARY = "promised.jsonl"


def tell(base_url: str, state_dir: Path, parts: Sequence[Part], days: int, teller: Teller) -> bool:
    """Tell all of it; return whether every bank's books balance at the end."""
    port = urlsplit(base_url).port or 80
    teller.act("The scenes join: contracts, the banks' own lists, keys")
    operator = enrolment.sign_in_operator(base_url, port)
    diary = state_dir / DIARY
    places = [enrolment.onboard(base_url, operator, part, diary, teller) for part in parts]
    teller.act("Merchants consent, and their receipts arrive")
    for place in places:
        enrolment.enrol(place, teller)
    teller.act("Offers, applications, decisions: no human touch")
    for place in places:
        credit.campaign(place, teller)
        credit.apply_all(place, teller)
    teller.act("Agreements, and the first draws")
    calendar = servicing.Calendar(days)
    for place in places:
        credit.sign_all(place, teller)
        credit.draw_all(place, teller)
        servicing.plan_loans(calendar, place)
        servicing.plan_instalments(calendar, place, teller)
        servicing.plan_month_close(calendar, place, teller)
    servicing.plan_shop(calendar, places[0], teller)
    takings.plan_takings(calendar, places[0], teller)
    servicing.plan_sample(calendar, places[1], teller)
    teller.act(f"{days} days from {START}: repayments early, partial and late; a day-end every night")
    servicing.run_days(calendar, operator, places, teller)
    teller.act("The end")
    found = finale.figures(places)
    finale.show(found, teller)
    balanced = finale.books(found, teller)
    finale.keep(found, state_dir)
    return balanced


def main() -> int:
    """Tell the story once; return the exit status."""
    parser = argparse.ArgumentParser(prog="story", description=__doc__)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--merchants", type=int, help=f"how many in all (200), at least {LEAST_MERCHANTS}")
    parser.add_argument("--days", type=int, default=DAYS, help=f"how many business days pass ({DAYS})")
    options = parser.parse_args()
    if options.days < 1 or (options.merchants or LEAST_MERCHANTS) < LEAST_MERCHANTS:
        parser.error(f"a story has at least {LEAST_MERCHANTS} merchants and a day")
    teller = Teller()
    try:
        parts = cast_of(options.merchants)
        balanced = tell(options.base_url.rstrip("/"), options.state_dir, parts, options.days, teller)
    except StoryBroken as broken:
        sys.stderr.write(f"The story broke: {broken}\n")
        return 1
    (options.state_dir / TOLD).write_text("told\n", encoding="utf-8")
    return 0 if balanced else 1


if __name__ == "__main__":
    sys.exit(main())
