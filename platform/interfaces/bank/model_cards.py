"""Models: what each was made from, how far it may be trusted, and who stood for it (S2-20, R-01)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from interfaces.bank.frame import actor_of, framed
from interfaces.bank.strategy_form import parsed
from interfaces.bank.trace import fact_name, value_text
from interfaces.door import StaffView, now
from interfaces.pages import Form, act, shown
from kernel.ids import public_id
from risk.scoring.operations import move_model, register_model
from risk.scoring.queries import ModelView, get_model, models_registered
from risk.scoring.states import MOVES

LONGEST_CARD: Final = 400_000  # characters


class Models(StaffView):
    """Every registered version, newest of each model first; a new one is registered as developed."""

    capability = "monitor.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        found = models_registered()
        context = framed(request, "monitors", rows=found)
        return shown(request, "bank/models.html", context, {"models": [_body(row) for row in found]})


class ModelRegistration(StaffView):
    """Puts a trained card into the register: developed by whoever brings it, to be validated by another."""

    capability = "strategy.draft"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Register it."""
        form = Form(request)

        def register() -> dict[str, Any]:
            registered = register_model(
                document=parsed(form.text("card", longest=LONGEST_CARD), "card"),
                report=form.text("report", longest=LONGEST_CARD),
                developed_by=actor_of(request),
                now=now(),
            )
            return _body(registered)

        return act(request, register, to="/models", status=201)


def _body(row: ModelView) -> dict[str, Any]:
    return {
        "id": public_id("mdl", row.id),
        "code": row.code,
        "version": row.version,
        "status": row.status,
        "developed_by": row.developed_by,
        "sha256": row.sha256,
    }


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table: the names of its columns, and rows of a name with a cell for each column."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def grid_of(found: Mapping[str, Any]) -> Grid:
    """Return figures by set as a table; a figure that a set does not have is a dash."""
    head = tuple(dict.fromkeys(name for row in found.values() for name in row))
    rows = tuple((name, tuple(str(row.get(column, "–")) for column in head)) for name, row in found.items())
    return Grid(head, rows)


@dataclass(frozen=True, slots=True)
class BinLine:
    """One bin of a characteristic: what it holds in words, its points, its counts where they are known."""

    fact: str
    held: str
    points: int
    loans: str
    bads: str


def bins_of(document: Mapping[str, Any]) -> Iterator[BinLine]:
    """Yield a points card bin by bin, what is not known last."""
    for item in document.get("characteristics", ()):
        name = fact_name(item["fact"])
        for each in item["bins"]:
            if "values" in each:
                held = ", ".join(value_text(value) for value in each["values"])
            else:
                held = gettext("above") if each.get("up_to") is None else f"≤ {each['up_to']}"
            yield BinLine(name, held, each["points"], str(each.get("loans", "")), str(each.get("bads", "")))
        unknown = item["unknown"]
        points = unknown["points"] if isinstance(unknown, Mapping) else unknown
        loans = str(unknown.get("loans", "")) if isinstance(unknown, Mapping) else ""
        yield BinLine(name, value_text(None), points, loans, "")


class ModelCard(StaffView):
    """One version: its figures, what was refused, its bins, its card in words and its steps."""

    capability = "monitor.view"

    def get(self, request: HttpRequest, model_id: UUID) -> HttpResponse:
        """Show it."""
        found = get_model(model_id)
        document = found.document
        context = framed(
            request,
            "monitors",
            model=found.model,
            document=document,
            figures=grid_of(document.get("figures", {})),
            refused=document.get("columns_refused", {}),
            bins=tuple(bins_of(document)),
            report=found.report,
            moves=found.moves,
            choices=sorted(MOVES[found.model.status]),
        )
        body = {**_body(found.model), "document": document, "report": found.report}
        return shown(request, "bank/model.html", context, body)


class ModelMoving(StaffView):
    """Moves a version on: validated and approved by somebody who did not develop it."""

    capability = "strategy.sign"

    def post(self, request: HttpRequest, model_id: UUID) -> HttpResponse:
        """Move it."""
        form = Form(request)

        def move() -> dict[str, Any]:
            moved = move_model(
                model_version_id=model_id,
                status=form.text("status", longest=20),
                by=actor_of(request),
                note=form.text("note", longest=1000),
                now=now(),
            )
            return _body(moved)

        return act(request, move, to=f"/models/{public_id('mdl', model_id)}")
