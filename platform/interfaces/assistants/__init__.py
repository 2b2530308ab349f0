"""Assistants at the door: an MCP server over standard input and output that reads, and plays in the sandbox.

It is a client of a running server and knows nothing that the server does not serve: pages, error codes and
the document come over HTTP, objects through the scene's API with the developer's own sandbox key. It imports
no Django and writes nothing but test clocks.
"""
