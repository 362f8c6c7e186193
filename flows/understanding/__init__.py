"""Understanding: from any text to the facts that it surely states, and the nearest values where it is not sure.

`normalise` makes the same words the same string, `lexicon` knows what phrases stand for, `nearness` what a misspelt one
may be, `tongue` which language a message is in; `understand` puts it together.
"""

from flows.understanding.lexicon import Lexicon, Names
from flows.understanding.normalise import clean, normalise, normalise_all
from flows.understanding.understand import Reading, understand

__all__ = ["Lexicon", "Names", "Reading", "clean", "normalise", "normalise_all", "understand"]
