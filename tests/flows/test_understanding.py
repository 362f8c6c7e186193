"""Understanding: normalising, alarms, answers, and what is never read into a message."""

from datetime import UTC, datetime

import pytest

from bot import paths
from bot.content.load import load_or_raise
from flows import hearing
from flows.events import Said
from flows.guide import Guide
from flows.session import Screen, Session
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


@pytest.mark.parametrize(
    ("text", "profession"),
    [
        ("работала бухгалтером на складе", "accountant"),
        ("pracowałam jako księgowa w magazynie", "accountant"),
        ("depoda muhasebeci olarak çalıştım", "accountant"),
        ("sunt inginer mecanic", "mechanical-engineer"),
        ("була інженером-електриком", "electrical-engineer"),
        ("electrical enginer", "electrical-engineer"),
    ],
)
def test_a_profession_is_its_whole_title_and_not_where_it_was_exercised(
    guide: Guide, text: str, profession: str
) -> None:
    assert read(guide, text, "profession").facts["profession"] == profession


@pytest.mark.parametrize(
    ("text", "profession"),
    [
        ("nurse but now I clean rooms", "nurse"),
        ("ici je fais le ménage mais je suis sage-femme", "midwife"),
        ("burada temizlik yapıyorum ama eczacıyım", "pharmacist"),
        ("فعلا گارسون هستم ولی در ایران وکیل بودم", "lawyer"),
        ("Ich putze hier, aber eigentlich bin ich Apothekerin", "pharmacist"),
    ],
)
def test_what_was_learned_counts_and_not_what_is_done_here(guide: Guide, text: str, profession: str) -> None:
    assert read(guide, text, "profession").facts["profession"] == profession


@pytest.mark.parametrize(
    ("text", "asked", "fact"),
    [
        ("хочу чтобы мой диплом полностью признали", "notice", "notice"),
        ("I want it fully recognised", "notice", "notice"),
        ("làm sao để được công nhận toàn phần", None, "notice"),
        ("Ich möchte, dass mein Diplom voll anerkannt wird", "notice", "notice"),
        ("сестрі відмовили у визнанні", None, "notice"),
        ("утре пътувам за Гърция на почивка", None, "origin"),
        ("im Sommer fliege ich nach Tunesien in den Urlaub", None, "origin"),
        ("je voulais être médecin mais bon", "profession", "profession"),
        ("how can I become a nurse here", "concern", "profession"),
        ("mein Arzt sagt ich soll zu Hause bleiben", None, "profession"),
        ("мой врач сказал отдыхать", None, "profession"),
        ("خانه دار هستم", "profession", "profession"),
        ("wir haben ein Hotel auf Usedom und suchen Köche aus Vietnam", None, "profession"),
        ("don't have my diploma recognised", "notice", "papers"),
    ],
)
def test_a_wish_a_journey_or_somebody_else_is_not_read(guide: Guide, text: str, asked: str | None, fact: str) -> None:
    reading = read(guide, text, asked)
    assert fact not in reading.facts
    assert fact not in reading.unsure


def test_who_has_it_fully_recognised_and_wants_to_work_is_believed(guide: Guide) -> None:
    assert read(guide, "my diploma is fully recognised and I want to work", None).facts["notice"] == "full"


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("I started university but never finished because of the war", "none"),
        ("jai commencé la fac mais g pas fini", "none"),
        ("دو سال دانشگاه رفتم ولی ول کردم", "none"),
        ("em học đại học được 2 năm rồi bỏ dở", "none"),
        ("lise ve üniversite mezunuyum", "academic"),
        ("професійно-технічне училище", "vocational"),
        ("lise mezunuyum", "none"),
    ],
)
def test_a_university_that_was_left_is_none_and_school_says_nothing_beside_more(
    guide: Guide, text: str, degree: str
) -> None:
    assert read(guide, text, "degree").facts == {"degree": degree}


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("вчився в училищі", "degree", "vocational"),
        ("Tiermedizin studiert, Uni-Abschluss", "degree", "academic"),
        ("stau în Waren", "place", "mecklenburgische_seenplatte"),
        ("Anerkennung: rejected", "notice", "rejected"),
    ],
)
def test_what_only_answers_counts_beside_a_word_that_tells_of_it(
    guide: Guide, text: str, fact: str, value: str
) -> None:
    assert read(guide, text).facts[fact] == value


@pytest.mark.parametrize("text", ["училище", "ein Studium", "Waren", "rejected"])
def test_what_only_answers_counts_nowhere_else(guide: Guide, text: str) -> None:
    assert not read(guide, f"{text} ja").facts


@pytest.mark.parametrize(
    ("text", "asked", "profession"),
    [
        ("doctorat în biologie", None, "biologist"),
        ("em học xong trung cấp nấu ăn", None, "cook"),
        ("تعلمت الكهرباء بالمعهد الفني", None, "electrician"),
        ("cooking", "profession", "cook"),
        ("vreau să învăț chimie", None, None),
        ("chemistry is hard", None, None),
        ("dropped out of university, physics", None, None),
        ("doctorat în biologie, sunt profesoară", None, "teacher"),
    ],
)
def test_what_was_studied_tells_the_profession_where_none_is_named(
    guide: Guide, text: str, asked: str | None, profession: str | None
) -> None:
    assert read(guide, text, asked).facts.get("profession") == profession


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("inginer mecanic, politehnica Timișoara", "academic"),
        ("học đại học Huế", "academic"),
        ("welder, community college", "vocational"),
        ("after technikum", "vocational"),
        ("працюю прибиральницею в коледжі в Одесі", None),
        ("дуже хочу в технікум, я з Одеси", None),
        ("می‌خوام لیسانس بگیرم", None),
    ],
)
def test_a_school_next_to_a_profession_or_a_country_was_finished(guide: Guide, text: str, degree: str | None) -> None:
    assert read(guide, text).facts.get("degree") == degree


