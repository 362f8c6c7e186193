"""Understanding: normalising, alarms, answers, and what is never read into a message."""

import pytest

from bot import paths
from bot.content.load import load_or_raise
from flows.guide import Guide
from flows.understanding import Reading, clean, normalise, understand


def read(guide: Guide, text: str, asked: str | None = None) -> Reading:
    return understand(text, asked, guide.lexicon)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("  KRANKENSCHWESTER, Güstrow! ", "krankenschwester gustrow"),
        ("Straße", "strasse"),
        ("مُمَرِّضَة", "ممرضة"),
        ("١٨٠٥٥", "18055"),
        ("п'ять", "пять"),
        ("ﬁnal", "final"),
    ],
)
def test_the_same_words_written_differently(written: str, same: str) -> None:
    assert normalise(written) == normalise(same)


def test_letters_that_differ_stay_different() -> None:
    assert normalise("їжак") != normalise("іжак")
    assert normalise("мой") != normalise("мои")


def test_clean_keeps_what_may_be_shown() -> None:
    assert clean("Koch\u202e\x00 und\nBäcker\ud800") == "Koch und Bäcker"


@pytest.mark.parametrize(
    "text",
    [
        "Mein Mann schlägt mich",
        "my husband beats me",
        "чоловік б'є мене",
        "زوجي يضربني",
        "Ich will nicht mehr leben",
        "I want to kill myself",
        "не хочу жити",
        "اريد ان اموت",
        "Der Chef hat mir den Pass weggenommen",
        "my boss took my passport",
        "المدير بيضربني ما بيدفع",
        "Mein Chef schlägt mich und zahlt nicht",
        "my boss beats me and does not pay my wage",
        "he grabbed my throat",
        "I am scared of him",
        "I don't want to live",
        "I don't want to live in this world",
        "my employer has our passports",
        "he does not allow me to leave the house",
        "він погрожує вбити мене",
        "боюся його",
        "не хочу жити в цьому світі",
        "мені не дозволяють вийти",
        "роботодавець не віддає наші паспорти",
        "معه سكين",
        "لا أريد أن أعيش",
        "أخذوا جوازاتنا",
        "ما بيخلونا نطلع",
    ],
)
@pytest.mark.parametrize("asked", [None, "profession", "place"])
def test_alarms_are_heard_at_any_question(guide: Guide, text: str, asked: str | None) -> None:
    assert read(guide, text, asked).crisis


@pytest.mark.parametrize(
    "text",
    [
        "Mein Pass ist abgelaufen",
        "Was schlägst du vor?",
        "I need to kill time",
        "Ich kann nicht mehr arbeiten",
        "I took my passport to the embassy",
        "the job centre forces me to work",
        "мій адвокат домагається визнання",
        "Ausländerbehörde забрала мій паспорт",
        "змушують працювати у вихідні",
        "المدير يهددني بعدم تجديد العقد",
        "ضربتني سيارة بالطريق",
        "پولیس",
    ],
)
def test_ordinary_sentences_are_no_alarm(guide: Guide, text: str) -> None:
    assert not read(guide, text).crisis


@pytest.mark.parametrize(
    ("text", "asked", "facts"),
    [
        ("Krankenschwester", "profession", {"profession": "nurse"}),
        ("я медсестра", "profession", {"profession": "nurse"}),
        ("ممرضة", "profession", {"profession": "nurse"}),
        ("Wismar", "place", {"place": "nordwestmecklenburg"}),
        ("ich wohne in 19053 Schwerin", "place", {"place": "schwerin"}),
        ("Syrien", "origin", {"origin": "SY"}),
        ("سوريا", "origin", {"origin": "SY"}),
        ("Teilanerkennung", "notice", {"notice": "partial"}),
        ("Mein Chef zahlt nicht", None, {"concern": "labour_rights"}),
        ("Koch aus Syrien in Wismar", None, {"profession": "cook", "origin": "SY", "place": "nordwestmecklenburg"}),
        ("I studied in Turkey but I am from Syria", None, {"origin": "TR"}),
        ("I work as a cleaner here but I am an engineer", None, {"profession": "engineer"}),
        ("зараз перебуваю в Польщі", None, {"place": "abroad"}),
        ("درست بدمشق وبعيش بروستوك", None, {"origin": "SY", "place": "rostock"}),
        ("زوجتي ممرضة وأنا كهربائي", None, {"profession": "electrician"}),
    ],
)
def test_facts(guide: Guide, text: str, asked: str | None, facts: dict[str, str]) -> None:
    assert dict(read(guide, text, asked).facts) == facts


@pytest.mark.parametrize(
    ("text", "asked", "fact"),
    [
        ("Ich bin keine Krankenschwester", "profession", "profession"),
        ("I am not a nurse", "profession", "profession"),
        ("я не медсестра", "profession", "profession"),
        ("لست ممرضة", "profession", "profession"),
        ("حابة صير ممرضة", "profession", "profession"),
        ("my surname is Cook", "profession", "profession"),
        ("Ich wohne in Deutschland", "place", "origin"),
        ("Ich habe ein Zeugnis von anabin", "notice", "notice"),
        ("мій диплом", "degree", "degree"),
        ("keine Papiere", "degree", "papers"),
    ],
)
def test_what_is_not_read_into_it(guide: Guide, text: str, asked: str, fact: str) -> None:
    reading = read(guide, text, asked)
    assert fact not in reading.facts
    assert fact not in reading.unsure


def test_several_professions_are_several(guide: Guide) -> None:
    reading = read(guide, "Ich bin Krankenschwester und Köchin", "profession")
    assert {o.value for o in reading.unsure["profession"]} == {"nurse", "cook"}
    assert reading.several


def test_a_postcode_of_two_districts_is_not_guessed(guide: Guide) -> None:
    reading = read(guide, "18059", "place")
    assert {o.value for o in reading.unsure["place"]} == {"rostock", "landkreis_rostock"}


def test_every_town_is_known_by_its_name(guide: Guide) -> None:
    towns = [p for p in load_or_raise(paths.CONTENT).places if p.kind == "town"]
    assert len(towns) == 84
    for town in towns:
        reading = read(guide, town.name, "place")
        found = {reading.facts.get("place")} | {o.value for o in reading.unsure.get("place", ())}
        assert town.district in found, town.name
