"""How much memory one run needs at most, measured in a process of its own: ``python -m benchmarks.memory``.

The system counts all pages of a process. On Linux the peak count can be reset; elsewhere nothing is printed.
"""

import gc
import sys
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.contenders import make

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def main() -> None:
    """Run a case once and print how many bytes it needed beyond those held before."""
    name, kind, dtype, *sizes = sys.argv[1:]
    case = Case(*map(int, sizes))
    make(name, kind, case._replace(T=2), dtype)()  # libraries are loaded, and their own memory is taken
    run = make(name, kind, case, dtype)
    if name.startswith("JAX"):
        run()  # compiling takes more memory than running
    gc.collect()
    try:
        RESET.write_text("5", encoding="ascii")
        before = read("VmRSS")
        run()
        print(read("VmHWM") - before)
    except OSError:
        return


def read(field: str) -> int:
    """Give a count of the system's, in bytes."""
    (line,) = (line for line in STATUS.read_text(encoding="utf-8").splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
