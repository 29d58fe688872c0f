"""A host that shows documents at addresses of its own."""

from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path


def show(request, uuid):
    return HttpResponse(str(uuid))


documents = ([path("<uuid:uuid>/", show, name="invoice_html"), path("<uuid:uuid>.pdf", show, name="invoice_pdf")], "invoicing")

urlpatterns = [path("admin/", admin.site.urls), path("documents/", include(documents))]
