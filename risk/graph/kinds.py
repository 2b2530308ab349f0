"""Kinds of entities and of relations, and which entities a relation may join. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class EntityKind(StrEnum):
    """What a node stands for; the last five are things, which only join those who share them."""

    ENTERPRISE = "enterprise"  # `ref` is its credit code, so that a guarantor and a borrower are one
    PERSON = "person"
    DEVICE = "device"  # `ref` of a thing is a blind index, never the number itself (D-09)
    PHONE = "phone"
    ACCOUNT = "account"
    ADDRESS = "address"
    PROPERTY = "property"


class RelationKind(StrEnum):
    """What joins two entities; it reads from source to target."""

    OWNS = "owns"  # weight: the share owned
    CONTROLS = "controls"  # legal representative, actual controller
    GUARANTEES = "guarantees"  # the source pays when the target does not; weight: the share covered
    PAYS = "pays"  # weight: the share of the target's takings
    TRADES_WITH = "trades_with"
    CORE_OF = "core_of"  # the core enterprise of a supplier or dealer
    USES = "uses"  # a device, phone, account or address


PARTIES: Final = frozenset({EntityKind.ENTERPRISE, EntityKind.PERSON})
THINGS: Final = frozenset({EntityKind.DEVICE, EntityKind.PHONE, EntityKind.ACCOUNT, EntityKind.ADDRESS})
_ENTERPRISE: Final = frozenset({EntityKind.ENTERPRISE})
JOINS: Final[Mapping[RelationKind, tuple[frozenset[EntityKind], frozenset[EntityKind]]]] = {
    RelationKind.OWNS: (PARTIES, _ENTERPRISE | {EntityKind.PROPERTY}),
    RelationKind.CONTROLS: (PARTIES, _ENTERPRISE),
    RelationKind.GUARANTEES: (PARTIES, PARTIES),
    RelationKind.PAYS: (PARTIES, PARTIES),
    RelationKind.TRADES_WITH: (PARTIES, PARTIES),
    RelationKind.CORE_OF: (_ENTERPRISE, _ENTERPRISE),
    RelationKind.USES: (PARTIES, THINGS),
}
