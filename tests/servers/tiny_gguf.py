"""Make a tiny GGUF model of random weights: llama.cpp loads it in a moment and answers with noise.

`python tiny_gguf.py OUT.gguf [SEED] [NAME]` writes about half a megabyte; another seed is another model.
"""

import random
import struct
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

WIDTH, LAYERS, HEADS, FORWARD, CONTEXT = 64, 2, 4, 128, 512
ALIGNMENT = 32
U32, I32, F32, TEXT, ARRAY = 4, 5, 6, 8, 9
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


def vocabulary() -> Iterator[tuple[bytes, float, int]]:
    """Yield text, score and type of each token: three special ones, every byte, every printable ASCII character."""
    yield from ((b"<unk>", 0.0, UNKNOWN), (b"<s>", 0.0, CONTROL), (b"</s>", 0.0, CONTROL))
    yield from ((f"<0x{byte:02X}>".encode(), 0.0, BYTE) for byte in range(256))
    characters = ["\u2581", *map(chr, range(33, 127))]
    yield from ((each.encode(), -float(rank), NORMAL) for rank, each in enumerate(characters))


def packed_text(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text


def fact(key: str, kind: int, value: bytes) -> bytes:
    return packed_text(key.encode()) + struct.pack("<I", kind) + value


def number(key: str, value: int) -> bytes:
    return fact(key, U32, struct.pack("<I", value))


def text(key: str, value: str) -> bytes:
    return fact(key, TEXT, packed_text(value.encode()))


def listed(key: str, kind: int, values: list[bytes]) -> bytes:
    return fact(key, ARRAY, struct.pack("<IQ", kind, len(values)) + b"".join(values))


def facts(name: str) -> list[bytes]:
    tokens, scores, kinds = zip(*vocabulary(), strict=True)
    return [
        text("general.architecture", "llama"),
        text("general.name", name),
        number("general.file_type", 0),
        number("llama.context_length", CONTEXT),
        number("llama.embedding_length", WIDTH),
        number("llama.block_count", LAYERS),
        number("llama.feed_forward_length", FORWARD),
        number("llama.attention.head_count", HEADS),
        number("llama.attention.head_count_kv", HEADS),
        fact("llama.attention.layer_norm_rms_epsilon", F32, struct.pack("<f", 1e-5)),
        number("llama.rope.dimension_count", WIDTH // HEADS),
        number("llama.vocab_size", len(tokens)),
        text("tokenizer.ggml.model", "llama"),
        listed("tokenizer.ggml.tokens", TEXT, [packed_text(each) for each in tokens]),
        listed("tokenizer.ggml.scores", F32, [struct.pack("<f", each) for each in scores]),
        listed("tokenizer.ggml.token_type", I32, [struct.pack("<i", each) for each in kinds]),
        number("tokenizer.ggml.bos_token_id", 1),
        number("tokenizer.ggml.eos_token_id", 2),
        number("tokenizer.ggml.unknown_token_id", 0),
        text("tokenizer.chat_template", TEMPLATE),
    ]


def shapes(vocabulary_size: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield name and shape of each tensor, the fastest dimension first."""
    yield "token_embd.weight", (WIDTH, vocabulary_size)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        yield block + "attn_norm.weight", (WIDTH,)
        yield block + "ffn_norm.weight", (WIDTH,)
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield f"{block}{part}.weight", (WIDTH, WIDTH)
        yield block + "ffn_gate.weight", (WIDTH, FORWARD)
        yield block + "ffn_up.weight", (WIDTH, FORWARD)
        yield block + "ffn_down.weight", (FORWARD, WIDTH)
    yield "output_norm.weight", (WIDTH,)
    yield "output.weight", (WIDTH, vocabulary_size)


def weights(shape: tuple[int, ...], chance: random.Random) -> bytes:
    if len(shape) == 1:
        return array("f", [1.0] * shape[0]).tobytes()
    return array("f", (chance.gauss(0, 0.05) for _ in range(shape[0] * shape[1]))).tobytes()


def aligned(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % ALIGNMENT)


def tiny_gguf(seed: int = 0, name: str = "tiny") -> bytes:
    """Return the bytes of the model."""
    chance = random.Random(seed)
    headers, body = [], b""
    for tensor, shape in shapes(len(list(vocabulary()))):
        dimensions = struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        headers.append(packed_text(tensor.encode()) + dimensions + struct.pack("<IQ", 0, len(body)))
        body += aligned(weights(shape, chance))
    known = facts(name)
    start = b"GGUF" + struct.pack("<IQQ", 3, len(headers), len(known))
    return aligned(start + b"".join(known) + b"".join(headers)) + body


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(tiny_gguf(int(sys.argv[2]) if len(sys.argv) > 2 else 0, *sys.argv[3:4]))
