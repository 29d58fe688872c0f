"""The look of a company's documents: what it leaves blank, INVOICING_LOOK says."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.utils.translation import gettext_lazy as _

from invoicing.domain.choices import Paper
from invoicing.domain.colours import is_colour
from invoicing.domain.footers import LETTERS_A_LINE, MOST_LINES, footer_lines
from invoicing.domain.images import LARGEST, image_type
from invoicing.models.lettering import lettering_fault
from invoicing.templating import template_named


def check_colour(value: str) -> None:
    """Raise ValidationError for anything but #rrggbb: the colour is written into styles."""
    if not is_colour(value):
        raise ValidationError(_("“%(value)s” is no colour: write it as #23477a."), params={"value": value})


def check_footer(value: str) -> None:
    """Raise ValidationError for a footer that does not fit under a page, or cannot be drawn."""
    if footer_lines(value) > MOST_LINES:
        text = _("That is too long for the foot of a page: use up to %(lines)s lines of about %(letters)s letters.")
        raise ValidationError(text, params={"lines": MOST_LINES, "letters": LETTERS_A_LINE})
    if sentence := lettering_fault(value):
        raise ValidationError(sentence)


def check_template(name: str) -> None:
    """Raise ValidationError for a template that would fail at every document."""
    try:
        template_named(name)
    except (TemplateDoesNotExist, TemplateSyntaxError) as error:
        text = _("The template “%(name)s” cannot be used: %(reason)s")
        raise ValidationError(text, params={"name": name, "reason": f"{type(error).__name__}: {error}"}) from error


def check_image(file: Any) -> None:
    """Raise ValidationError for a file that no document can show."""
    if file.size > LARGEST:
        text = _("The image has %(size)s MB, a document takes up to %(largest)s MB.")
        raise ValidationError(text, params={"size": file.size // 1024**2, "largest": LARGEST // 1024**2})
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    if not image_type(head):
        raise ValidationError(_("This is no PNG, JPEG or GIF: export the logo as one of them, about 1,000 pixels wide."))


class DocumentLook(models.Model):
    """Logo, colour, paper, footer and template of documents."""

    logo = models.FileField(
        _("logo"), upload_to="invoicing/logos/", max_length=255, blank=True, help_text=_("PNG, JPEG or GIF, up to 5 MB.")
    )
    accent_color = models.CharField(_("colour"), max_length=7, blank=True, help_text=_("Such as #23477a."))
    document_paper = models.CharField(
        _("paper"), max_length=6, choices=Paper.choices, blank=True, help_text=_("Empty: as is usual in the country of the company.")
    )
    document_footer = models.TextField(_("footer of documents"), blank=True, help_text=_("Stands at the bottom of every page."))
    document_template = models.CharField(
        _("template of documents"), max_length=255, blank=True, help_text=_("Such as invoicing/compact.html.")
    )

    LOOK: ClassVar = frozenset({"logo", "accent_color", "document_paper", "document_footer", "document_template"})
    """The columns above."""

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse what would spoil every document, or let it fail."""
        super().clean()
        errors: dict[str, ValidationError] = {}
        for name, check, value in (
            ("accent_color", check_colour, self.accent_color),
            ("document_footer", check_footer, self.document_footer),
            ("document_template", check_template, self.document_template),
            # A file that is stored already was checked when it came, and may lie far away.
            ("logo", check_image, None if getattr(self.logo, "_committed", True) else self.logo.file),
        ):
            try:
                if value:
                    check(value)
            except ValidationError as error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)
