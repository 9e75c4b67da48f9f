"""`completion`: the script that makes a shell complete commands, options and model ids."""

import click

from ai_models.cli.app import app
from ai_models.cli.command import command
from ai_models.cli.session import Session, pass_session

VARIABLE = "_AI_MODELS_COMPLETE"


@command(
    "completion",
    'eval "$(ai-models completion bash)"        in ~/.bashrc',
    'eval "$(ai-models completion zsh)"         in ~/.zshrc',
    "ai-models completion fish > ~/.config/fish/completions/ai-models.fish",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@pass_session
def completion_command(session: Session, shell: str) -> None:
    """Print the script that completes commands and model ids in your shell."""
    from click.shell_completion import get_completion_class

    maker = get_completion_class(shell)
    if maker is None:
        raise click.UsageError(f"this version of click completes nothing in {shell}")
    script = maker(app, {}, "ai-models", VARIABLE).source()
    if session.out.json:
        session.out.data({"shell": shell, "script": script})
    else:
        click.echo(script)
