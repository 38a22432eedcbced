"""Accounts, jobs, tags and rules by JSON."""

from __future__ import annotations

from flask import Blueprint, Response

from mailhelper_core import Action, Job, Rule
from mailhelper_web.api.messages import known
from mailhelper_web.api.models import (
    AccountModel,
    JobModel,
    NewTag,
    PlanModel,
    Planned,
    RuleModel,
    TagModel,
)
from mailhelper_web.api.spec import answers, as_json, asked_body, describe, many_as_json, mine
from mailhelper_web.words.wording import advice, in_words

work = Blueprint("api_work", __name__, url_prefix="/api")

# What a plan shows; `matches` says how many more there are.
PLANNED = 50


@work.get("/accounts")
@describe(resp=answers(list[AccountModel]), tags=["accounts"])
def accounts() -> Response:
    """List the mail accounts."""
    return many_as_json([AccountModel.model_validate(one) for one in mine().accounts.list()])


@work.post("/accounts/<int:account_id>/run")
@describe(resp=answers(JobModel, status=202), tags=["accounts"])
def run_account(account_id: int) -> tuple[Response, int]:
    """Ask for the whole journey of an account."""
    job = mine().jobs.submit("run", account_id=known(account_id))
    return as_json(told_job(job), 202)


@work.get("/jobs/<int:job_id>")
@describe(resp=answers(JobModel), tags=["jobs"])
def job(job_id: int) -> tuple[Response, int]:
    """Say how far a job is."""
    return as_json(told_job(mine().jobs.get(known(job_id))))


@work.post("/jobs/<int:job_id>/cancel")
@describe(resp=answers(JobModel), tags=["jobs"])
def cancel(job_id: int) -> tuple[Response, int]:
    """Ask a job to stop after its batch."""
    return as_json(told_job(mine().jobs.cancel(known(job_id))))


@work.get("/tags")
@describe(resp=answers(list[TagModel]), tags=["tags"])
def tags() -> Response:
    """List the tags."""
    return many_as_json([TagModel.model_validate(one) for one in mine().tags.list()])


@work.post("/tags")
@describe(json=NewTag, resp=answers(TagModel, status=201), tags=["tags"])
def create_tag() -> tuple[Response, int]:
    """Make a tag."""
    new = asked_body(NewTag)
    tag = mine().tags.create(new.name, color=new.color, description=new.description)
    return as_json(TagModel.model_validate(tag), 201)


@work.get("/rules")
@describe(resp=answers(list[RuleModel]), tags=["rules"])
def rules() -> Response:
    """List the rules in their order."""
    return many_as_json([RuleModel.model_validate(one) for one in mine().rules.list()])


@work.post("/rules")
@describe(json=RuleModel, resp=answers(RuleModel, status=201), tags=["rules"])
def save_rule() -> tuple[Response, int]:
    """Save a rule; one of the same name gets a new revision."""
    return as_json(RuleModel.model_validate(mine().rules.save(_rule())), 201)


@work.post("/rules/plan")
@describe(json=RuleModel, resp=answers(PlanModel), tags=["rules"])
def plan() -> tuple[Response, int]:
    """Tell what a rule would do to the newest messages that it finds, changing nothing."""
    rule, ada = _rule(), mine()
    found = ada.search(rule.when, limit=PLANNED)
    chosen = " OR ".join(f"id:{message.id}" for message in found)
    hits = ada.rules.plan(chosen, only=rule).hits if chosen else ()
    planned = [Planned(message_id=hit.message_id, operations=[in_words(one) for one in hit.operations]) for hit in hits]
    return as_json(PlanModel(matches=ada.count(rule.when), hits=planned))


@work.post("/rules/<int:rule_id>/run")
@describe(resp=answers(JobModel, status=202), tags=["rules"])
def run_rule(rule_id: int) -> tuple[Response, int]:
    """Let a rule act on all that it finds in mail that is here."""
    ada = mine()
    ada.rules.request(known(rule_id))
    return as_json(told_job(ada.jobs.submit("apply_rules")), 202)


@work.delete("/rules/<int:rule_id>")
@describe(resp=answers(status=204), tags=["rules"])
def delete_rule(rule_id: int) -> tuple[str, int]:
    """Delete a rule; what it did stays."""
    mine().rules.delete(known(rule_id))
    return "", 204


def told_job(job: Job) -> JobModel:
    """Answer a job with what its error means, in words."""
    return JobModel.model_validate(job).model_copy(update={"advice": advice(job.error_code) if job.error_code else ""})


def _rule() -> Rule:
    asked = asked_body(RuleModel)
    then = [Action(one.name, one.argument, **one.arguments) for one in asked.then]
    return Rule(
        asked.name, asked.when, then, account_id=asked.account_id, enabled=asked.enabled, otherwise=asked.otherwise,
        delay=asked.delay, propose=asked.propose, schedule=asked.schedule,
    )  # fmt: skip
