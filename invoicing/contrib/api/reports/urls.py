"""The addresses of reports, below api/."""

from django.urls import path

from invoicing.contrib.api.reports.views import ReportViewSet, file_view

urlpatterns = [
    path("reports/", ReportViewSet.as_view({"get": "list"}), name="report-list"),
    path("reports/<str:name>/", ReportViewSet.as_view({"get": "retrieve"}), name="report-detail"),
    path("reports/<str:name>/<str:form>/", file_view(), name="report-file"),
]
