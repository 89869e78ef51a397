"""The command line: the same API as the pages, one file a group of commands."""

from __future__ import annotations

import sys

from gancore.cli.app import app

__all__ = ["app", "main"]

INTERRUPTED = 130
"""What Typer gives back when a command was interrupted."""
STOPPED = "stopped; finished runs are stored, and what was begun goes on from its checkpoint next time"


def main() -> None:
    """Run a command. Exit code 0 done, 2 wrong input (one line on standard error), 1 anything else that failed."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command line and give its exit code."""
    from pydantic import ValidationError
    from typer import Abort, Exit, TyperException

    from gancore.config import ConfigError, sentence_of

    try:
        code = app(arguments, prog_name="gancore", standalone_mode=False)
        code = code if isinstance(code, int) else 0
        return _fail(STOPPED, 1) if code == INTERRUPTED else code
    except Exit as error:
        return error.exit_code
    except (Abort, KeyboardInterrupt):
        return _fail(STOPPED, 1)
    except TyperException as error:
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        if message.startswith("Usage:"):  # a group without a command: the message is its help
            print(message, file=sys.stderr)
            return 2
        if isinstance(error.__cause__, ValidationError):  # Typer's words leave the value out
            message = sentence_of(error.__cause__, error.param.opts[0])  # type: ignore[attr-defined]
        return _fail(f"{message} (see 'gancore {' '.join(_command(arguments))}--help')", 2)
    except ConfigError as error:
        return _fail(str(error), 2)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:
        from gancore.store import BundleError, StoreError

        if isinstance(error, StoreError | BundleError):
            return _fail(str(error), 2)
        return _fail(f"{type(error).__name__}: {error}", 1)


def _command(arguments: list[str]) -> list[str]:
    """The group and command that were called, each with a space behind it when joined."""
    from typer.main import get_command

    named, command = [], get_command(app)
    for word in arguments:
        command = getattr(command, "commands", {}).get(word)
        if command is None:
            break
        named.append(word)
    return [*named, ""] if named else []


def _fail(message: str, code: int) -> int:
    print(f"gancore: {' '.join(message.split())}", file=sys.stderr)
    return code
