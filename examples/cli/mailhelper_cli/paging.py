"""Pages of long lists: how many rows, and where the page before ended."""

from __future__ import annotations

import click

limit_option = click.option("--limit", default=25, show_default=True, type=click.IntRange(1, 1000), help="How many.")
after_option = click.option("--after", help="The cursor that the page before ended with.")
