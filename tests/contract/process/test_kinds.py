"""Opinions of a plugin's own kinds: found, acted on, corrected, on both databases."""

from __future__ import annotations

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.extension import Classifier, Registry, each
from mailhelper_core.model.mind.opinion import Opinion
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.process.opinions import OpinionService
from mailhelper_core.rules.service import RulesEngine
from mailhelper_core.search.service import SearchService
from mailhelper_core.settings import Settings
from mailhelper_core.store.work import pending
from tests.contract.process.hands import Hands, service
from tests.contract.rules.world import BUILT_IN


@each
def mood(message):
    angry = "angry" in message.subject
    return [Opinion("mood", "angry" if angry else "calm", 0.8), Opinion("risk", "0.9" if angry else "0.1", 0.5)]


MOODS = Classifier("moods", mood, kinds=("mood", "risk"))
DOUBTS = Classifier("doubts", each(lambda message: Opinion("mood", "calm", 0.6)), kinds=("mood",))


def found(ada: Hands, query: str) -> list[int]:
    return sorted(message.id for message in SearchService(ada.owner, Registry(), Dispatcher()).search(query))


def test_the_surest_answer_is_found_by_its_value_and_by_its_number(ada):
    angry, calm = ada.message("angry words"), ada.message("hello")
    silent = ada.message("later")
    with ada.owner.begin() as uow:
        pending.done(uow, "process", ada.account_id, [silent])
    service(ada, MOODS, DOUBTS).process()

    assert found(ada, "opinion:mood=angry") == [angry]
    assert found(ada, "opinion:mood:calm") == [calm]
    assert found(ada, "opinion:risk>0.7") == [angry]
    assert found(ada, "opinion:risk<=0.7") == [calm]
    assert found(ada, "opinion:mood>=0.8") == [angry, calm]
    assert found(ada, "-opinion:mood:*") == [silent]


def test_the_owners_word_counts_alone_until_it_is_taken_back(ada):
    angry = ada.message("angry words")
    service(ada, MOODS).process()

    change = OpinionService(ada.owner).correct([angry], others={"mood": "calm"})

    assert (found(ada, "opinion:mood=angry"), found(ada, "opinion:mood=calm opinion:mood>=1")) == ([], [angry])
    ada.take_back(change.id)
    assert (found(ada, "opinion:mood=angry"), found(ada, "opinion:mood=calm")) == ([angry], [])


def test_a_rule_acts_on_a_kind_of_a_plugin_and_says_what_it_saw(ada):
    angry, calm = ada.message("angry words"), ada.message("hello")
    service(ada, MOODS).process()
    rules = RulesEngine(ada.owner, BUILT_IN, Dispatcher(), Settings())
    rules.save(Rule("soothe", "opinion:mood=angry opinion:risk>0.5", [("tag", "urgent")]))

    rules.run(query="")

    assert (ada.see(angry).tag_names, ada.see(calm).tag_names) == ({"urgent"}, set())
    (hit,) = rules.hits("soothe")
    assert [step.saw for step in hit.trace] == ["angry", "0.9"]
