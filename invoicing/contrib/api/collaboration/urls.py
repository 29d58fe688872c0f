"""The addresses of comments and files, below api/."""

from django.urls import path

from invoicing.contrib.api.collaboration.views import AttachmentViewSet, CommentViewSet

view = AttachmentViewSet.as_view
rows = "invoices/<str:id>/attachments/"
row = "invoices/<str:id>/attachments/<str:attachment>/"

urlpatterns = [
    path("invoices/<str:id>/comments/", CommentViewSet.as_view({"get": "list", "post": "create"}), name="invoice-comments"),
    path(rows, view({"get": "list", "post": "create"}), name="invoice-attachments"),
    path(row, view({"get": "retrieve", "delete": "destroy"}), name="attachment-detail"),
    path(f"{row}download/", view({"get": "download"}), name="attachment-download"),
]
