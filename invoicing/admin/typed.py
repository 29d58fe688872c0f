"""Django's admin classes with the type arguments that exist for type checkers only."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

if TYPE_CHECKING:
    from django.forms.models import BaseInlineFormSet

    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyTabularInline = admin.TabularInline[Any, Any]
    AnyModelForm = forms.ModelForm[Any]
    AnyInlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    from django.forms.models import BaseInlineFormSet as AnyInlineFormSet

    AnyModelAdmin = admin.ModelAdmin
    AnyTabularInline = admin.TabularInline
    AnyModelForm = forms.ModelForm

__all__ = ["AnyInlineFormSet", "AnyModelAdmin", "AnyModelForm", "AnyTabularInline"]
