"""What books what: the bank's roles, the accounts that play them, and each event's rules, as of a date."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse

from interfaces.bank.books import day_of
from interfaces.bank.frame import framed
from interfaces.door import StaffView
from interfaces.pages import shown
from ledger.chart.composing import RuleLine
from ledger.chart.posting_rules import RuleVersion, rule_versions
from ledger.chart.queries import AccountView, RoleView, accounts, role_map, roles
from plumbing.clock.queries import business_date


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg of a rule and the account it lands on; no account where nothing plays its role yet."""

    line: RuleLine
    account: str | None


@dataclass(frozen=True, slots=True)
class EventRules:
    """The version of an event's rules that is in force."""

    found: RuleVersion
    legs: tuple[Leg, ...]


class PostingRules(StaffView):
    """Roles and posting rules in force on a date."""

    capability = "journal.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        as_of_date = day_of(request, "as_of", business_date())
        events = events_on(as_of_date)
        body = {
            "as_of_date": as_of_date,
            "roles": role_map(on_date=as_of_date),
            "events": {one.found.rules.event: [str(leg.line) for leg in one.legs] for one in events},
        }
        context = framed(
            request, "accounting", as_of_date=as_of_date, roles=roles_on(as_of_date), events=events
        )
        return shown(request, "bank/posting_rules.html", context, body)


def roles_on(as_of_date: date) -> list[tuple[RoleView, AccountView]]:
    """Return each role with the account that plays it on a date, by role."""
    chart = {account.code: account for account in accounts()}
    in_force = {row.role: row for row in roles() if row.effective_date <= as_of_date}
    return [(row, chart[row.account]) for _, row in sorted(in_force.items())]


def events_on(as_of_date: date) -> list[EventRules]:
    """Return each event's rules in force on a date, by event."""
    codes = role_map(on_date=as_of_date)
    in_force = {row.rules.event: row for row in rule_versions() if row.effective_date <= as_of_date}
    return [
        EventRules(found, tuple(Leg(line, codes.get(line.role)) for line in found.rules.lines))
        for _, found in sorted(in_force.items())
    ]
