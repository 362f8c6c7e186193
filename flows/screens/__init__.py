"""What each screen says: one file a screen. A screen is a function of the guide and the session, nothing else."""

from collections.abc import Callable, Mapping
from typing import Final

from flows.guide import Guide
from flows.screens.change import change
from flows.screens.crisis import crisis, forced
from flows.screens.details import details
from flows.screens.help import help_
from flows.screens.human import human
from flows.screens.language import language
from flows.screens.privacy import deleted, mydata, privacy
from flows.screens.question import again, papers, question, which
from flows.screens.result import result
from flows.screens.returning import returning
from flows.session import Screen, Session
from flows.texts import Message

Show = Callable[[Guide, Session], tuple[Message, ...]]

SCREENS: Final[Mapping[Screen, Show]] = {
    Screen.QUESTION: question,
    Screen.AGAIN: again,
    Screen.WHICH: which,
    Screen.PAPERS: papers,
    Screen.RESULT: result,
    Screen.DETAILS: details,
    Screen.CHANGE: change,
    Screen.LANGUAGE: language,
    Screen.HELP: help_,
    Screen.HUMAN: human,
    Screen.CRISIS: crisis,
    Screen.FORCED: forced,
    Screen.RETURNING: returning,
    Screen.PRIVACY: privacy,
    Screen.MYDATA: mydata,
    Screen.DELETED: deleted,
}
