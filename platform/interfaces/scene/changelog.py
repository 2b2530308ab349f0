"""The changelog: what each dated version brought, as data; every version of `interfaces.versions` is here."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from interfaces.scene.document import TAGS
from interfaces.versions import VERSIONS, Version


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `breaks` needs a new version, all else arrives in the version that is there."""

    version: str
    day: date
    english: str
    chinese: str
    breaks: bool = False


CHANGES: Final = (
    Change(
        "2026-11-01",
        date(2026, 11, 23),
        "The sandbox: seeds that fill a test clock's bank, its reset, and the published values as JSON, all "
        "under `/v1/test_helpers`; webhook endpoints stay when a clock is reset, carry `metadata`, and fail "
        "on request (`sluice_fail`).",
        "沙箱：以种子填充测试时钟的银行、清空，以及以 JSON 提供的已公布数值，均在 `/v1/test_helpers` 下；"
        "重置时钟时保留通知地址；通知地址可带 `metadata`，并可按要求失败（`sluice_fail`）。",
    ),
    Change(
        "2026-11-01",
        date(2026, 11, 23),
        "Tokens are counted: one call of `POST /oauth/token` too many is `429 rate_limited`, with "
        "`RateLimit` and `Retry-After`. Refusals say `Sluice-Version` too, `internal` is `retryable`, and an "
        "`Idempotency-Key` counts with POST, and where `If-Match` is needed. A consent's withdrawal may ask "
        "for `erase_data`. New events: `bank.status_changed`, `product.changed`, `data_batch.failed`.",
        "令牌开始计数：`POST /oauth/token` 过于频繁时返回 `429 rate_limited`，"
        "带 `RateLimit` 与 `Retry-After`。拒绝的回答也带 `Sluice-Version`；"
        "`internal` 的 `retryable` 为真；`Idempotency-Key` 只对 POST 与须带 `If-Match` 的调用有效。"
        "撤回授权时可要求 `erase_data`。"
        "新增事件：`bank.status_changed`、`product.changed`、`data_batch.failed`。",
    ),
    Change(
        "2026-11-01",
        date(2026, 11, 23),
        "Drafts of applications (`submit: false`, PATCH, `POST /v1/applications/{id}/submit`) and "
        "corrections of businesses (PATCH), both with `etag`, `ETag` and `If-Match`: of two changes of one "
        "state only one is made. Applications say when they were submitted (`submitted_at`).",
        "申请草稿（`submit: false`、PATCH、`POST /v1/applications/{id}/submit`）与企业信息更正（PATCH），"
        "均带 `etag`、`ETag` 与 `If-Match`：对同一状态的两次修改只有一次生效。"
        "申请增加提交时间（`submitted_at`）。",
    ),
    Change(
        "2026-11-01",
        date(2026, 11, 23),
        "Service requests: complaints, help with repaying, other payment days, corrections and copies of "
        "consents, by the API and on the dashboard in the frame; `service_request.updated`; the scopes "
        "`service:read` and `service:write`.",
        "服务请求：投诉、还款困难、调整还款日、更正信息与授权副本，可通过接口或嵌入页面提出；"
        "事件 `service_request.updated`；权限 `service:read` 与 `service:write`。",
    ),
    Change(
        "2026-11-01",
        date(2026, 11, 22),
        "The developer site: concepts with diagrams, guides by scene, the reference by resource, every page "
        "as Markdown, `/llms.txt`, and a server for assistants (`./sluice mcp`).",
        "开发者站点：带状态图的概念、按场景的指南、按资源的接口参考、每页的 Markdown、`/llms.txt`，"
        "以及供助手使用的服务（`./sluice mcp`）。",
    ),
    Change(
        "2026-11-01",
        date(2026, 11, 1),
        "The first version: "
        + ", ".join(f"`{tag}`" for tag in TAGS)
        + ". Requests may be pinned to it, and so may webhook endpoints.",
        "第一个版本：" + "、".join(f"`{tag}`" for tag in TAGS) + "。请求与通知地址都可以固定在此版本。",
    ),
)
_TEXTS: Final = {
    "en": (
        "# Changelog",
        "A version is a date. A call is answered in the version it names with `Sluice-Version`, without "
        "one in the newest; an endpoint's messages keep the version it was registered with. New calls, new "
        "members of answers, new events and new error codes arrive without a new version, so ignore what "
        "you do not know. Whatever could break a caller gets a new date; the old one then says so in "
        "`Deprecation` and `Sunset`.",
        ("in use", "deprecated since {day}", "gone from {day}"),
        "Needs a change at your side.",
    ),
    "zh-hans": (
        "# 更新日志",
        "版本是一个日期。调用以 `Sluice-Version` 指定的版本回答，"
        "不指定则用最新版本；"
        "通知地址保持登记时的版本。"
        "新的调用、回答中的新字段、新的事件与新的错误码不产生新版本，"
        "因此请忽略您不认识的内容。"
        "可能影响调用方的改动才有新日期，旧版本届时以 `Deprecation` 与 `Sunset` 告知。",
        ("使用中", "自 {day} 起不再建议使用", "自 {day} 起停用"),
        "需要您一方修改。",
    ),
}


def changelog(language: str, versions: tuple[Version, ...] = VERSIONS) -> str:
    """Return the changelog as Markdown, the newest version first."""
    title, text, words, breaking = _TEXTS["en" if language.startswith("en") else "zh-hans"]
    parts = [title, text]
    for version in reversed(versions):
        parts += [f"## {version.name}", f"**{_state(version, words)}**"]
        lines = [
            f"- {change.day}: {change.english if language.startswith('en') else change.chinese}"
            + (f" **{breaking}**" if change.breaks else "")
            for change in CHANGES
            if change.version == version.name
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _state(version: Version, words: tuple[str, str, str]) -> str:
    said = [words[0]] if version.deprecated_date is None else [words[1].format(day=version.deprecated_date)]
    if version.sunset_date is not None:
        said.append(words[2].format(day=version.sunset_date))
    return "; ".join(said)