@pytest.mark.parametrize(
    "text",
    [
        "секретарь не пускает", "водитель автобуса нагрубил", "the nurse was rude", "машина сломалась, ищу механика",
        "آقای نجار به من زنگ زد", "یک وکیل خوب می‌شناسید؟", "тренер сына",
    ],
)  # fmt: skip
def test_what_somebody_else_does_is_no_profession_of_theirs(guide: Guide, text: str) -> None:
    assert "profession" not in read(guide, text).facts


@pytest.mark.parametrize(
    ("text", "eu_citizen"),
    [("jestem obywatelem Gruzji", "no"), ("شهروند ترکیه‌ام", "no"), ("I am a citizen of Malta", "yes")],
)
def test_whose_citizen_somebody_is_says_whether_it_is_the_union(guide: Guide, text: str, eu_citizen: str) -> None:
    session = Session(language="en", screen=Screen.RESULT, turn=1)
    reading = hearing.read(guide, session, Said(text, datetime(2026, 11, 25, tzinfo=UTC)))
    assert reading is not None
    assert reading.facts == {"eu_citizen": eu_citizen}


def test_an_embassy_is_no_country_of_theirs(guide: Guide) -> None:
    assert not read(guide, "посольство России в Берлине").facts


def test_an_employer_who_does_not_pay_is_no_employer_asking(guide: Guide) -> None:
    text = "роботодавець звільнив мене і не виплатив зарплату"
    assert dict(read(guide, text, "concern").facts) == {"concern": "labour_rights"}


def test_one_passport_of_the_union_is_enough(guide: Guide) -> None:
    assert read(guide, "am si moldoveneasca si romana", "eu_citizen").facts["eu_citizen"] == "yes"
    assert read(guide, "nu, moldoveneasca", "eu_citizen").facts["eu_citizen"] == "no"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("aptekarka sum, zhiveya v Schwerin", "schwerin"),
        ("انا ممرضة وساكنة ببارشيم", "ludwigslust_parchim"),
        ("man ashpazam dar schwerin", "schwerin"),
        ("hala Türkiyedeyim, kaynakçıyım", "abroad"),
    ],
)
def test_german_names_are_known_in_other_letters_and_with_what_is_written_to_them(
    guide: Guide, text: str, place: str
) -> None:
    reading = read(guide, text)
    assert reading.facts["place"] == place
    assert reading.facts["profession"]


def test_a_place_that_is_only_near_counts_where_no_other_is_told(guide: Guide) -> None:
    assert read(guide, "بارشيم قريب من شفيرين", "place").facts["place"] == "ludwigslust_parchim"
    assert read(guide, "Güstrow, near Rostock", "place").facts["place"] == "landkreis_rostock"
    assert read(guide, "near Wismar", "place").facts["place"] == "nordwestmecklenburg"


@pytest.mark.parametrize(
    "text",
    [
        "je ne veux plus vivre avec mon mari",
        "ya no quiero vivir aquí",
        "больше не хочу жить здесь",
        "yalnız yaşamak istemiyorum",
    ],
)
def test_what_may_be_an_alarm_is_one(guide: Guide, text: str) -> None:
    """Not to want to live here, alone or with somebody: a false alarm is the smaller evil."""
    assert read(guide, text).crisis


@pytest.mark.parametrize("asked", [None, "concern", "notice"])
def test_a_decision_tells_of_itself_whatever_was_asked(guide: Guide, asked: str | None) -> None:
    reading = read(guide, "Ankara'dan hemşireyim, kısmi denklik aldım", asked)
    assert reading.facts["notice"] == "partial"


@pytest.mark.parametrize(
    ("text", "asked", "facts"),
    [
        ("vivo con mi prima en Rostock", None, {"place": "rostock"}),
        ("Baustelle war in Parchim, wohne in Schwerin", None, {"place": "schwerin"}),
        ("still live in India but got a job offer from a company in Schwerin", None, {"place": "abroad"}),
        ("Bauer, gar nichts, keine Ausbildung", None, {"profession": "farmer", "degree": "none"}),
        ("recognition, not yet", None, {"concern": "recognition", "notice": "none"}),
        ("tarım üreticisiyim", None, {"profession": "farmer"}),
        ("şu an Wolgasttayız", "place", {"place": "vorpommern_greifswald"}),
        ("Муж у меня сварщик, а я учитель начальных классов. Хочу подтвердить диплом", None,
         {"concern": "recognition", "profession": "primary-teacher"}),
        ("магістр, КНЕУ", "degree", {"degree": "academic", "origin": "UA"}),
        ("работаю уборщицей в КНЕУ", None, {"profession": "cleaner"}),
        ("farmer, bachelor, work experience on the job", None, {"profession": "farmer", "degree": "academic"}),
        ("vendedor de frtusa", "profession", {"profession": "market-seller"}),
    ],
)  # fmt: skip
def test_whose_and_where_and_what_more_it_is(guide: Guide, text: str, asked: str | None, facts: dict[str, str]) -> None:
    reading = read(guide, text, asked)
    assert (dict(reading.facts), dict(reading.unsure)) == (facts, {})
