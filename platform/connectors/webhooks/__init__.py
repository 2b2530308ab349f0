"""Posts signed events to the addresses scenes gave us (Standard Webhooks, v1).

An address is a stranger's text: it must be https, resolve to public addresses only, and is connected
to at the address that was checked (no second look-up, no redirect, no proxy), within one deadline.
"""
