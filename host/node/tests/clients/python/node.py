"""Starts the real ziver-host on a free port with a folder of its own."""

import json
import os
import pathlib
import re
import secrets
import signal
import subprocess
import tempfile
import time
import urllib.request

HOST = os.environ["ZIVER_HOST"]
ZIV = 10**18

# The well-known development keys, which dev.json endows.
KEYS = {
    "alith": "0x5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133",
    "baltathar": "0x8075991ce870b93a8870eca0c0f91913d12f47948ca0fd25b49c6fa7cdbeee8b",
    "charleth": "0x0b6e18cafb6ed99687ec547bd28139cafdd2bffe70e6b688025de6b445aa5c5b",
    "dorothy": "0x39539ab1876910bbf3a223d84a29e28f1cb4e2e456503e7e91ed39b2e7223d68",
}


def stranger():
    """The address of a fresh account without money."""
    return "0x" + secrets.token_hex(20)


class Node:
    """A running node; `stop` ends it as an operator would."""

    def __init__(self, *args):
        self.folder = tempfile.TemporaryDirectory(prefix="ziver-clients-")
        self.log = open(pathlib.Path(self.folder.name) / "log", "w+b")
        command = [HOST, "--chain", "dev", "--base-path", self.folder.name, "--rpc-port", "0"]
        command += args or ["--sealing", "interval=200"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            found = re.fullmatch(r"listening on (\S+)\n", line)
            if found:
                self.ws, self.http = f"ws://{found[1]}", f"http://{found[1]}"
                return
        self.log.seek(0)
        raise RuntimeError(f"ziver-host ended with {self.process.wait()}:\n{self.log.read().decode()}")

    def rpc(self, method, *params):
        """The result of one JSON-RPC call over HTTP."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.http, body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["result"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.process.stdout.close()
        self.log.close()
        checked = subprocess.run(
            [HOST, "check-chain", "--chain", "dev", "--base-path", self.folder.name], capture_output=True, text=True
        )
        self.folder.cleanup()
        assert code == 0, f"ziver-host ended with {code}"
        assert checked.returncode == 0, checked.stderr


def upgraded_runtime():
    """The next version of the runtime: $ZIVER_UPGRADED, else the newest that was built beside the ziver-host under test."""
    named = os.environ.get("ZIVER_UPGRADED")
    if named:
        return pathlib.Path(named).read_bytes()
    builds = pathlib.Path(HOST).parent.glob("build/*/out/runtime-upgraded.wasm")
    return max(builds, key=lambda file: file.stat().st_mtime).read_bytes()


def eventually(condition, what, within_s=30):
    """What `condition` answers, once that is something true."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come true within {within_s} s")
