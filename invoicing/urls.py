"""The library's own addresses, for `include("invoicing.urls")`: an invoice as HTML and as PDF, by its uuid."""

from django.urls import path

from invoicing import views

app_name = "invoicing"

urlpatterns = [
    path("<uuid:uuid>/", views.invoice_html, name="invoice_html"),
    path("<uuid:uuid>/pdf/", views.invoice_pdf, name="invoice_pdf"),
]
