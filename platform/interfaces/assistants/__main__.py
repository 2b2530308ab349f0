"""`python -m interfaces.assistants`: serve on standard input and output until the input ends."""

import os
import sys

from interfaces.assistants.protocol import serve
from interfaces.assistants.sandbox import Sandbox

if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    serve(Sandbox.from_environment(os.environ), sys.stdin, sys.stdout)
