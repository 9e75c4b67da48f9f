"""The command line `ai-models`: every command is one function in one of the modules beside this file."""


def main() -> None:
    """Run `ai-models` with the arguments of this process."""
    import gc

    gc.disable()  # a process this short is over before collecting pays; it makes reading a large registry 1.5 times faster
    try:
        from ai_models.cli.app import app

        app(prog_name="ai-models")
    except KeyboardInterrupt:  # while modules are still being loaded
        raise SystemExit(130) from None
