"""Graceful interrupts: the first one waits for the end of a step, and the second acts at once.

JupyterLab's Stop button and Ctrl-C raise KeyboardInterrupt wherever Python happens to be, often in the reader's own
loop, where a generator cannot catch it. So inside a ``Stop`` context the first interrupt is only recorded.
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType


class Stop:
    """A context in which the first interrupt only sets ``asked``; the second acts as usual.

    Outside the main thread Python delivers no interrupts, and handlers that ignore them or are not Python's are kept.
    In both cases ``asked`` stays False.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: Callable[[int, FrameType | None], object] | None = None

    def __enter__(self) -> "Stop":
        """Install the handler."""
        if threading.current_thread() is threading.main_thread():
            before = signal.getsignal(signal.SIGINT)
            if callable(before):
                self._before = before
                signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Restore the handler, unless it has been replaced since, as a kernel does between two cells."""
        ours = signal.getsignal(signal.SIGINT) == self._note
        if self._before and ours and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.asked and self._before:
            self._before(number, frame)
        self.asked = True
