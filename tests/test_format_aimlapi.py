"""AI/ML API: records of prices, and one id under several endpoints."""

from ai_models.sources import ProviderAPISource
from ai_models.sources.formats.aimlapi import parse_aimlapi
from ai_models.testing import FakeTransport


def unit(origin: str, usd: float, per: int = 1_000_000, content: str = "text") -> dict[str, object]:
    return {"name": "token", "content": content, "origin": origin, "price": usd, "per": per}


LIST = {
    "object": "list",
    "data": [
        {
            "id": "google/gemini-2.5-flash-image",
            "type": "openai/chat-completions",
            "info": {"name": "Gemini 2.5 Flash Image", "contextLength": 32768, "outputMax": 8192},
            "modalities": {"input": ["text", "image"], "output": ["text"]},
            "pricing": {
                "units": [
                    unit("provided", 0.3),
                    unit("generated", 0.0025, per=1000),
                    unit("cached", 0.03),
                    unit("provided", 9, content="image"),
                ]
            },
        },
        {
            "id": "google/gemini-2.5-flash-image",
            "type": "openai/image-generations",
            "modalities": {"output": ["image"]},
        },
        {"id": "openai/dall-e-3", "type": "openai/image-generations", "info": {"contextLength": 0}},
    ],
}


def test_the_price_of_a_record_is_for_as_many_as_it_says() -> None:
    chat, image = parse_aimlapi(LIST).models
    assert chat.cost_per_token == {"input": 3e-07, "output": 2.5e-06, "cache_read": 3e-08}
    assert (chat.kind, chat.name, chat.context_size, chat.max_output_tokens) == (
        "chat",
        "Gemini 2.5 Flash Image",
        32768,
        8192,
    )
    assert (image.kind, image.context_size, image.cost_per_token) == ("image", None, {})


def test_an_id_under_a_second_endpoint_is_mentioned() -> None:
    assert [skipped.reason for skipped in parse_aimlapi(LIST).skipped] == [
        "listed twice with different facts; the first row counts"
    ]


def test_prices_and_modalities_are_asked_for() -> None:
    transport = FakeTransport({"https://api.aimlapi.com/v1/models": LIST})
    ProviderAPISource("aimlapi", transport=transport, env={}).listing()
    assert transport.requests[0].url.endswith("/models?include=pricing,modalities")
