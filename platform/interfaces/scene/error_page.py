"""The page of one error code: what it says, whether to send again, and which calls may answer it."""

import json
from typing import Any, Final

from django.http import Http404

from interfaces.problems import TYPE_BASE
from interfaces.scene.catalogue import messages, worth_repeating
from interfaces.scene.problem_list import TITLES
from interfaces.scene.reference import calls_answering, link_to

_WORDS: Final = {
    "en": {
        "status": "Status",
        "message": "Message",
        "again": "Send again",
        "yes": "Yes, later, with the same `Idempotency-Key`.",
        "no": "No: the same call would be refused again. Change what it asks for, or wait for what it names.",
        "calls": "Calls that may answer it",
        "none": "No call of this API: it is said on the bank's own pages.",
        "shape": "What it looks like",
        "nothing": "Nothing was written. Tell codes apart by `code` and `params`; show people `detail`.",
    },
    "zh-hans": {
        "status": "状态",
        "message": "文字",
        "again": "是否重发",
        "yes": "可以，稍后用同一个 `Idempotency-Key` 重发。",
        "no": "不必：同样的调用还会被拒绝。请修改所要求的内容，或等待它所指出的事。",
        "calls": "可能返回它的调用",
        "none": "本接口的调用都不会返回它，只出现在银行自己的页面上。",
        "shape": "样子",
        "nothing": "什么都没有写入。程序请按 `code` 与 `params` 判断，`detail` 给人看。",
    },
}


def error_page(code: str, language: str) -> str:
    """Return the page of a code as Markdown; an unknown code is a 404."""
    known = messages(language)
    if code not in known:
        raise Http404
    words, (status, message), repeated = _WORDS[language], known[code], worth_repeating(code)
    calls = [
        f"- {link_to(operation, language)} `{method.upper()} {path}`"
        for path, method, operation in calls_answering(code)
    ]
    problem: dict[str, Any] = {
        "type": f"{TYPE_BASE}{code}",
        "title": TITLES.get(status, ""),
        "status": status,
        "detail": message,
        "instance": "/v1/…",
        "code": code,
        "request_id": "req_…",
        "retryable": repeated,
        "errors": [],
        "params": {},
    }
    shown = json.dumps(problem, ensure_ascii=False, indent=2)
    parts = [
        f"# `{code}`",
        f"| | |\n|---|---|\n| {words['status']} | {status} |\n"
        f"| {words['message']} | {message.replace('|', '/')} |\n"
        f"| {words['again']} | {words['yes' if repeated else 'no']} |",
        words["nothing"],
        f"## {words['shape']}",
        f"```json\n{shown}\n```",
        f"## {words['calls']}",
        "\n".join(calls) or words["none"],
    ]
    return "\n\n".join(parts) + "\n"
