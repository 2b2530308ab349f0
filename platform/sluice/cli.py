"""The command line: one list of verbs for people, hooks and CI."""

import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from sluice.stack.places import INSTALLED, places
from sluice.stack.supervisor import Stopped
from sluice.stack.trouble import Trouble, from_os
from sluice.verbs import arithmetic, books, check, run, sandbox, stages, tools

Action = Callable[[list[str]], int]
STOPPED = 130


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb and its line in the help."""

    name: str
    action: Action
    line: str


def help_(_: list[str]) -> int:
    """Explain each verb in a line."""
    width = max(len(verb.name) for verb in VERBS)
    lines = [f"  {verb.name.ljust(width)}  {verb.line}" for verb in VERBS]
    sys.stdout.write("./sluice VERB\n\n" + "\n".join(lines) + "\n")
    return 0


VERBS = (
    Verb("setup", tools.setup, "make or mend the environment and stop; --again makes it anew"),
    Verb("demo", run.demo, "start everything, tell the story, keep serving; --exit, --fresh, --port, --days"),
    Verb("serve", run.serve, "start everything without the story; --fresh, --port N"),
    Verb(
        "sandbox",
        sandbox.sandbox,
        "a scene's own Sluice, offline: sandbox up prints a client's credentials; --json, --port, --fresh",
    ),
    Verb("stop", run.stop, "stop what demo or serve started, also after a kill"),
    Verb(
        "test", stages.test, "run the tests in stages; --postgres system, --drill, and whatever pytest takes"
    ),
    Verb("check", check.check, "format, lint, imports, types, house rules, translations; --fix formats"),
    Verb(
        "audit",
        books.audit,
        "prove the books of every bank; --export DIR hands out journals and their verifier",
    ),
    Verb("bench", tools.bench, "measure: money (ledger and day-end), risk, banks, ingest, api"),
    Verb(
        "bank",
        tools.bank,
        "create a bank, migrate the banks, end days: bank create, bank migrate, bank day-end",
    ),
    Verb("train", tools.train, "train the points card anew from the public loan records"),
    Verb(
        "quality",
        tools.quality,
        "train on real files, score rows never seen; --data DIR, --unseen DIR, --json FILE, --set NAME",
    ),
    Verb(
        "generate", tools.generate, "write what is made from something else: generate openapi, generate lock"
    ),
    Verb(
        "mcp", tools.mcp, "serve the docs and your sandbox to an assistant (MCP) on standard input and output"
    ),
    Verb("quote", arithmetic.quote, "reckon schedules: JSON in, JSON or --table out; --example, --schema"),
    Verb("apr", arithmetic.apr, "reckon annual costs from cash flows, in the same way"),
    Verb("allocate", arithmetic.allocate, "split payments over what is owed, in the same way"),
    Verb("help", help_, "this list"),
)


OF_A_CLONE = frozenset({"setup", "test", "check", "bench", "train", "quality", "generate"})


def entry() -> int:
    """Run the verb of the process's own arguments: what the installed command `sluice` calls."""
    return main(sys.argv[1:])


def main(arguments: list[str]) -> int:
    """Run one verb; whatever goes wrong is one line and a status that is not zero."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    name = "help" if name in {"-h", "--help"} else name
    verb = next((verb for verb in VERBS if verb.name == name), None)
    try:
        if verb is None:
            raise Trouble(f"there is no verb {name!r}: ./sluice help lists them")
        if INSTALLED and name in OF_A_CLONE:
            raise Trouble(f"{name} works on the source: it needs a clone, not the installed package")
        return verb.action(rest)
    except Trouble as trouble:
        sys.stderr.write(f"sluice: {trouble}\n")
        return 1
    except (Stopped, KeyboardInterrupt):
        sys.stderr.write("sluice: stopped\n")
        return STOPPED
    except OSError as problem:
        note(problem)
        sys.stderr.write(f"sluice: {from_os(problem)}\n")
        return 1
    except Exception as problem:  # the last door: say it in one line, keep the rest in the log
        note(problem)
        sys.stderr.write(
            f"sluice: unexpected {type(problem).__name__}: {problem} (see the log launcher.log)\n"
        )
        return 1


def note(problem: BaseException) -> None:
    """Keep the traceback where it disturbs nobody."""
    try:
        with (places().logs / "launcher.log").open("a", encoding="utf-8") as log:
            traceback.print_exception(problem, file=log)
    except OSError:
        if os.environ.get("CI"):
            traceback.print_exception(problem)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
