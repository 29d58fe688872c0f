"""The look of a document: what its company says, and INVOICING_LOOK where it says nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from invoicing.conf import conf
from invoicing.documents.context import Look
from invoicing.documents.logo import logo_url
from invoicing.domain.choices import Paper
from invoicing.domain.colours import is_colour, readable_as_text, readable_on
from invoicing.domain.footers import MOST_LINES, foot_height, footer_lines
from invoicing.exceptions import InvalidDataError

logger = logging.getLogger("invoicing.documents")

ACCENT: Final = "#23477a"

KEYS: Final = frozenset({"accent_color", "footer", "logo", "paper", "template"})
"""What INVOICING_LOOK may say."""

LETTER_COUNTRIES: Final = frozenset({"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})
"""Where sheets are US Letter (Unicode CLDR, paperSize)."""


def look_of(invoice: Any) -> Look:
    """Logo, colour, paper and footer of a document. A received one has none of ours.

    Raises InvalidDataError where INVOICING_LOOK cannot be followed.
    """
    said = _said(invoice)
    usual = Paper.LETTER if str(invoice.supplier_country or "") in LETTER_COUNTRIES else Paper.A4
    accent = said.get("accent_color", ACCENT)
    return Look(
        accent=accent,
        on_accent=readable_on(accent),
        accent_text=readable_as_text(accent),
        paper=said.get("paper", usual.value),
        logo=_logo(invoice, path=said.get("logo", "")),
        footer=said.get("footer", ""),
        foot_height=foot_height(said.get("footer", "")),
    )


def template_of(invoice: Any) -> str:
    """The name of the template: the company's, or that of the settings."""
    return _said(invoice).get("template", conf.document_template)


def faults(look: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with what INVOICING_LOOK says, a sentence each."""
    for name in sorted(set(look) - KEYS):
        yield _("“{name}” is not known: use {known}.").format(name=name, known=", ".join(sorted(KEYS)))
    accent, paper = look.get("accent_color"), look.get("paper")
    if accent and not is_colour(str(accent)):
        yield _("“{value}” is no colour: write it as {example}.").format(value=accent, example=ACCENT)
    if footer_lines(str(look.get("footer", ""))) > MOST_LINES:
        yield _("The footer is too long: use up to {lines} lines.").format(lines=MOST_LINES)
    if paper and paper not in Paper.values:
        yield _("“{value}” is no paper: use A4 or LETTER.").format(value=paper)


def _said(invoice: Any) -> dict[str, str]:
    """What the company says, and the settings where it says nothing; nothing of a document that somebody else made."""
    if invoice.is_received:
        return {}
    wrong = list(faults(conf.look))
    if wrong:
        raise InvalidDataError({"INVOICING_LOOK": wrong})
    own = _own(invoice.company) if invoice.company else {}
    return {**{name: str(value) for name, value in conf.look.items() if value}, **{name: value for name, value in own.items() if value}}


def _own(company: Any) -> dict[str, str]:
    """What a company says, without a colour that is none: it may have come past the checks, and is written into styles."""
    colour = company.accent_color
    if colour and not is_colour(colour):
        logger.warning("The colour %r of %s is none: write it as %s.", colour, company, ACCENT)
        colour = ""
    return {
        "accent_color": colour,
        "paper": company.document_paper if company.document_paper in Paper.values else "",
        "footer": company.document_footer,
        "template": company.document_template,
    }


def _logo(invoice: Any, *, path: str) -> str:
    """The logo as a URL; blank where there is none, or, with a word in the log, where its file is gone."""
    logo = invoice.company.logo if invoice.company and not invoice.is_received else None
    try:
        if logo:
            with logo.storage.open(logo.name) as file:
                return logo_url(file.read())
        return logo_url(Path(path).read_bytes()) if path else ""
    except Exception as error:  # noqa: BLE001  # a storage of the host may fail in any way
        logger.warning("The logo cannot be read (%s): the document is drawn without it.", error)
        return ""
