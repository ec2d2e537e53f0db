"""Call the widgets' scripts without a browser, in the Node that comes inside the package playwright."""

import base64
import json
import subprocess
from importlib import resources
from typing import Any

from lstm_helpers.widgets.scripts import script


def run(name: str, body: str, *sent: Any) -> Any:
    """Return what JavaScript returns that sees what a script exports, and `sent`, a list. Bytes arrive as a DataView.

    >>> run("common", "return sent.map((number) => fixed(number, 1));", -0.26, 3)
    ['−0.3', '3.0']
    """
    code = script(f"{name}.js")
    exported = code.rpartition("\nreturn ")[2].partition(";")[0]
    code += f"\nconst {exported} = ${name};\n{_SENT}({json.dumps(json.dumps(sent, default=_bytes))});\n"
    code += f"process.stdout.write(JSON.stringify((() => {{ {body} }})()));\n"
    command = [node(), "--input-type=module", "-"]
    said = subprocess.run(command, input=code, capture_output=True, encoding="utf-8", timeout=60)
    assert not said.returncode, said.stderr
    return json.loads(said.stdout)


_SENT = """
const view = (_, value) => value?.bytes === undefined ? value
    : new DataView(Uint8Array.from(atob(value.bytes), (letter) => letter.charCodeAt(0)).buffer);
const modelOf = (state) => ({ get: (name) => state[name] });
const sent = ((text) => JSON.parse(text, view))"""


def _bytes(value: Any) -> dict[str, str]:
    return {"bytes": base64.b64encode(value).decode()}


def node() -> str:
    """Return where Playwright's Node is."""
    inside = resources.files("playwright") / "driver"
    return next(str(inside / name) for name in ("node", "node.exe") if (inside / name).is_file())
