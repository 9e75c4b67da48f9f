"""`python -m ai_models` is `ai-models`."""

from ai_models.cli import main

if __name__ == "__main__":
    main()
