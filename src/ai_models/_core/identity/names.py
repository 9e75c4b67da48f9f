"""Put a name into one normal form: the lab's order and spelling, nothing left out, one of two names of a release."""

from ai_models._core.identity.tables import Part, Rewrite, Tables
from ai_models._core.identity.tokens import Token

__all__ = ["canonical_of", "render", "rewritten", "settled_stage", "unsqueezed"]


def unsqueezed(tokens: list[Token], known: Tables) -> list[Token]:
    """Put the point back into ``gpt-35`` and ``minimax-m25``; take the v off ``llama-v3``."""
    if len(tokens) < 2:
        return tokens
    head, token = tokens[0].text, tokens[1]
    if token.kind == "version" and head in known.spelling["plain"]:
        token = Token("number", token.text)
    if head in known.spelling["squeezed"] and is_squeezed(token):
        token = Token(token.kind, f"{token.text[:-1]}.{token.text[-1]}")
    return tokens if token is tokens[1] else [tokens[0], token, *tokens[2:]]


def is_squeezed(token: Token) -> bool:
    """Whether a token is a two-digit number, with one letter before it at most."""
    text = token.text
    digits = text[-2:]
    length = 2 if text[0].isdigit() else 3
    return token.kind in {"number", "mix"} and len(text) == length and digits.isdigit() and digits[0] != "0"


def rewritten(tokens: list[Token], known: Tables) -> list[Token]:
    """Apply every rewrite whose pattern begins the name, in the order of the file."""
    for rule in known.rewrites.get(tokens[0].text if tokens else "", ()):
        length = match_length(rule, tokens)
        if length:
            tokens = [*replaced(rule, tokens), *tokens[length:]]
    return tokens


def match_length(rule: Rewrite, tokens: list[Token]) -> int:
    """How many tokens a pattern takes at the start of a name; 0 when it does not match."""
    length = 0
    for part in rule.pattern:
        matches = length < len(tokens) and is_part(tokens[length], part)
        if matches == part.absent:
            return 0
        length += not part.absent
    return length


def is_part(token: Token, part: Part) -> bool:
    """Whether a token is what a part of a pattern asks for."""
    if part.words:
        return token.text in part.words or token.spoken in part.words
    if token.kind != part.kind:
        return False
    return token.kind != "number" or part.least <= int(token.text.partition(".")[0]) < part.below


def replaced(rule: Rewrite, tokens: list[Token]) -> list[Token]:
    """The tokens that stand in the place of a matched pattern."""
    return [tokens[int(part) - 1] if is_place(part) else new_token(part.lstrip("=")) for part in rule.to]


def is_place(part: str) -> bool:
    """Whether a part of a replacement is the place of a token in the pattern."""
    return len(part) == 1 and part.isdigit()


def new_token(text: str) -> Token:
    """A token that a rewrite adds."""
    if text[0] == "v" and text[1:].replace(".", "").isdigit():
        return Token("version", text[1:])
    if text.replace(".", "").isdigit():
        return Token("date" if len(text) == 4 else "number", text)
    return Token("size" if any(character.isdigit() for character in text) else "word", text)


def settled_stage(tokens: list[Token], tuned_only: bool, known: Tables) -> tuple[list[Token], str]:
    """Give the training stage the lab's own word; the second value is the word that had to be added, if any."""
    texts = [token.text for token in tokens]
    line = next((known.stages[line] for line in lines_of(texts) if line in known.stages), None)
    if line is None or not any(token.kind == "size" for token in tokens):
        return tokens, ""
    tuned, base, *others = line
    if texts[-1] in others:
        return [*tokens[:-1], Token("word", tuned)], ""
    if texts[-1] == "base" and base != "base":
        return ([*tokens[:-1], Token("word", base)] if base != "-" else tokens[:-1]), ""
    if tuned == "-" or not tuned_only or known.stage_words.intersection(texts):
        return tokens, ""
    position = len(tokens)
    while tokens[position - 1].kind in {"version", "date"}:
        position -= 1
    return [*tokens[:position], Token("word", tuned), *tokens[position:]], tuned


def lines_of(texts: list[str]) -> list[str]:
    """The product lines that a name may belong to, narrowest first.

    >>> lines_of(["llama", "3.1", "8b"])
    ['llama-3.1-8b', 'llama-3.1', 'llama-3', 'llama']
    """
    if len(texts) < 2:
        return texts
    lines = ["-".join(texts[:3]), "-".join(texts[:2]), f"{texts[0]}-{texts[1].partition('.')[0]}", texts[0]]
    return list(dict.fromkeys(lines))


def render(tokens: list[Token], known: Tables) -> str:
    """The normal name of some tokens."""
    style = known.spelling
    head = tokens[0].text if tokens else ""
    dashed, whole = head in style["dashed"], head in style["whole"]
    out: list[str] = []
    before = ""
    for token in tokens:
        kind, text = token
        if (kind == "version" and before not in style["plain"]) or (kind == "number" and before in style["v"]):
            text = f"v{text}"
        elif dashed and kind == "number":
            text = text.replace(".", "-")
        elif whole and kind == "number":
            text = text.removesuffix(".0")
        if out and kind == "number" and before in style["glued"]:
            out[-1] += text
        else:
            out.append(text)
        before = token.text
    return "-".join(out)


def canonical_of(lab: str, name: str, nickname: str, places: tuple[str, ...], known: Tables) -> str:
    """The canonical id of a normal name: by the table of a place that nicknames models, else by the lab's two names."""
    for place in places:
        if found := known.at.get(place, {}).get(nickname):
            return found
    canonical = f"{lab}/{name}"
    return known.same.get(canonical, canonical)
