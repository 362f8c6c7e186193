"""Understanding: from any text to the facts that it surely states, and the nearest values where it is not sure."""

from flows.understanding.lexicon import Lexicon
from flows.understanding.normalise import clean, normalise
from flows.understanding.understand import Reading, understand

__all__ = ["Lexicon", "Reading", "clean", "normalise", "understand"]
