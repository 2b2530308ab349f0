"""Diagrams of states as inline SVG, drawn from the moves: the road on the left, the rest beside it."""

from dataclasses import dataclass
from html import escape
from typing import Final

from interfaces.scene.lives import LIVES, Life

BOX: Final = (132, 32)  # width and height of a state, in the drawing's own units
STEP: Final = 56  # from the top of one state to the top of the next
LEFT, RIGHT, TOP = 44, 244, 14  # where the two columns and the first row begin
WIDE: Final = 420


@dataclass(frozen=True, slots=True)
class Place:
    """Where a state stands."""

    x: int
    y: int
    row: int

    @property
    def middle(self) -> int:
        """Return the height of its arrows."""
        return self.y + BOX[1] // 2


def figure(name: str) -> str:
    """Return the diagram of a life; its moves are its text alternative."""
    life = LIVES[name]
    places = placed(life)
    said = "; ".join(
        f"{state} → {', '.join(after)}" for state in life.meanings if (after := life.next_of(state))
    )
    high = max(place.y for place in places.values()) + BOX[1] + TOP
    arrows = [
        f'<path d="{_arrow(places[state], places[to])}" marker-end="url(#{name}-tip)"/>'
        for state in life.meanings
        for to in life.next_of(state)
    ]
    boxes = [_box(state, place, last=not life.moves[state]) for state, place in places.items()]
    return (
        f'<figure class="life"><svg viewBox="0 0 {WIDE} {high}" role="img" aria-label="{escape(said)}">'
        f'<defs><marker id="{name}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>'
        f'<g class="moves">{"".join(arrows)}</g>'
        f"{''.join(boxes)}</svg></figure>"
    )


def placed(life: Life) -> dict[str, Place]:
    """Return a place for each state: the road downwards, side roads where they are first left for."""
    places = {state: Place(LEFT, TOP + STEP * row, row) for row, state in enumerate(life.road)}
    taken: set[int] = set()
    for state in life.meanings:
        if state not in places:
            leaving = [places[one].row for one in life.road if state in life.moves[one]]
            row = min(leaving, default=len(life.road) - 1)
            while row in taken:
                row += 1
            taken.add(row)
            places[state] = Place(RIGHT, TOP + STEP * row, row)
    return places


def _box(state: str, place: Place, *, last: bool) -> str:
    width, height = BOX
    return (
        f'<rect class="{"state last" if last else "state"}" x="{place.x}" y="{place.y}" width="{width}" '
        f'height="{height}" rx="6"/>'
        f'<text x="{place.x + width // 2}" y="{place.middle + 4}">{escape(state)}</text>'
    )


def _arrow(start: Place, end: Place) -> str:
    """Return the path of one arrow: down the road, past other states at a side, or across."""
    width, height = BOX
    if start.x == end.x and end.row == start.row + 1:
        return f"M{start.x + width // 2} {start.y + height}V{end.y}"
    if start.x == end.x:
        left = start.x == LEFT
        x = start.x if left else start.x + width
        bend = x + min(18 + 10 * abs(end.row - start.row), LEFT - 2) * (-1 if left else 1)
        off = 7 if end.row > start.row else -7
        begin, stop = start.middle + off, end.middle - off
        return f"M{x} {begin}C{bend} {begin} {bend} {stop} {x} {stop}"
    out, into = (start.x + width, end.x) if start.x < end.x else (start.x, end.x + width)
    half, off = (out + into) // 2, 5 if start.x < end.x else -5
    begin, stop = start.middle - off, end.middle - off
    return f"M{out} {begin}C{half} {begin} {half} {stop} {into} {stop}"
