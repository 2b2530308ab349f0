"""Members of answers that are looked up around an object: constants, the bank, the language."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field

from interfaces.scene.fields import Exemplary, IdField, MetadataField, said


class ConstantField(Exemplary):
    """A member that always has the same value, e.g. `"object": "loan"`; read only."""

    def __init__(self, value: str, **kwargs: Any) -> None:
        self.value = value
        super().__init__(example=value, read_only=True, **kwargs)
        said(self, {"type": "string", "const": value})

    def get_attribute(self, instance: Any) -> str:
        """Return the value whatever the object is."""
        return self.value

    def to_representation(self, value: str) -> str:
        """Return it."""
        return value


class BankField(IdField):
    """The bank of the token, from the context; read only."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("bnk", read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> UUID:
        """Return the bank whatever the object is."""
        return UUID(str(self.context["bank_id"]))


@extend_schema_field({"type": "string"})
class ChosenTextField(Exemplary):
    """One of two texts, by the reader's language: the attributes `<name>_en` and `<name>_zh`; read only."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> str:
        """Return the text in the language of the request."""
        suffix = "en" if str(self.context.get("language", "")).startswith("en") else "zh"
        return str(getattr(instance, f"{self.field_name}_{suffix}"))

    def to_representation(self, value: str) -> str:
        """Return it."""
        return value


@extend_schema_field({"type": "boolean"})
class LivemodeField(Exemplary):
    """Whether real money moves: what the object says, else as at the bank of the token; read only."""

    example = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> bool:
        """Return it for the object, or for the bank."""
        return bool(getattr(instance, "livemode", self.context.get("livemode", False)))

    def to_representation(self, value: bool) -> bool:
        """Return it."""
        return value


class PinnedField(MetadataField):
    """The scene's own texts, looked up for the whole page and put into the context; read only."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> dict[str, str]:
        """Return what is pinned to the object."""
        pinned: dict[str, dict[str, str]] = self.context.get("pinned", {})
        return pinned.get(instance.public_id, {})
