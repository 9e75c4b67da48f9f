"""The command line `ai-models`: every command is one function in one of the modules beside this file."""

from typing import NoReturn


def main() -> NoReturn:
    """Run `ai-models` with the arguments of this process, and end it."""
    import atexit
    import gc
    import os
    import sys

    gc.disable()  # over before collecting pays: a large registry is read in two thirds of the time
    code = _run()
    atexit._run_exitfuncs()  # databases are closed, or SQLite would leave what was written in a file beside them
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or 1
    os._exit(code)  # taking thousands of models apart, one by one, would be a tenth of the run


def _run() -> int:
    try:
        from ai_models.cli.app import app

        app(prog_name="ai-models")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:  # while modules are still being loaded
        return 130
    return 0
