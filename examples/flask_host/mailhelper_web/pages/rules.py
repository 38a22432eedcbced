"""Rules: written as a query with actions, tried on real mail before they act, taken back as a whole."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from mailhelper_core import ConflictError, InvalidError, OwnerServices, Rule
from mailhelper_web.look.toasts import offer, offer_undo
from mailhelper_web.owner import helper, mine
from mailhelper_web.parts.rule_choices import ARGUMENTS, choices
from mailhelper_web.parts.rule_conditions import conditions_of, without
from mailhelper_web.parts.rule_form import ACTIONS, CONDITIONS, MAX_ROWS, read_rule, rows_of, rows_to_fill, typed_rule
from mailhelper_web.parts.subjects import subjects_of
from mailhelper_web.parts.waiting import proposals
from mailhelper_web.words.wording import advice

rules = Blueprint("rules", __name__, url_prefix="/rules")

# What a preview shows; the count beside it says how many more there are.
SAMPLE = 8
COUNT_AT_MOST = 1_000
RECENT = 20


@rules.get("/")
def listing() -> str:
    """List the rules in their order, and those that are ready to take."""
    ada = mine()
    saved, hits = ada.rules.list(), ada.rules.hits(limit=RECENT)
    taken = {rule.name for rule in saved}
    return render_template(
        "rules/list.html",
        rules=saved,
        ready=[one for one in ada.rules.ready_made() if one.rule.name not in taken],
        mode=ada.rules.mode(),
        hits=hits,
        subjects=subjects_of(ada, (hit.message_id for hit in hits)),
        findings=ada.rules.analyze(),
        proposed=proposals(ada),
        suggested=[one for one in ada.rules.suggest() if one.rule.name not in taken],
    )


@rules.get("/new")
def new() -> str:
    """Show an empty form, or a rule that was offered, or one for what a search found."""
    ada = mine()
    ready = {one.rule.name: one.rule for one in ada.rules.suggest()}
    ready |= {one.name: one.rule for one in ada.rules.ready_made()}
    rule = ready.get(request.args.get("ready", "")) or Rule("", when=request.args.get("when", ""))
    return _form(rule)


@rules.get("/<int:rule_id>")
def edit(rule_id: int) -> str:
    """Show a saved rule with its history."""
    ada = mine()
    rule = ada.rules.get(rule_id)
    hits = ada.rules.hits(rule_id, limit=RECENT)
    return _form(
        rule, history=ada.rules.history(rule_id), hits=hits, subjects=subjects_of(ada, (hit.message_id for hit in hits))
    )


@rules.post("/save")
def save() -> Response | tuple[str, int]:
    """Save the rule that the form describes; a mistake is shown where it is."""
    ada = mine()
    try:
        saved = ada.rules.save(_as_known(ada, read_rule(request.form)))
    except InvalidError as error:
        return _form(typed_rule(request.form), rows=rows_to_fill(request.form), problem=error), 400
    flash(gettext("%(name)s is saved and acts on new mail. Run it for mail that is here.", name=saved.name), "info")
    return redirect(url_for("rules.edit", rule_id=saved.id), 303)


@rules.post("/add")
def add() -> str:
    """Show the form again with what a button of it asks for; nothing is saved.

    Conditions that were chosen are written into the rule, one is taken out of it, or there is a row for another action.
    """
    form, rule = request.form, typed_rule(request.form)
    if "without" in form:
        rule = replace(rule, when=without(mine(), rule.when, form["without"]))
    return _form(rule, rows=rows_to_fill(form), focus="action" if form.get("more") else "conditions")


@rules.post("/preview")
def preview() -> str:
    """Tell what the rule of the form would do to mail that is here, changing nothing."""
    try:
        # A rule that is new may be named like another for now, or not at all.
        return _preview(mine(), replace(typed_rule(request.form), name=uuid4().hex))
    except InvalidError as error:
        return render_template("rules/preview.html", problem=error, when=request.form.get("when", ""))


@rules.post("/<int:rule_id>/run")
def run(rule_id: int) -> Response:
    """Let this rule act on all that it finds in mail that is here, as a job; its page offers to undo it."""
    ada = mine()
    try:
        ada.rules.request(rule_id)
        job = ada.jobs.submit("apply_rules")
    except ConflictError:
        flash(gettext("This rule is switched off, or cannot act now."), "info")
        return redirect(url_for("rules.edit", rule_id=rule_id), 303)
    return redirect(url_for("jobs.show", job_id=job.id), 303)


@rules.post("/<int:rule_id>/switch")
def switch(rule_id: int) -> Response:
    """Switch a rule off or on."""
    ada = mine()
    rule = ada.rules.get(rule_id)
    enabled = request.form.get("enabled") == "1"
    ada.rules.save(replace(rule, enabled=enabled))
    return redirect(url_for("rules.listing"), 303)


@rules.post("/<int:rule_id>/move")
def move(rule_id: int) -> Response:
    """Move a rule one place up or down."""
    ada = mine()
    order = [rule.id for rule in ada.rules.list()]
    at = order.index(ada.rules.get(rule_id).id)
    to = max(0, min(len(order) - 1, at + (-1 if request.form.get("to") == "up" else 1)))
    order.insert(to, order.pop(at))
    ada.rules.reorder(order)
    return redirect(url_for("rules.listing"), 303)


@rules.post("/<int:rule_id>/delete")
def delete(rule_id: int) -> Response:
    """Delete a rule; what it did stays done, and one click brings it back to its place."""
    ada = mine()
    rule, order = ada.rules.get(rule_id), [one.id for one in ada.rules.list()]
    ada.rules.delete(rule_id)
    words = gettext("%(name)s is gone; what it did stays.", name=rule.name)
    offer(words, url_for("rules.restore", rule_id=rule_id), {"at": [order.index(rule_id)]})
    return redirect(url_for("rules.listing"), 303)


@rules.post("/<int:rule_id>/restore")
def restore(rule_id: int) -> Response:
    """Save a deleted rule again as it was last, where it stood in the order; a name that is taken keeps it out."""
    ada = mine()
    last, saved = ada.rules.history(rule_id)[0], ada.rules.list()
    if any(last.name == one.name or one.id == rule_id for one in saved):
        flash(gettext("Another rule has this name."), "error")
        return redirect(url_for("rules.listing"), 303)
    order = [one.id for one in saved]
    order.insert(request.form.get("at", len(order), type=int), ada.rules.save(replace(last, id=0)).id)
    ada.rules.reorder(order)
    flash(gettext("%(name)s is back.", name=last.name), "info")
    return redirect(url_for("rules.listing"), 303)


@rules.post("/proposed/<int:change_id>")
def decide(change_id: int) -> Response:
    """Let happen what a rule proposed, or refuse it."""
    ada = mine()
    if request.form.get("word") == "approve":
        done = ada.rules.approve(change_id)
        left = [one for one in done if one.state == "cancelled"]
        if not len(done):  # all was so already
            flash(gettext("There was nothing to do."), "info")
        elif len(left) < len(done):
            offer_undo(gettext("Done."), done)
        for why in dict.fromkeys(one.error_code for one in left):
            number = sum(one.error_code == why for one in left)
            steps = ngettext("%(num)s step was left out:", "%(num)s steps were left out:", number)
            flash(f"{steps} {advice(why)}", "info")
    else:
        ada.rules.reject(change_id)
        flash(gettext("Refused; it is not proposed again."), "info")
    return redirect(url_for("rules.listing"), 303)


@rules.post("/suggested")
def adopt() -> Response:
    """Save a rule that says what the owner does by hand."""
    ada, name = mine(), request.form.get("name", "")
    found = next((one.rule for one in ada.rules.suggest() if one.rule.name == name), None)
    if found is not None:
        flash(gettext("%(name)s is saved and acts on new mail. Run it for mail that is here.", name=name), "info")
        return redirect(url_for("rules.edit", rule_id=ada.rules.save(found).id), 303)
    return redirect(url_for("rules.listing"), 303)


@rules.post("/mode")
def set_mode() -> Response:
    """Let all matching rules act, or only the first."""
    mine().rules.set_mode("first" if request.form.get("mode") == "first" else "all")
    return redirect(url_for("rules.listing"), 303)


def _as_known(ada: OwnerServices, rule: Rule) -> Rule:
    """Answer a rule with what no form says of it. Raises InvalidError where another has its name."""
    known = {one.id: one for one in ada.rules.list()}
    if any(one.name == rule.name and one.id != rule.id for one in known.values()):
        raise InvalidError(gettext("Another rule has this name."), code="rule_name")
    before = known.get(rule.id)
    is_same = before is not None and (before.when, rows_of(before)) == (rule.when, rows_of(rule))
    return replace(rule, then=before.then, source=before.source) if before and is_same else rule


def _form(rule: Rule, *, rows: list[tuple[str, str]] | None = None, focus: str = "", **more: object) -> str:
    own = [one.partition(":") for plugin in helper().plugins if not plugin.built_in for one in plugin.provides]
    return render_template(
        "rules/edit.html",
        rule=rule,
        rows=rows_of(rule) if rows is None else rows,
        most_rows=MAX_ROWS,
        focus=focus,
        asked_for=conditions_of(mine(), rule.when),
        actions=ACTIONS,
        conditions=CONDITIONS,
        choices=choices(mine()),
        arguments=ARGUMENTS,
        plugin_actions=[name for kind, _, name in own if kind == "actions"],
        accounts=mine().accounts.list(),
        **more,
    )


def _preview(ada: OwnerServices, rule: Rule) -> str:
    found = ada.search(rule.when, limit=SAMPLE)
    chosen = " OR ".join(f"id:{message.id}" for message in found)
    plan = ada.rules.plan(chosen, only=rule) if chosen and rule.then else None
    return render_template(
        "rules/preview.html",
        problem=None,
        acts_on_all=not (rule.when.strip() or rule.otherwise),
        found=found,
        count=ada.count(rule.when, at_most=COUNT_AT_MOST),
        at_most=COUNT_AT_MOST,
        hits={hit.message_id: hit for hit in plan.hits} if plan else None,
    )
