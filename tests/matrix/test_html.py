"""How messages look on Matrix: pieces that fit, a body that stands alone, HTML that shows what was written."""

import json
import re

import pytest

from bot.channels.matrix.html import pieces
from bot.knowledge import Knowledge
from flows.events import Say
from flows.texts import Choice, Contact, Heading, Listing, Message, Paragraph, Verbatim, _
from tests.conftest import LANGUAGES, Talk

ENVELOPE = 2_000
"""Bytes of an event around its texts: ids, hashes, signatures, the session's keys."""


def sent(body: str, html: str) -> int:
    """Bytes of an encrypted event with these texts: as nio writes them, then in base64."""
    content = {"msgtype": "m.text", "body": body, "format": "org.matrix.custom.html", "formatted_body": html}
    return len(json.dumps(content)) * 4 // 3 + ENVELOPE


@pytest.mark.parametrize("letter", ["x", "م", "🐦", "<"])
def test_long_texts_are_split_and_fit(knowledge: Knowledge, letter: str) -> None:
    long = Message((*(Paragraph(Verbatim(letter * 900)) for _n in range(40)), Paragraph(Verbatim(letter * 30_000))))
    made = pieces(long, knowledge.speaker("ar"))
    assert len(made) > 1
    assert "".join(p.body for p in made).count(letter) == 66_000
    assert max(sent(*p) for p in made) < 65_536


def test_what_was_written_is_shown_and_does_nothing(knowledge: Knowledge) -> None:
    nasty = '<b onclick="x">&amp;</b>'
    message = Message(
        (Heading(Verbatim(nasty)), Paragraph(Verbatim(nasty)), Listing(_("Hilfe"), (Verbatim(nasty),), "bullets")),
        (Choice("x", Verbatim(nasty)),),
    )
    (piece,) = pieces(message, knowledge.speaker("de"))
    assert piece.body.count(nasty) == 4
    assert "<b" not in piece.html
    assert piece.html.count("&lt;b onclick=&quot;x&quot;&gt;&amp;amp;&lt;/b&gt;") == 4
    assert piece.html.startswith("<p><strong>")


def test_links(knowledge: Knowledge) -> None:
    contact = Contact("A & B", "0381 1", "a@b.de", "www.b.de/?x=1&y=2")
    (piece,) = pieces(Message((contact,)), knowledge.speaker("de"))
    assert '<a href="https://www.b.de/?x=1&amp;y=2">www.b.de/?x=1&amp;y=2</a>' in piece.html
    assert '<a href="mailto:a@b.de">a@b.de</a>' in piece.html
    assert "tel:" not in piece.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_has_its_number(talk: Talk, knowledge: Knowledge, language: str) -> None:
    conversation = talk(language)
    for text in ("/start", "1", "1", "1", "1", "2", "3"):
        turn = conversation.said(text)
        message = [e.message for e in turn.effects if isinstance(e, Say)][-1]
        (piece,) = pieces(message, knowledge.speaker(language))
        numbers = re.findall(r"^(\d+)\. ", piece.body, re.MULTILINE)
        assert numbers == [str(n) for n in range(1, len(message.choices) + 1)]
        assert piece.html.count("<ol>") == 1
        assert tuple(c.id for c in message.choices) == conversation.session.shown


def test_commands_are_named_as_clients_let_them_through(talk: Talk, knowledge: Knowledge) -> None:
    greeting = next(e.message for e in talk("de").said("/start").effects if isinstance(e, Say))
    (piece,) = pieces(greeting, knowledge.speaker("de"))
    assert "!language" in piece.body
    assert not re.search(r"(?<![<\w])/\w", piece.body)
