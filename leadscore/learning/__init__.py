"""Learning: fit a model, judge it honestly, keep it as text."""

from leadscore.learning.artifact import dump_artifact, load_artifact, load_registered
from leadscore.learning.evaluate import Evaluation, evaluate
from leadscore.learning.model import LeadModel
from leadscore.learning.training import choose_mode, fit

__all__ = [
    "Evaluation",
    "LeadModel",
    "choose_mode",
    "dump_artifact",
    "evaluate",
    "fit",
    "load_artifact",
    "load_registered",
]
