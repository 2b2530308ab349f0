"""The pages of the developer site: their order, their titles, and what each is for."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its name in addresses, its titles, and a line for those who choose where to go."""

    name: str
    english: str
    chinese: str
    line: str
    line_zh: str

    @property
    def path(self) -> str:
        """Return the page's address."""
        return "/docs" if self.name == "index" else f"/docs/{self.name}"

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.english if language == "en" else self.chinese

    def said(self, language: str) -> str:
        """Return the line in a language."""
        return self.line if language == "en" else self.line_zh


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that belong together."""

    english: str
    chinese: str
    pages: tuple[Page, ...]

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.english if language == "en" else self.chinese


SECTIONS: Final = (
    Section(
        "Begin",
        "入门",
        (
            Page("index", "Start", "开始", "What this is, and the conventions.", "这是什么，以及各项约定。"),
            Page(
                "get-started",
                "Get started",
                "快速上手",
                "From nothing to a loan in ten minutes, by copying commands.",
                "照着命令，十分钟内从零到一笔贷款。",
            ),
            Page(
                "typescript",
                "First loan in TypeScript",
                "用 TypeScript 完成第一笔贷款",
                "From an empty folder, with the library: sandbox key to money in ten minutes.",
                "从空文件夹开始，用客户端库在十分钟内走到放款。",
            ),
            Page(
                "concepts",
                "Concepts",
                "概念",
                "What there is, its states, and what moves it.",
                "有哪些对象、各自的状态，以及什么使其变化。",
            ),
        ),
    ),
    Section(
        "By scene",
        "按场景",
        (
            Page(
                "pos",
                "Tills and payment",
                "收银与支付",
                "A till or an acquirer: takings, a credit tile on the day's close.",
                "收银系统或收单机构：收款流水，日结页上的额度。",
            ),
            Page(
                "e-commerce",
                "Shops online",
                "电商",
                "A marketplace or shop system: orders, ratings, stock before a promotion.",
                "平台或网店系统：订单、评价，大促前备货。",
            ),
            Page(
                "tax",
                "Tax and invoicing",
                "财税",
                "Invoicing and filing software: invoices, filings, cash for the tax month.",
                "开票与报税软件：发票、申报，征期周转。",
            ),
            Page(
                "freight",
                "Freight",
                "货运",
                "Fleets and load boards: waybills, trips, fuel before the freight is paid.",
                "车队与运力平台：运单、行程，运费到账前的油费。",
            ),
            Page(
                "supply-chain",
                "Supply chain",
                "供应链",
                "Wholesale and purchasing: an order paid to the supplier, once.",
                "批发与采购：订单款付给供应商，只融资一次。",
            ),
        ),
    ),
    Section(
        "Build",
        "开发",
        (
            Page(
                "data",
                "Data",
                "数据",
                "Receipts, invoices and more, in bulk; uploads, errors, withdrawal.",
                "批量发送收款、发票等；上传、错误、撤回。",
            ),
            Page(
                "embedding",
                "Embedding",
                "嵌入",
                "The bank's page inside yours, or behind a link.",
                "把银行的页面放进您的页面，或放在一个链接后面。",
            ),
            Page(
                "webhooks",
                "Webhooks",
                "事件通知",
                "Being told, signed and in order; what was missed.",
                "签名、顺序、重试与补发。",
            ),
            Page(
                "signing",
                "Keys and signing",
                "签名与密钥",
                "Sandbox and live clients, signed calls, rotation.",
                "沙箱与正式客户端、签名的调用、更换公钥。",
            ),
            Page(
                "sandbox",
                "Sandbox",
                "沙箱",
                "Values that answer in a known way, and acts that wait for nobody.",
                "给出已知结果的数值，以及无需等待的操作。",
            ),
            Page(
                "test-clocks",
                "Test clocks",
                "测试时钟",
                "A bank of your own whose calendar you move, and accounts that misbehave.",
                "日期由您推进的一家银行，以及会出状况的账户。",
            ),
            Page(
                "assistants",
                "Assistants",
                "智能助手",
                "A server for assistants (MCP): these pages, and your sandbox.",
                "供智能助手使用的 MCP 服务：本站内容与您的沙箱。",
            ),
        ),
    ),
    Section(
        "Look up",
        "查阅",
        (
            Page(
                "reference",
                "Reference",
                "接口参考",
                "Every call, its members, its answers, its refusals.",
                "每个调用、字段、回答与拒绝。",
            ),
            Page(
                "events", "Events", "事件", "Every event there is, and what it carries.", "全部事件及其内容。"
            ),
            Page("errors", "Errors", "错误码", "Every refusal there is.", "全部拒绝。"),
            Page(
                "changelog",
                "Changelog",
                "更新日志",
                "What each dated version brought.",
                "每个版本带来的变化。",
            ),
        ),
    ),
)
PAGES: Final = {page.name: page for section in SECTIONS for page in section.pages}
