"""Where the program keeps what belongs to extensions: below `extensions/` of its data folder."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """The folder of the state, and what is in it."""

    state_dir: Path

    @classmethod
    def below(cls, data_dir: Path) -> "Places":
        """Those of a data folder."""
        return cls(data_dir / "extensions")

    @property
    def state_file(self) -> Path:
        """What was enabled, and what it brings."""
        return self.state_dir / "state.json"

    @property
    def web_mark(self) -> Path:
        """The call mark of the web process."""
        return self.state_dir / "web.call"

    @property
    def worker_mark(self) -> Path:
        """The call mark of the worker."""
        return self.state_dir / "worker.call"

    def settings(self, name: str) -> Path:
        """The file of an extension's settings."""
        return self.state_dir / "settings" / f"{name}.json"

    def data(self, name: str) -> Path:
        """An extension's own data folder."""
        return self.state_dir / "data" / name

    def packages(self, name: str) -> Path:
        """The overlay with what an extension requires."""
        return self.state_dir / "packages" / name

    def previous(self, name: str) -> Path:
        """What an update replaced."""
        return self.state_dir / "previous" / name

    def log(self, name: str) -> Path:
        """An extension's log file."""
        return self.state_dir / "logs" / f"{name}.log"
