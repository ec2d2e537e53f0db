"""Stop buttons that are kind: an interrupt waits for the end of a step, and the one after it does not wait.

JupyterLab's Stop button and Ctrl-C raise KeyboardInterrupt wherever Python happens to be, often in the reader's own
loop, where a generator cannot catch it. So while a ``Stop`` is entered the first of them is only noted.
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType


class Stop:
    """A context in which the first interrupt sets ``asked`` and does nothing else; the second does what it always did.

    Outside the main thread Python hands out no interrupts, and where they are ignored or handled by other than Python
    they are left alone: there ``asked`` stays False.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: Callable[[int, FrameType | None], object] | None = None

    def __enter__(self) -> "Stop":
        """Take over the interrupts."""
        if threading.current_thread() is threading.main_thread():
            before = signal.getsignal(signal.SIGINT)
            if callable(before):
                self._before = before
                signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give them back, unless somebody else has taken them since: a kernel does so between two cells."""
        ours = signal.getsignal(signal.SIGINT) == self._note
        if self._before and ours and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.asked and self._before:
            self._before(number, frame)
        self.asked = True
