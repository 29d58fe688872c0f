"""The look of a document: what its company says, and INVOICING_LOOK where it says nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from invoicing.conf import conf
from invoicing.documents.context import Look
from invoicing.documents.logo import logo_url
from invoicing.domain.choices import Paper
from invoicing.domain.colours import is_colour, readable_as_text, readable_on
from invoicing.exceptions import InvalidDataError

logger = logging.getLogger("invoicing.documents")

ACCENT: Final = "#23477a"

KEYS: Final = frozenset({"accent_color", "footer", "logo", "paper", "template"})
"""What INVOICING_LOOK may say."""

LETTER_COUNTRIES: Final = frozenset({"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})
"""Where sheets are US Letter (Unicode CLDR, paperSize)."""


def look_of(invoice: Any) -> Look:
    """Logo, colour, paper and footer of a document. A received one has none of ours."""
    look = _settings()
    company = None if invoice.is_received else invoice.company
    accent = (company and company.accent_color) or look.get("accent_color", "") or ACCENT
    if not is_colour(accent):
        raise InvalidDataError(
            {"INVOICING_LOOK": [_("“{value}” is no colour: write it as {example}.").format(value=accent, example=ACCENT)]}
        )
    usual = Paper.LETTER if str(invoice.supplier_country or "") in LETTER_COUNTRIES else Paper.A4
    paper = (company and company.document_paper) or look.get("paper") or usual.value
    if paper not in Paper.values:
        raise InvalidDataError({"INVOICING_LOOK": [_("“{value}” is no paper: use A4 or LETTER.").format(value=paper)]})
    footer = (company and company.document_footer) or look.get("footer", "")
    return Look(
        accent=accent,
        on_accent=readable_on(accent),
        accent_text=readable_as_text(accent),
        paper=paper,
        logo="" if invoice.is_received else _logo(company, look=look),
        footer="" if invoice.is_received else footer,
    )


def template_of(invoice: Any) -> str:
    """The name of the template: the company's, or that of the settings."""
    own = invoice.company.document_template if invoice.company else ""
    return own or _settings().get("template", "") or conf.document_template


def _settings() -> Mapping[str, str]:
    unknown = sorted(set(conf.look) - KEYS)
    if unknown:
        text = _("“{name}” is not known: use {known}.")
        raise InvalidDataError({"INVOICING_LOOK": [text.format(name=unknown[0], known=", ".join(sorted(KEYS)))]})
    return conf.look


def _logo(company: Any, *, look: Mapping[str, str]) -> str:
    """The logo as a URL; blank where there is none, or, with a word in the log, where its file is gone."""
    try:
        if company is not None and company.logo:
            with company.logo.storage.open(company.logo.name) as file:
                return logo_url(file.read())
        path = look.get("logo", "")
        return logo_url(Path(path).read_bytes()) if path else ""
    except OSError as error:
        logger.warning("The logo cannot be read (%s): the document is drawn without it.", error)
        return ""
