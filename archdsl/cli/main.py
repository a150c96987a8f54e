"""The command line: reads the arguments, runs one command, and ends with an exit status and never with a traceback."""

from __future__ import annotations  # all else is imported where an interrupt ends the program quietly

import gc
import os
import sys

from archdsl.cli.status import INTERRUPTED, NOBODY_READS, UNUSABLE


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status, one of `archdsl.cli.status`.

    Without `argv` this is the program itself, and memory is not searched for cycles: not meanwhile, and not at its end,
    where the search would take a fifth of the time of a check.
    """
    if argv is not None:
        return _guarded(argv)
    gc.disable()
    try:
        return _guarded(sys.argv[1:])
    finally:
        gc.freeze()


def _guarded(argv: list[str]) -> int:
    """Run one command; an interrupt, a full disk and a reader who left end it quietly."""
    try:
        from archdsl.cli import terminal

        terminal.prepare()
        ended = _run(argv)
        if sys.stdout is not None:
            sys.stdout.flush()
        return ended
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        terminal.forget_stdout()
        return NOBODY_READS
    except OSError as fault:
        terminal.forget_stdout()
        terminal.complain(f"cannot write: {fault.strerror or fault}")
        return UNUSABLE


def _run(argv: list[str]) -> int:
    from archdsl.cli import terminal
    from archdsl.cli.arguments import read
    from archdsl.cli.commands import command
    from archdsl.cli.usage import Usage
    from archdsl.diagnostics import ArchError

    try:
        arguments = read(argv)
        return command(arguments.command)(arguments)
    except Usage as wrong:
        terminal.complain(str(wrong))
    except SystemExit as end:  # after --help and --version
        return end.code if isinstance(end.code, int) else UNUSABLE
    except ArchError as wrong:
        return terminal.report(wrong.diagnostics, arguments.limits.diagnostics)
    except BrokenPipeError:
        raise
    except OSError as fault:
        terminal.complain(f"{fault.filename}: {fault.strerror}" if fault.filename else str(fault.strerror or fault))
    except Exception as fault:  # ours, not the caller's
        if os.environ.get("ARCHDSL_TRACEBACK"):
            raise
        terminal.complain(f"internal error (please report it): {type(fault).__name__}: {fault}")
    return UNUSABLE


if __name__ == "__main__":
    raise SystemExit(main())
