"""Emitting, publishing and delivering events; endpoints and their keys; sending again.

An event is emitted in the transaction that made it true, published by a relay a moment later (which gives it
its place in the feed and addresses it to the endpoints that listen), and delivered by a sender that holds no
transaction while it talks to the outside: `claim_deliveries`, commit, send, `record_delivery`.
"""

from plumbing.outbox.operations.delivering import (
    AT_ONCE,
    GONE,
    LEASE,
    claim_deliveries,
    forget_deliveries,
    record_delivery,
)
from plumbing.outbox.operations.emitting import emit, emit_to_each, publish
from plumbing.outbox.operations.endpoints import (
    OVERLAP,
    EndpointDeleted,
    EndpointUrlInvalid,
    change_endpoint,
    disable_endpoint,
    enable_endpoint,
    forgive_endpoints,
    ping_endpoint,
    register_endpoint,
    rotate_secret,
)
from plumbing.outbox.operations.replaying import (
    REPLAY_MAX,
    EndpointDisabled,
    ReplayTooLarge,
    replay_events,
    replay_range,
)
from plumbing.outbox.simulation import MARK, SimulationInvalid

__all__ = [
    "AT_ONCE",
    "GONE",
    "LEASE",
    "MARK",
    "OVERLAP",
    "REPLAY_MAX",
    "EndpointDeleted",
    "EndpointDisabled",
    "EndpointUrlInvalid",
    "ReplayTooLarge",
    "SimulationInvalid",
    "change_endpoint",
    "claim_deliveries",
    "disable_endpoint",
    "emit",
    "emit_to_each",
    "enable_endpoint",
    "forget_deliveries",
    "forgive_endpoints",
    "ping_endpoint",
    "publish",
    "record_delivery",
    "register_endpoint",
    "replay_events",
    "replay_range",
    "rotate_secret",
]
