"""Who is sent where: each row of the routing table, as facts and the exact result."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.facts import CLOSED, DISTRICTS, ORDER, UNKNOWN, Facts
from flows.guide import Guide
from flows.interview import next_question

AQB = {
    "rostock": "aqb-migra-rostock",
    "landkreis_rostock": "aqb-migra-rostock",
    "vorpommern_ruegen": "aqb-migra-rostock",
    "mecklenburgische_seenplatte": "aqb-genres-neubrandenburg",
    "vorpommern_greifswald": "aqb-genres-greifswald",
    "schwerin": "aqb-vsp-schwerin",
    "ludwigslust_parchim": "aqb-vsp-schwerin",
    "nordwestmecklenburg": "aqb-vsp-schwerin",
}
FITS, CLARIFY = "fits", "clarify"
BEFORE_A_DECISION = {"iq-qualification": CLARIFY, "iq-training": CLARIFY, "iq-coaching": CLARIFY}


def routed(guide: Guide, **facts: str) -> dict[str, str]:
    return {r.id: r.verdict for r in guide.router.recommend(facts)}


def in_mv(guide: Guide, **facts: str) -> dict[str, str]:
    """The result for somebody in Schwerin, without its service point, which must be in it."""
    found = routed(guide, **{"concern": "recognition", "place": "schwerin", **facts})
    assert found.pop("aqb-vsp-schwerin") == FITS
    return found


def test_labour_rights_from_a_third_country(guide: Guide) -> None:
    expected = {"faire-integration": FITS, "pointer-correct": FITS}
    assert routed(guide, concern="labour_rights", eu_citizen="no") == expected
    assert routed(guide, concern="labour_rights", eu_citizen="no", place="abroad") == expected


def test_labour_rights_from_the_eu(guide: Guide) -> None:
    found = routed(guide, concern="labour_rights", eu_citizen="yes")
    assert found == {"pointer-correct": FITS, "iq-coordination": FITS}
    assert next(iter(found)) == "pointer-correct"


def test_labour_rights_citizenship_not_told(guide: Guide) -> None:
    found = routed(guide, concern="labour_rights", eu_citizen=UNKNOWN)
    assert found == {"pointer-correct": FITS, "faire-integration": CLARIFY}


@pytest.mark.parametrize("place", DISTRICTS)
def test_employer_in_mv(guide: Guide, place: str) -> None:
    expected = {"fachkraefteeinwanderung": FITS, "pointer-fachkraefte-service-zentrale": FITS}
    assert routed(guide, concern="employer", place=place) == expected


@pytest.mark.parametrize("place", ["elsewhere_in_germany", "abroad", UNKNOWN])
def test_employer_outside_mv(guide: Guide, place: str) -> None:
    expected = {"fachkraefteeinwanderung": CLARIFY, "pointer-fachkraefte-service-zentrale": CLARIFY}
    assert routed(guide, concern="employer", place=place) == expected


@pytest.mark.parametrize("place", DISTRICTS)
@pytest.mark.parametrize("concern", ["recognition", "qualification"])
def test_every_district_has_its_service_point(guide: Guide, concern: str, place: str) -> None:
    found = routed(guide, concern=concern, place=place)
    assert found[AQB[place]] == FITS
    assert not (set(AQB.values()) - {AQB[place]}) & set(found)


@pytest.mark.parametrize("degree", ["vocational", "academic"])
def test_nurse_with_partial_recognition(guide: Guide, degree: str) -> None:
    found = in_mv(guide, profession="nurse", degree=degree, origin="SY", notice="partial")
    assert found == {"iq-nursing": FITS, "iq-qualification": FITS}


@pytest.mark.parametrize("notice", ["none", "pending", "rejected", UNKNOWN])
def test_nurse_before_a_decision(guide: Guide, notice: str) -> None:
    facts = {"concern": "recognition", "place": "schwerin", "profession": "nurse", "degree": "vocational"}
    found = routed(guide, **facts, origin="PH", notice=notice)
    assert found == {"aqb-vsp-schwerin": FITS, "iq-nursing": CLARIFY, **BEFORE_A_DECISION}
    assert next(iter(found)) == "aqb-vsp-schwerin"


@pytest.mark.parametrize(
    "facts",
    [
        {"degree": "vocational", "origin": "SY", "notice": "full"},
        {"degree": "none"},
        {"degree": "vocational", "origin": "DE"},
    ],
)
def test_not_for_every_nurse(guide: Guide, facts: Facts) -> None:
    assert "iq-nursing" not in in_mv(guide, profession="nurse", **facts)


@pytest.mark.parametrize("profession", ["nursing-assistant", "home-carer", "midwife"])
def test_helpers_and_midwives_are_not_nurses(guide: Guide, profession: str) -> None:
    assert profession in guide.catalogue.professions
    found = in_mv(guide, profession=profession, degree="vocational", origin="SY", notice="partial")
    assert "iq-nursing" not in found


@pytest.mark.parametrize("field", ["engineering", "energy_electrical", "environment_heating", "mechanical", "vehicles"])
@pytest.mark.parametrize("degree", ["none", "vocational", "academic", UNKNOWN])
def test_green_fields_with_any_degree(guide: Guide, field: str, degree: str) -> None:
    assert in_mv(guide, profession=UNKNOWN, field=field, degree=degree)["iq-green"] == FITS


def test_green_to_be_clarified_without_a_qualification(guide: Guide) -> None:
    assert in_mv(guide, profession="cook", degree="none") == {"iq-green": CLARIFY}
    assert in_mv(guide, profession=UNKNOWN, degree="none") == {"iq-green": CLARIFY}


def test_green_not_for_another_profession_with_a_qualification(guide: Guide) -> None:
    assert "iq-green" not in in_mv(guide, profession="cook", degree="vocational", origin="UA", notice="none")


def test_partial_recognition(guide: Guide) -> None:
    found = in_mv(guide, profession="cook", degree="vocational", origin="UA", notice="partial")
    assert found == {"iq-qualification": FITS}


@pytest.mark.parametrize("notice", ["none", "pending", "rejected", UNKNOWN])
def test_before_a_decision(guide: Guide, notice: str) -> None:
    found = in_mv(guide, profession="cook", degree="vocational", origin="UA", notice=notice)
    assert found == BEFORE_A_DECISION


@pytest.mark.parametrize("facts", [{"origin": "UA", "notice": "full"}, {"origin": "DE"}])
def test_fully_recognised_or_earned_in_germany(guide: Guide, facts: Facts) -> None:
    found = in_mv(guide, profession="cook", degree="academic", **facts)
    assert found == {"iq-coaching": CLARIFY, "pointer-arbeitsagentur": FITS}


@pytest.mark.parametrize("concern", ["recognition", "qualification"])
def test_abroad(guide: Guide, concern: str) -> None:
    found = routed(guide, concern=concern, place="abroad", profession="nurse", notice="partial")
    pointers = {"pointer-make-it-in-germany": FITS, "pointer-anerkennung-in-deutschland": FITS}
    assert found == {"iq-coordination": FITS, **pointers}


def test_elsewhere_in_germany(guide: Guide) -> None:
    found = routed(guide, concern="recognition", place="elsewhere_in_germany")
    assert found == {"iq-coordination": FITS, "pointer-netzwerk-iq": FITS}


def test_place_unknown(guide: Guide) -> None:
    assert routed(guide, concern="recognition", place=UNKNOWN, profession="nurse") == {"iq-coordination": FITS}


@pytest.mark.parametrize("concern", ["other", UNKNOWN])
def test_another_concern(guide: Guide, concern: str) -> None:
    assert routed(guide, concern=concern) == {"iq-coordination": FITS, "pointer-migrationsberatung": FITS}


def test_reasons_and_what_is_open(guide: Guide) -> None:
    facts = {"concern": "recognition", "place": "schwerin", "profession": "nurse", "degree": "vocational"}
    recommended = guide.router.recommend({**facts, "origin": "SY", "notice": UNKNOWN})
    nursing = next(r for r in recommended if r.id == "iq-nursing")
    assert nursing.reasons == ("concern", "profession", "place", "degree", "origin", "notice")
    assert nursing.open == ("notice",)
    green = guide.router.recommend({**facts, "profession": UNKNOWN, "field": "vehicles"})
    assert next(r for r in green if r.id == "iq-green").reasons == ("concern", "field", "place")


def test_a_decision_implies_a_degree(guide: Guide) -> None:
    """Whoever has a partial recognition has a degree, told or not: nothing about it is open."""
    found = in_mv(guide, profession="cook", degree=UNKNOWN, origin="UA", notice="partial")
    assert found == {"iq-qualification": FITS}
    facts = {"concern": "recognition", "profession": "cook", "place": "schwerin", "notice": "partial"}
    assert next_question(guide.router, facts) == "origin"


def any_facts() -> st.SearchStrategy[dict[str, str]]:
    values = {f: [*CLOSED[f], UNKNOWN] for f in ("concern", "place", "degree", "notice", "eu_citizen")}
    professions = ["nurse", "cook", "engineer", "teacher", "physician", "midwife", UNKNOWN]
    values |= {"profession": professions, "origin": ["DE", "PL", "SY", "UA", UNKNOWN]}
    return st.fixed_dictionaries({}, optional={f: st.sampled_from(values[f]) for f in ORDER}).filter(consistent)


def consistent(facts: Facts) -> bool:
    return not (facts.get("degree") == "none" and facts.get("notice", "none") not in ("none", UNKNOWN))


@settings(max_examples=400, deadline=None)
@given(facts=any_facts(), rest=any_facts())
def test_nothing_unasked_can_change_the_result(guide: Guide, facts: dict[str, str], rest: dict[str, str]) -> None:
    """When the interview is over, no answers to all that was not asked, together, change the result."""
    if next_question(guide.router, facts) is not None:
        return
    completed = {**rest, **facts}
    if consistent(completed):
        assert guide.router.verdicts(completed) == guide.router.verdicts(facts)


@settings(max_examples=400, deadline=None)
@given(facts=any_facts())
def test_a_question_that_is_asked_can_change_the_result(guide: Guide, facts: dict[str, str]) -> None:
    """For the question at hand there are completions that differ in its answer alone and in the result."""
    asked = next_question(guide.router, facts)
    assert asked is None or guide.router.matters("profession" if asked == "field" else asked, facts)


@settings(max_examples=300, deadline=None)
@given(facts=any_facts())
def test_everybody_is_sent_somewhere(guide: Guide, facts: dict[str, str]) -> None:
    if next_question(guide.router, facts) is None:
        assert guide.router.verdicts(facts)
