"""`make lab`, as typed in a terminal: one Ctrl-C ends it; where there is no Python, it says so."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client import BlockingKernelClient

ROOT = Path(__file__).parents[1]
SECONDS = 90  # at most, for what takes a few where nothing else runs
IN_A_TERMINAL = "import os, pty, sys; print('ended with', os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("make"), reason="needs make and a terminal")


class Lab:
    """`make lab` in a terminal of its own, with the environment that runs the tests."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        private = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")}
        options = f"--no-browser --IdentityProvider.token=reader --ServerApp.port={self.port}"
        command = ["make", "lab", "PREPARE=true", f"RUN={sys.executable}", f"LAB={options}"]
        self.said = home / "said.txt"
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", IN_A_TERMINAL, *command],
                cwd=ROOT,
                env={**os.environ, **private},
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
            )

    def ask(self, path: str, **posted: object) -> dict:
        url = f"http://127.0.0.1:{self.port}/api/{path}?token=reader"
        data = json.dumps(posted).encode() if posted else None
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=30) as answer:
            return json.loads(answer.read())

    def wait(self) -> None:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.ask("status")
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        pytest.fail(f"it did not start:\n{self.said.read_text()[-2000:]}", pytrace=False)

    def type(self, keys: bytes) -> None:
        self.process.stdin.write(keys)
        self.process.stdin.flush()


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    try:
        lab.wait()
        yield lab
    finally:
        if lab.process.poll() is None:
            with contextlib.suppress(OSError):  # or the server would outlive its terminal
                urllib.request.urlopen(f"http://127.0.0.1:{lab.port}/api/shutdown?token=reader", b"", timeout=10)
            with contextlib.suppress(subprocess.TimeoutExpired):
                lab.process.wait(20)
            lab.process.kill()
        lab.process.stdin.close()
        lab.process.wait()


def test_one_ctrl_c_ends_it_and_its_kernels(lab, tmp_path):
    kernel = lab.ask("kernels", name="python3")["id"]
    connection = tmp_path / "RUNTIME" / f"kernel-{kernel}.json"
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(SECONDS)
    client.stop_channels()
    lab.type(b"\x03")
    lab.process.wait(SECONDS)
    said = lab.said.read_text().split("^C")[-1]
    assert "***" not in said and "Traceback" not in said and "y/[n]" not in said, said
    assert said.strip().endswith("ended with -2")  # interrupted, and for a shell 130
    assert not connection.exists()  # a kernel that was shut down takes it along
    with pytest.raises(urllib.error.URLError):
        lab.ask("status")


def test_without_python_it_says_what_is_missing():
    asked = subprocess.run(
        ["make", "lab", "PYTHON=no-such-python"], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS
    )
    assert asked.returncode and "There is no no-such-python here." in asked.stderr
    assert "Python 3.11 or newer" in asked.stderr and "make lab PYTHON=" in asked.stderr
