"""What the result and the details both say of an entry: whom to contact, what to bring, as of when."""

from datetime import date

from flows.catalogue import Entry
from flows.guide import Guide
from flows.texts import AsOf, Block, Choice, GermanSentence, Listing, Message, Paragraph, Text, Verbatim, _

STALE_AFTER_DAYS = 365


def whom_to_ask(guide: Guide, entry: Entry, *choices: Choice) -> Message:
    """The message that one keeps: whom to call, what to say and bring, and as of when this is known."""
    return Message((*_contact(guide, entry), *_documents(entry), _as_of(guide, entry)), choices)


def _contact(guide: Guide, entry: Entry) -> list[Block]:
    """Who it is, the contact that may be shown, and the German sentence to say there."""
    contact = guide.catalogue.contact_of(entry)
    blocks: list[Block] = []
    if contact.name != entry.provider:
        blocks.append(Paragraph(_("Wer: {provider}", provider=Verbatim(entry.provider))))
    if entry.id != guide.catalogue.coordination.id and not entry.has_own_contact():
        blocks.append(Paragraph(_("Fragen Sie die Koordination nach dem Kontakt:"), close=True))
    blocks.append(contact)
    if entry.say:
        blocks.append(GermanSentence(entry.say))
    return blocks


def _documents(entry: Entry) -> list[Block]:
    if not entry.documents:
        return []
    return [Listing(_("Bitte mitbringen:"), tuple(Text(d) for d in entry.documents))]


def _as_of(guide: Guide, entry: Entry) -> Paragraph:
    """As of when this was checked; whoever reads old facts is asked to have them confirmed."""
    date_ = AsOf(entry.checked)
    if is_old(entry.checked, guide.today):
        return Paragraph(_("Stand: {date}. Bitte fragen Sie die Koordination, ob das noch stimmt.", date=date_))
    return Paragraph(_("Stand: {date}.", date=date_))


def is_old(checked: str, today: date) -> bool:
    """Whether a fact was checked more than a year ago; a month or year counts from its first day."""
    first_day = date.fromisoformat(checked + "-01-01"[len(checked) - 4 :] if len(checked) < 10 else checked)
    return (today - first_day).days > STALE_AFTER_DAYS
