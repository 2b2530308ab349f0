"""The application behind a real port in this process, on the test's own database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application


class QuietHandler(WSGIRequestHandler):
    """Says nothing of the requests it serves."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(ThreadedWSGIServer):
    """Closes its threads' database connections after each request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), QuietHandler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore browsers that hang up."""


@contextmanager
def served() -> Iterator[int]:
    """Serve until the block ends; yields the port."""
    server = Server()
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
