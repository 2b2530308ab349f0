"""What may be consented to: purposes and data classes, as data (D-02, D-03).

A data class marked `separate` is sensitive, or leaves for another processor: its consent stands alone in a
record of its own. A purpose allows only the classes it needs; a feature says which purpose it serves.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DataClass:
    """A kind of data; `separate` demands a record of its own (PIPL 23, 25, 29, 39)."""

    code: str
    separate: bool
    name_en: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why data is used, and which classes that may need."""

    code: str
    data_classes: frozenset[str]
    name_en: str
    name_zh: str


DATA_CLASSES: Final = {
    entry.code: entry
    for entry in (
        DataClass("enterprise_profile", False, "Registration and business particulars", "工商登记与经营信息"),
        DataClass("contact", False, "Contact particulars", "联系方式"),
        DataClass("receipts", False, "Takings and refunds", "收款与退款流水"),
        DataClass("invoices", False, "Invoices", "发票"),
        DataClass("taxes", False, "Tax filings", "纳税申报"),
        DataClass("orders", False, "Orders and deliveries", "订单与履约"),
        DataClass("meters", False, "Water, electricity and gas meters", "水电气用量"),
        DataClass("telematics", True, "Truck trips: distance, load and time", "车辆行驶里程、载重与时长"),
        DataClass("identity_document", True, "Identity document", "身份证件信息"),
        DataClass("face", True, "Face image", "人脸信息"),
        DataClass("bank_account", True, "Bank account", "金融账户信息"),
        DataClass("location_track", True, "Movements", "行踪轨迹"),
        DataClass("credit_report", True, "Credit report", "信用报告"),
    )
}

PURPOSES: Final = {
    entry.code: entry
    for entry in (
        Purpose(
            "credit_assessment",
            frozenset(
                {"enterprise_profile", "contact", "receipts", "invoices", "taxes", "orders"}
                | {"meters", "telematics"}
            ),
            "Assessing a credit application and the credit after it",
            "授信审查与贷后管理",
        ),
        Purpose(
            "identity_verification",
            frozenset({"identity_document", "face"}),
            "Verifying who applies",
            "身份核验",
        ),
        Purpose("payment", frozenset({"bank_account"}), "Paying out and collecting", "放款与还款"),
        Purpose("bureau_inquiry", frozenset({"credit_report"}), "Asking the credit bureau", "查询信用报告"),
        Purpose(
            "marketing",
            frozenset({"contact", "receipts"}),
            "Offering credit before it is asked for",
            "营销推介",
        ),
    )
}
