"""Training: gradients are clipped, an optimizer updates the weights, and an interrupted run can be resumed.

``trainer`` holds ``train``, a whole training in one call; ``loop`` the generator ``fit`` behind it; ``optimizers``
clipping, SGD and Adam; ``checkpoints`` the files; ``bar`` a progress bar.
"""

from lstm_helpers.model import Batch
from lstm_helpers.training.bar import progress_bar
from lstm_helpers.training.checkpoints import load_checkpoint, save_checkpoint
from lstm_helpers.training.loop import Best, Progress, fit, start
from lstm_helpers.training.optimizers import Optimizer, adam, clip_elements, clip_norm, sgd
from lstm_helpers.training.trainer import train

__all__ = [
    "Batch",
    "Best",
    "Optimizer",
    "Progress",
    "adam",
    "clip_elements",
    "clip_norm",
    "fit",
    "load_checkpoint",
    "progress_bar",
    "save_checkpoint",
    "sgd",
    "start",
    "train",
]
