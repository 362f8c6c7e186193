"""The proof is a proof: an interview that asks too much or too little, or a router without an end, is found."""

from dataclasses import replace
from datetime import date

import pytest

from flows import engine, proof
from flows.facts import ORDER, Facts
from flows.guide import Guide
from flows.routing import Router
from tests.conftest import NOON


def kinds(guide: Guide) -> set[tuple[str, str]]:
    return {(p.kind, p.question or p.entry) for p in proof.prove(guide).problems}


def test_the_shipped_content_holds(guide: Guide) -> None:
    proved = proof.prove(guide)
    assert proved.problems == []
    assert proved.paths > 5000
    assert proved.longest == 7


def test_an_interview_that_asks_everything_is_found(guide: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(router: Router, facts: Facts) -> str | None:
        return next((f for f in ORDER[:4] if f not in facts), None)

    monkeypatch.setattr(engine, "next_question", everything)
    found = kinds(guide)
    assert ("needless", "profession") in found
    assert ("not-asked", "notice") in found


def test_an_interview_that_asks_nothing_is_found(guide: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "next_question", lambda router, facts: None if facts else "concern")
    assert {("not-asked", "place"), ("not-asked", "eu_citizen")} <= kinds(guide)


def test_an_entry_that_has_expired_is_a_dead_end(guide: Guide) -> None:
    """Without the coordination there is nothing for another concern: the proof says so."""
    expired = {
        name: guide.catalogue.entries[name].model_copy(update={"valid_until": date(2020, 1, 1)})
        for name in ("iq-coordination", "pointer-migrationsberatung")
    }
    catalogue = guide.catalogue.model_copy(update={"entries": {**guide.catalogue.entries, **expired}})
    shorter = replace(guide, catalogue=catalogue, router=Router(catalogue, NOON.date()))
    assert ("dead-end", "") in kinds(shorter)
