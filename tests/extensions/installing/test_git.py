import os
import socket
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.extensions.installing.git_server import GitServer, commit_all, make_repository
from tests.extensions.installing.test_sources import HOSTILE
from webui.errors import InstallFailed
from webui.extensions.installing.git import Git
from webui.extensions.installing.sources import GitSource, parse_source


@pytest.fixture
def repository(git_server: GitServer, request: pytest.FixtureRequest) -> Path:
    """An empty repository that the server serves under this test's name."""
    return git_server.repositories / request.node.name[:60].replace("[", "-").replace("]", "")


def _source(server: GitServer, repository: Path, branch: str = "") -> GitSource:
    return GitSource(f"{server.url}/{repository.name}", branch)


def test_a_repository_is_fetched_with_its_commit_and_without_gits_folder(
    git_server: GitServer, git: Git, repository: Path, tmp_path: Path
) -> None:
    commit = make_repository(repository, {"a.txt": "one", "folder/b.txt": "two"})
    assert git.clone(_source(git_server, repository), tmp_path / "out") == commit
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == ["a.txt", "b.txt", "folder"]


def test_a_repository_is_fetched_to_where_a_relative_path_leads(
    git_server: GitServer, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_repository(repository, {"a.txt": "one"})
    monkeypatch.chdir(git_server.ca_file.parent)
    git = Git(loopback=True, ca_file=Path(git_server.ca_file.name))
    monkeypatch.chdir(tmp_path)
    git.clone(_source(git_server, repository), Path("out"))
    assert (tmp_path / "out" / "a.txt").exists()


def test_a_branch_is_fetched_and_one_that_is_not_there_is_told(
    git_server: GitServer, git: Git, repository: Path, tmp_path: Path
) -> None:
    make_repository(repository, {"a.txt": "one"})
    subprocess.run(["git", "switch", "--quiet", "--create", "bright/one"], cwd=repository, check=True)
    commit = make_repository(repository, {"a.txt": "two"})
    subprocess.run(["git", "switch", "--quiet", "main"], cwd=repository, check=True)
    assert git.clone(_source(git_server, repository, "bright/one"), tmp_path / "out") == commit
    with pytest.raises(InstallFailed, match="no such repository or branch"):
        git.clone(_source(git_server, repository, "dark"), tmp_path / "other")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("address", HOSTILE)
def test_a_hostile_address_never_reaches_git(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "git-was-run"
    _fake_git(tmp_path / "bin", f"touch {marker}", monkeypatch)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InstallFailed):
        source = parse_source(address.replace("MARKER", str(marker)))
        assert isinstance(source, GitSource)
        Git(loopback=True).clone(source, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "127.1", "[::1]", "169.254.169.254"]
)
def test_machines_of_this_network_are_not_asked(host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "git-was-run"
    _fake_git(tmp_path / "bin", f"touch {marker}", monkeypatch)
    with pytest.raises(InstallFailed, match=r"machine of this network|no machine"):
        Git().clone(GitSource(f"https://{host}/a/b"), tmp_path / "out")
    assert not marker.exists()


def test_a_server_whose_certificate_is_not_trusted_is_not_believed(
    git_server: GitServer, repository: Path, tmp_path: Path
) -> None:
    make_repository(repository, {"a.txt": "one"})
    with pytest.raises(InstallFailed, match="certificate"):
        Git(loopback=True).clone(_source(git_server, repository), tmp_path / "out")


def test_a_repository_that_leads_elsewhere_is_not_followed(git_server: GitServer, git: Git, tmp_path: Path) -> None:
    with pytest.raises(InstallFailed, match="leads to another address"):
        git.clone(GitSource(f"{git_server.url}/moved"), tmp_path / "out")


def test_nothing_of_this_computers_configuration_is_used(
    git_server: GitServer, git: Git, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "ran"
    make_repository(repository, {"a.txt": "one", ".gitattributes": "* filter=evil\n"})
    hook = tmp_path / "template" / "hooks" / "post-checkout"
    hook.parent.mkdir(parents=True)
    hook.write_text(f"#!/bin/sh\ntouch {marker}\n")
    hook.chmod(0o755)
    configuration = tmp_path / "configuration"
    configuration.write_text(
        f"[core]\n hooksPath = {hook.parent}\n[init]\n templateDir = {tmp_path / 'template'}\n"
        f'[filter "evil"]\n smudge = "touch {marker}; cat"\n[credential]\n helper = "!touch {marker}"\n'
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(configuration))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(configuration))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(tmp_path / "template"))
    monkeypatch.setenv("GIT_ASKPASS", str(hook))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_SSL_NO_VERIFY", "1")
    git.clone(_source(git_server, repository), tmp_path / "out")
    assert not marker.exists()
    with pytest.raises(InstallFailed, match="certificate"):
        Git(loopback=True).clone(_source(git_server, repository), tmp_path / "other")


