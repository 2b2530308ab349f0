"""The field-interview form: the questions that a cross stage's trace raises. Pure.

A conflict, a deviation and a figure that nobody can verify each raise one question, in that order; every form
ends with the photographs. An answer says whether the gap is explained, and may correct the declared figure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from risk.cross_checks.evidence import Verdict

_RANK: Final = {Verdict.CONFLICT.value: 0, Verdict.SOFT.value: 1, Verdict.UNVERIFIABLE.value: 2}
_NAMES: Final = {
    "turnover": ("turnover", "营业额"),
    "margin": ("gross margin", "毛利率"),
    "inventory": ("inventory", "存货"),
    "employees": ("number of employees", "员工人数"),
    "debt": ("debt", "负债"),
    "output": ("output", "产值"),
    "equity": ("change of equity", "权益变动"),
}
_GAP: Final = (
    "The {name} declared is {declared}, the sources show {estimate}. How does the owner explain it?",
    "申报{name}为{declared}，各来源显示{estimate}，请企业主说明原因。",
)
_EQUITY: Final = (
    "Opening equity, profit, drawings and injections do not lead to closing equity. What is missing?",
    "期初权益加利润减提款加增资与期末权益不符，请说明差异。",
)
_UNVERIFIED: Final = (
    "Too few sources show the {name}. What papers or sights on the spot bear it out?",
    "{name}来源不足，请现场查看凭证或实物核实。",
)
_PHOTOS: Final = (
    "Photographs of the premises, the goods and the meters.",
    "拍摄经营场所、存货及水电表照片。",
)
PHOTOS: Final = "photos"


class Answer(StrEnum):
    """What an interviewer makes of a question."""

    EXPLAINED = "explained"
    UNEXPLAINED = "unexplained"
    CORRECTED = "corrected"  # the figure that was declared was wrong; the answer says which is right


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form; `verdict` is empty for the photographs."""

    code: str
    verdict: str
    text_en: str
    text_zh: str

    def as_json(self) -> dict[str, str]:
        """Return the question as the form keeps it."""
        return {
            "code": self.code,
            "verdict": self.verdict,
            "text_en": self.text_en,
            "text_zh": self.text_zh,
        }


def questions_for(trace: Mapping[str, Any]) -> tuple[Question, ...]:
    """Return the questions of a cross stage's trace: conflicts first, then deviations, then the rest."""
    rows: list[Mapping[str, Any]] = [*trace.get("checks", ())]
    if "equity" in trace:
        rows.append({"figure": "equity", **trace["equity"]})
    open_rows = sorted(
        (row for row in rows if row["verdict"] in _RANK), key=lambda row: _RANK[row["verdict"]]
    )
    asked = [_question(row) for row in open_rows]
    return (*asked, Question(PHOTOS, "", *_PHOTOS))


def _question(row: Mapping[str, Any]) -> Question:
    figure = str(row["figure"])
    name_en, name_zh = _NAMES[figure]
    unverified = row["verdict"] == Verdict.UNVERIFIABLE.value
    text_en, text_zh = _UNVERIFIED if unverified else _EQUITY if figure == "equity" else _GAP
    shown = {"declared": row.get("declared"), "estimate": row.get("estimate")}
    return Question(
        figure,
        str(row["verdict"]),
        text_en.format(name=name_en, **shown),
        text_zh.format(name=name_zh, **shown),
    )


def outcome_of(questions: Iterable[Mapping[str, str]], answers: Mapping[str, str]) -> tuple[int, int, int]:
    """Return how many conflicts are explained, how many are not, and how many questions have no answer.

    A conflict whose figure was corrected is explained; one without an answer is not.
    """
    asked = list(questions)
    conflicts = [row["code"] for row in asked if row["verdict"] == Verdict.CONFLICT.value]
    explained = sum(answers.get(code, "") in (Answer.EXPLAINED, Answer.CORRECTED) for code in conflicts)
    unanswered = sum(row["code"] not in answers for row in asked)
    return explained, len(conflicts) - explained, unanswered
