"""`mailhelper settings`: what you have set for all your accounts."""

from __future__ import annotations

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.request import Command


@click.command("settings", cls=Command)
@click.option("--time-zone", help="Where your days begin, such as Europe/Berlin.")
@click.option("--language", help="Your language, such as de or en-GB.")
@with_context
def settings_command(context: Context, *, time_zone: str | None, language: str | None) -> None:
    """Show your settings; change those that are given."""
    settings = context.services.settings.update(time_zone=time_zone, language=language)
    value = {"time_zone": settings.time_zone, "language": settings.language}
    context.out.result(value, f"time zone  {settings.time_zone}", f"language   {settings.language or 'not known'}")