def test_submodules_and_links_are_not_followed(
    git_server: GitServer, git: Git, repository: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    other = make_repository(tmp_path / "other", {"c.txt": "three"})
    make_repository(
        repository,
        {"a.txt": "one", ".gitmodules": f'[submodule "inner"]\n path = inner\r\n url = ext::sh -c touch% {marker}\n'},
    )
    (repository / "passwords").symlink_to("/etc/passwd")
    subprocess.run(["git", "update-index", "--add", "--cacheinfo", f"160000,{other},inner"], cwd=repository, check=True)
    subprocess.run(["git", "add", "passwords"], cwd=repository, check=True)
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    subprocess.run(["git", *who, "commit", "--quiet", "--message=links"], cwd=repository, check=True)
    git.clone(_source(git_server, repository), tmp_path / "out")
    assert not marker.exists()
    assert not (tmp_path / "out" / "passwords").is_symlink()
    assert (tmp_path / "out" / "passwords").read_text() == "/etc/passwd"
    assert not list((tmp_path / "out" / "inner").iterdir())


def test_a_repository_that_is_too_large_is_not_kept(git_server: GitServer, repository: Path, tmp_path: Path) -> None:
    make_repository(repository, {"noise.bin": os.urandom(300_000)})
    with pytest.raises(InstallFailed, match="larger than is taken"):
        Git(loopback=True, ca_file=git_server.ca_file, max_bytes=100_000).clone(
            _source(git_server, repository), tmp_path / "out"
        )
    assert not (tmp_path / "out").exists()


def test_a_repository_with_more_files_than_memory_can_list_is_given_up(
    git_server: GitServer, repository: Path, tmp_path: Path
) -> None:
    make_repository(repository, {"a.txt": "one"})
    listed = f"100644 blob {_plumbing(repository, 'hash-object', '-w', 'a.txt')}"
    for _ in range(10):  # each folder holds ten times the one before: 10^10 files of a few kilobytes
        entries = "".join(f"{listed}\t{number}\n" for number in range(10))
        listed = f"040000 tree {_plumbing(repository, 'mktree', text=entries)}"
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    commit = _plumbing(repository, *who, "commit-tree", listed.split()[2], "-m", "many")
    _plumbing(repository, "update-ref", "refs/heads/main", commit)
    with pytest.raises(InstallFailed, match=r"more memory|larger than"):
        Git(loopback=True, ca_file=git_server.ca_file, max_memory=60_000_000).clone(
            _source(git_server, repository), tmp_path / "out"
        )
    assert not (tmp_path / "out").exists()


def test_a_clone_that_grows_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The last argument of a clone is where it goes.
    _fake_git(
        tmp_path / "bin",
        f'sleep 60 & echo $! > {tmp_path}/child\nfor last; do :; done; mkdir -p "$last"\n'
        'while true; do head -c 100000 /dev/zero >> "$last/pack"; done',
        monkeypatch,
    )
    with pytest.raises(InstallFailed, match="larger than is taken"):
        Git(loopback=True, max_bytes=1_000_000).clone(GitSource("https://127.0.0.1/a"), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert _is_gone(int((tmp_path / "child").read_text()))


def test_a_server_that_does_not_answer_is_given_up(git_server: GitServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        source = GitSource(f"https://127.0.0.1:{silent.getsockname()[1]}/a")
        with pytest.raises(InstallFailed, match=r"longer than 0\.5 seconds"):
            Git(loopback=True, ca_file=git_server.ca_file, seconds=0.5).clone(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_git_a_zip_file_is_advised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InstallFailed, match="no git on this computer") as caught:
        Git(loopback=True).clone(GitSource("https://127.0.0.1/a"), tmp_path / "out")
    assert "zip" in caught.value.hint


def test_git_is_told_all_that_keeps_it_from_running_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fake_git(
        tmp_path / "bin", f'printf "%s\\n" "$@" >> {tmp_path}/arguments; env >> {tmp_path}/environment', monkeypatch
    )
    monkeypatch.setenv("SECRET_TOKEN", "hidden")
    with pytest.raises((InstallFailed, OSError)):
        Git(loopback=True).clone(GitSource("https://127.0.0.1/a", "main"), tmp_path / "out")
    arguments = (tmp_path / "arguments").read_text().splitlines()
    assert arguments.index("--") == arguments.index("https://127.0.0.1/a") - 1
    told = {"core.hooksPath=/dev/null", "core.symlinks=false", "--depth=1", "--no-tags", "--no-recurse-submodules"}
    assert told <= set(arguments[: arguments.index("--")])
    environment = (tmp_path / "environment").read_text().splitlines()
    assert {
        "GIT_ALLOW_PROTOCOL=https", "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
    } <= set(environment)  # fmt: skip
    assert not [line for line in environment if "hidden" in line]


def test_commits_are_found_again_after_a_change(
    git_server: GitServer, git: Git, repository: Path, tmp_path: Path
) -> None:
    first = make_repository(repository, {"a.txt": "one"})
    (repository / "a.txt").write_text("two")
    second = commit_all(repository)
    assert git.clone(_source(git_server, repository), tmp_path / "out") == second != first
    assert (tmp_path / "out" / "a.txt").read_text() == "two"


def _plumbing(repository: Path, *arguments: str, text: str = "") -> str:
    done = subprocess.run(["git", *arguments], cwd=repository, input=text, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _fake_git(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program of one's own before the system's git."""
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def _is_gone(process: int) -> bool:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            if psutil.Process(process).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False
