"""Addresses for customers, for `include("invoicing.contrib.delivery.urls")`: a document and its PDF by a signed link."""

from django.urls import path

from invoicing.contrib.delivery import views

app_name = "invoicing_delivery"

urlpatterns = [
    path("<str:token>/", views.public_invoice, name="public_invoice"),
    path("<str:token>/pdf/", views.public_pdf, name="public_pdf"),
]
