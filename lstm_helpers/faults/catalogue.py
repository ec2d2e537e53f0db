"""The faults, each ready to be used in place of the right code: a cell and an engine with one function replaced."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from lstm_helpers import through_time
from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.cells.lstm import Params, State, Step
from lstm_helpers.faults import wrong_backward as back
from lstm_helpers.faults import wrong_engine as engine
from lstm_helpers.faults import wrong_forward as forth

Function: TypeAlias = Callable[..., Any]  # one of a cell's or an engine's, right or wrong


@dataclass(frozen=True)
class WrongCell:
    """Stands in for the ``lstm`` module, with one function replaced."""

    forward: Callable[..., Step] = lstm.forward
    backward: Callable[..., tuple[Params, State, Array]] = lstm.backward
    init: Callable[..., Params] = lstm.init
    zero_state: Callable[..., State] = lstm.zero_state


@dataclass(frozen=True)
class WrongEngine:
    """Stands in for the ``through_time`` module, with one function replaced."""

    unroll: Callable[..., through_time.Trace] = through_time.unroll
    backpropagate: Callable[..., through_time.Backward] = through_time.backpropagate


class Fault(NamedTuple):
    """One wrong pass."""

    wrong: Function  # the function with the fault; its docstring says what is wrong and what one sees
    replaces: str  # the name of the right function
    remembers: bool = False  # whether ``wrong`` makes the function anew, so that what it keeps dies with it

    @property
    def name(self) -> str:
        """The name of the wrong function."""
        return str(self.wrong.__name__)

    @property
    def symptom(self) -> str:
        """What is wrong, and what one sees."""
        return str(self.wrong.__doc__)

    @property
    def cell(self) -> WrongCell:
        """The cell to use."""
        return WrongCell(**self._replaced("forward", "backward", "init"))

    @property
    def engine(self) -> WrongEngine:
        """The engine to use; a new one each time, which remembers nothing yet."""
        return WrongEngine(**self._replaced("unroll", "backpropagate"))

    def _replaced(self, *names: str) -> dict[str, Function]:
        return {self.replaces: self.wrong() if self.remembers else self.wrong} if self.replaces in names else {}


FAULTS = (
    *(
        Fault(wrong, "forward")
        for wrong in (
            forth.swapped_forget_and_input,
            forth.output_without_tanh,
            forth.cell_state_squashed,
            forth.blocks_read_in_another_order,
        )
    ),
    Fault(forth.blocks_initialised_alike, "init"),
    Fault(forth.state_not_carried, "unroll"),
    Fault(forth.mask_ignored, "unroll"),
    Fault(forth.state_never_reset, "unroll", remembers=True),
    *(
        Fault(wrong, "backward")
        for wrong in (
            back.tanh_derivative_forgotten,
            back.hidden_path_forgotten,
            back.cell_state_path_forgotten,
            back.dh_overwritten_too_early,
            back.cell_state_gradient_dropped,
            back.forget_gate_skipped,
            back.cell_state_off_by_one,
            back.derivative_applied_twice,
            back.sigmoid_derivative_for_candidate,
            back.derivative_at_the_output,
            back.recurrent_weights_transposed,
            back.hidden_gradient_dropped,
            back.bias_gradient_never_written,
            back.recurrent_weights_see_new_h,
            back.divided_by_batch_size,
        )
    ),
    Fault(engine.gradient_cut_in_time, "backpropagate"),
    Fault(engine.gradient_overwritten, "backpropagate"),
    Fault(engine.last_output_only, "backpropagate"),
    Fault(engine.accumulators_not_reset, "backpropagate", remembers=True),
)


def fault_named(name: str) -> Fault:
    """Find a fault by its name."""
    for fault in FAULTS:
        if fault.name == name:
            return fault
    raise ValueError(f"name is {name!r}; expected one of {', '.join(fault.name for fault in FAULTS)}")
