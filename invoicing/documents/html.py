"""The HTML of an invoice: one self-contained page, made from a template that a host may override block by block."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.template import TemplateDoesNotExist, TemplateSyntaxError, loader
from django.template.backends.django import DjangoTemplates
from django.utils import translation

from invoicing.conf import conf
from invoicing.documents.composition import document_context
from invoicing.exceptions import DocumentError


def render_html(invoice: Any) -> str:
    """The document as HTML in its own language, by INVOICING_DOCUMENT_TEMPLATE; styles are inside, nothing is loaded.

    Raises DocumentError when the template is missing or broken.
    """
    context = document_context(invoice)
    with translation.override(context.language):
        try:
            return str(_template(conf.document_template).render({"document": context}))
        except (TemplateDoesNotExist, TemplateSyntaxError) as error:
            reason = f"{type(error).__name__}: {error} ({conf.document_template})"
            raise DocumentError(number=context.number or invoice.pk, reason=reason) from error


def _template(name: str) -> Any:
    """The template by the engines of the host; a host that has none still finds those of the installed apps."""
    try:
        return loader.get_template(name)
    except TemplateDoesNotExist:
        return _own_engine().get_template(name)


@cache
def _own_engine() -> DjangoTemplates:
    return DjangoTemplates({"NAME": "invoicing", "DIRS": [], "APP_DIRS": True, "OPTIONS": {}})
