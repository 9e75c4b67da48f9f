"""Models made for measuring: as many as wanted, with the fields of real ones, always the same."""

from ai_models import Model

LABS = ("openai", "anthropic", "google", "meta", "mistral", "qwen", "deepseek", "cohere")


def make_model(number: int) -> Model:
    """Return the model of this number."""
    lab = LABS[number % len(LABS)]
    return Model(
        f"{lab}/model-{number}",
        lab,
        context_size=4096 * (1 + number % 64),
        capabilities={"tools": number % 2 == 0, "vision": number % 3 == 0, "streaming": True},
        cost_per_token={"input": (1 + number % 50) * 1e-7, "output": (1 + number % 50) * 4e-7},
        connector_metadata={
            lab: {"id": f"model-{number}"},
            "openrouter": {"id": f"{lab}/model-{number}", "cost_per_token": {"input": 1e-6, "output": 4e-6}},
        },
        name=f"Model {number}",
        lab=lab,
        kind="chat",
        max_output_tokens=4096,
        released="2026-01-01",
        provenance={"*": "bench@2026-01-01"},
    )


def make_models(count: int) -> list[Model]:
    """Return so many models."""
    return [make_model(number) for number in range(count)]
