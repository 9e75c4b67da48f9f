"""`completion`: the script that makes a shell complete commands, options and model ids."""

import os

import click
from click.shell_completion import BashComplete, add_completion_class, get_completion_class, split_arg_string

from ai_models.cli.command import command
from ai_models.cli.known import COMPLETION
from ai_models.cli.session import Session, pass_session

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' typed="${COMP_LINE:0:COMP_POINT}" kept="" type value completion
    typed="${typed##* }"
    COMPREPLY=()
    [[ $COMP_WORDBREAKS == *:* && $typed == *:* ]] && kept="${typed%%:*}:"
    for completion in $(env COMP_WORDS="${COMP_LINE:0:COMP_POINT}" %(complete_var)s=bash_complete $1); do
        IFS=',' read -r type value <<< "$completion"
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) [[ $value == "$kept"* ]] && COMPREPLY+=("${value#"$kept"}") ;;
        esac
    done
    return 0
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


@add_completion_class
class _Bash(BashComplete):
    """Completion in bash that reads the line as it is typed: bash itself takes an id apart at its colon."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is completed, and that one."""
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)[1:]
        return (words[:-1], words[-1]) if words and not line[-1:].isspace() else (words, "")


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
    maker = get_completion_class(shell)
    if maker is None:
        raise click.UsageError(f"this version of click completes nothing in {shell}")
    app = click.get_current_context().find_root().command
    script = maker(app, {}, "ai-models", COMPLETION).source()
    if session.out.json:
        session.out.data({"shell": shell, "script": script})
    else:
        click.echo(script)
