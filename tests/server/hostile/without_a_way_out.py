"""Run in a network of its own, in which nothing but this computer can be reached: starts the server as people do, makes
a picture, and prints how often anything tried to reach another machine. The kernel counts, whoever tries.

Arguments: a folder for the data, the folder with the models.
"""

import fcntl
import json
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx

from tests.e2e.real_server import running_server

SIOCSIFFLAGS, IFF_UP = 0x8914, 1
READ = (
    "/",
    "/hub.js",
    "/config",
    "/api/v1/models",
    "/api/v1/extensions",
    "/api/v1/extensions/index",
    "/api/v1/samplers",
)


def main(data_dir: Path, models_dir: Path) -> None:
    _switch_loopback_on()
    _ask_names_elsewhere(data_dir)
    began = _tries()
    with suppress(OSError):
        socket.getaddrinfo("names.invalid", 443)
    tried = _tries()
    with running_server(data_dir=data_dir / "data", models_dir=models_dir) as server, httpx.Client() as client:
        for path in READ:
            client.get(f"{server.address}{path}", timeout=60).raise_for_status()
        wanted = {"prompt": "a boat", "steps": 2, "width": 64, "height": 64}
        job = client.post(f"{server.address}/api/v1/jobs", json=wanted).raise_for_status().json()["id"]
        done = server.wait_for(f"/api/v1/jobs/{job}", lambda job: job["status"] not in ("queued", "running"))
    ended = _tries()
    print(json.dumps({"one look-up": tried - began, "the server": ended - tried, "pictures": len(done["images"])}))


def _switch_loopback_on() -> None:
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def _ask_names_elsewhere(folder: Path) -> None:
    """A name server on another machine, as one on this computer would be asked without being counted."""
    resolver = folder / "resolv.conf"
    resolver.write_text("nameserver 192.0.2.53\noptions attempts:1 timeout:1\n")
    subprocess.run(["mount", "--bind", resolver, Path("/etc/resolv.conf").resolve()], check=True)


def _tries() -> int:
    """How often something was to be sent to where no way leads, by IPv4 and IPv6."""
    lines = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:")]
    told = dict(zip(*lines, strict=True))
    six = Path("/proc/net/snmp6")
    told6 = dict(line.split() for line in six.read_text().splitlines()) if six.exists() else {}
    return int(told["OutNoRoutes"]) + int(told6.get("Ip6OutNoRoutes", 0))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
