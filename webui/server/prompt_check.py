"""What is told of a prompt while it is typed: how many tokens it has, and what in it will not do what it seems to."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from webui.errors import ModelNotFound, ModelUnusable
from webui.generation.comments import without_comments
from webui.generation.families import Capability, whole_text
from webui.generation.networks import Network, take_networks
from webui.generation.prompt import split_and
from webui.generation.prompt_emphasis import BREAK_MARK, parse_emphasis
from webui.generation.prompt_steps import parse_editing, prompt_at_steps
from webui.generation.wildcards import resolve, wildcard_notes
from webui.library.prompt_files import PromptFiles
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.networks import NetworkFiles
from webui.model_manager.token_counts import TokenCount, TokenCounter

_MOST_TEXTS = 32
"""A prompt that changes more often along its walk is counted by its first texts."""
_MOST_WARNINGS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptCheck:
    """The counts are None where there is no model to count with."""

    count: TokenCount | None
    negative_count: TokenCount | None
    warnings: tuple[str, ...]


class PromptChecker:
    """Reads prompts as a walk would, without walking. Threads may share it.

    Args:
        catalogue: knows the models.
        prompt_files: has the wildcards.
        networks: has the LoRAs.
        syntaxes: the names of those that extensions brought; what `<name:...>` stands for is theirs to say.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        prompt_files: PromptFiles,
        networks: NetworkFiles,
        syntaxes: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._catalogue = catalogue
        self._prompt_files = prompt_files
        self._networks = networks
        self._syntaxes = syntaxes
        self._counter = TokenCounter()

    def check(
        self, prompt: str, negative_prompt: str, *, model: str | None, steps: int, lists: bool = True
    ) -> PromptCheck:
        """What there is to tell of a prompt and its negative prompt. Wildcards are drawn once, for a fixed seed.

        Args:
            prompt: as it is typed.
            negative_prompt: likewise.
            model: whose tokens are counted; None is the default model.
            steps: of the walk.
            lists: whether the lists of words are there for who types.
        """
        texts, networks = zip(*(self._read(text, lists) for text in (prompt, negative_prompt)), strict=True)
        warnings = [
            *(warning for text in texts for warning in _language_warnings(text)),
            *(warning for found in networks for warning in self._networks.notes(found, self._model(model))),
        ]
        positive = [words for words, _ in split_and(texts[0])]
        return PromptCheck(
            count=self._count(positive, model, steps),
            negative_count=self._count([texts[1]], model, steps),
            warnings=tuple(dict.fromkeys(warnings))[:_MOST_WARNINGS],
        )

    def _model(self, name: str | None) -> ModelEntry | None:
        try:
            return self._catalogue.find(name)
        except (ModelNotFound, ModelUnusable):
            return None

    def _read(self, text: str, lists: bool) -> tuple[str, list[Network]]:
        lookup = self._prompt_files.wildcard if lists else lambda _: None
        words, found = take_networks(resolve(without_comments(text), 0, lookup))
        return words, [network for network in found if network.kind not in self._syntaxes()]

    def _count(self, parts: Sequence[str], model: str | None, steps: int) -> TokenCount | None:
        try:
            entry = self._catalogue.find(model)
            timed = (timed.text for part in parts for timed in prompt_at_steps(part, steps))
            texts = set(islice(timed, _MOST_TEXTS))
            whole = whole_text(entry.family, entry.capabilities)
            if whole is not None:
                return self._counter.count_whole(entry.path, whole, texts)
            if Capability.CLIP_SKIP not in entry.capabilities:
                return None  # its prompts are not read in chunks of CLIP
            return self._counter.count(entry.path, texts, self._networks.embeddings())
        except (ModelNotFound, ModelUnusable, OSError, ValueError):
            return None


def _language_warnings(text: str) -> Iterator[str]:
    """What of the prompt language does nothing; `text` is resolved already."""
    yield from wildcard_notes(text)
    for words, _ in split_and(text):
        edited = parse_editing(words)
        if edited.unreadable and edited.choices:
            yield "A | outside of [ ] or a \\ at the end turns all prompt editing off, as in A1111."
    if any(BREAK_MARK == run.text.strip() and run.weight != -1.0 for run in parse_emphasis(text)):
        yield "BREAK inside brackets ends no chunk, as in A1111."
