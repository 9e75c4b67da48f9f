"""The command line `ai-models`: every command is one function in one of the modules beside this file."""


def main() -> None:
    """Run `ai-models` with the arguments of this process."""
    import gc

    gc.disable()  # over before collecting pays: a large registry is read in two thirds of the time
    try:
        from ai_models.cli.app import app

        app(prog_name="ai-models")
    except KeyboardInterrupt:  # while modules are still being loaded
        raise SystemExit(130) from None
