"""The HTML of an invoice: one self-contained page, made from a template that a host may override block by block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import translation
from django.utils.module_loading import import_string

from invoicing.conf import conf
from invoicing.documents.composition import document_context
from invoicing.documents.context import DocumentContext
from invoicing.documents.look import template_of
from invoicing.exceptions import DocumentError, InvoicingError
from invoicing.templating import template_named


def render_html(invoice: Any) -> str:
    """The document as HTML in its own language, by the template of its company; styles are inside, nothing is loaded.

    Raises DocumentError when the template is missing or broken.
    """
    return page_of(invoice, context=document_context(invoice))


def page_of(invoice: Any, *, context: DocumentContext) -> str:
    """The page that the template makes of a context. Raises DocumentError."""
    name = template_of(invoice)
    with translation.override(context.language):
        try:
            return str(template_named(name).render({"document": context, **_extra(invoice, context=context)}))
        except InvoicingError:
            raise
        except Exception as error:
            # A template or a hook of the host may fail in any way.
            reason = f"{type(error).__name__}: {error} ({name})"
            raise DocumentError(number=context.number or invoice.pk, reason=reason) from error


def _extra(invoice: Any, *, context: DocumentContext) -> Mapping[str, Any]:
    """What the hook of the host adds for its own templates."""
    if not conf.document_extra_context:
        return {}
    hook: Callable[..., Mapping[str, Any]] = import_string(conf.document_extra_context)
    return {"extra": hook(invoice, document=context)}
