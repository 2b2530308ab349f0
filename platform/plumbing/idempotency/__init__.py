"""One effect per key, in the request's own transaction."""
