"""The addresses of companies, below api/."""

from django.urls import path

from invoicing.contrib.api.companies.views import CompanyView, OwnCompaniesView

urlpatterns = [
    path("companies/", OwnCompaniesView.as_view({"get": "list"}), name="company-list"),
    path("companies/current/", CompanyView.as_view({"get": "current"}), name="company-current"),
]
