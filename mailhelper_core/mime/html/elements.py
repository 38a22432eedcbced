"""The elements of HTML, by what becomes of them."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Answer the words of a list."""
    return frozenset(text.split())


BLOCKS = words(
    "address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4"
    " h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul"
)
PARAGRAPHS = words("blockquote dl h1 h2 h3 h4 h5 h6 ol p pre table ul")
INLINE = words(
    "a abbr b bdi big br caption cite code col colgroup del dfn em font i img ins kbd mark q s samp small span strike"
    " strong sub sup td th time tt u var wbr"
)
VOID = words("br col hr img wbr")
NO_TEXT = words(
    "applet audio canvas datalist embed head iframe math noembed noframes noscript object option script select style"
    " svg template textarea title video xmp"
)
# What may be shown.
TAGS = (BLOCKS | INLINE) - {"body", "html", "form", "fieldset", "nav"}
