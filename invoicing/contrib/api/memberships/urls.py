"""The addresses of memberships, below api/."""

from django.urls import path

from invoicing.contrib.api.memberships.views import MembershipView

urlpatterns = [path("companies/<str:id>/activate/", MembershipView.as_view({"post": "activate"}), name="company-activate")]
