"""No view shows rows of no company: the ground of views refuses to be built so, and a check names every view beside it."""

import pytest
from django.core import checks
from rest_framework import generics, serializers

from invoicing.contrib.api.invoices.views import InvoiceViewSet
from invoicing.contrib.api.routes import check_views, routes_of
from invoicing.contrib.api.views import CompanyViewSet
from invoicing.models import Party, Product


def test_a_view_with_rows_of_its_own_making_cannot_be_written():
    with pytest.raises(TypeError, match=r"Parties has a get_queryset\(\) of its own: override rows\(\)"):
        type("Parties", (CompanyViewSet,), {"model": Party, "get_queryset": Party.objects.all})


def test_a_view_without_a_model_cannot_be_written():
    with pytest.raises(TypeError, match="Nothing names no model"):
        type("Nothing", (CompanyViewSet,), {})


def test_a_view_of_a_view_is_held_to_it_as_well():
    with pytest.raises(TypeError, match=r"get_queryset\(\) of its own"):
        type("Mine", (InvoiceViewSet,), {"get_queryset": Party.objects.all})


def test_the_project_of_the_tests_has_no_view_beside_the_ground():
    assert check_views() == []
    assert sum(issubclass(route.view, CompanyViewSet) for route in routes_of()) > 10


def test_the_check_is_registered():
    assert check_views in checks.registry.registry.get_checks()


def test_a_view_of_the_framework_over_rows_of_the_library_is_named_once_with_its_mend(settings):
    settings.ROOT_URLCONF = "tests.contrib.api.testing.leaky_urls"

    (found,) = check_views()

    assert found.id == "invoicing_api.E010"
    assert "leaky_urls.PlainParties at /plain/ shows rows of invoicing.Party of every company" in found.msg
    assert "subclass of invoicing.contrib.api.views.CompanyViewSet with model = Party" in found.hint


class Inside(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ("name",)


class Around(serializers.Serializer):
    products = Inside(many=True)


class ShowsInside(generics.GenericAPIView):
    serializer_class = Around

    def get(self, request):
        """Nothing: only its class is looked at."""


class ShowsNothing(generics.GenericAPIView):
    def get(self, request):
        """Nothing."""


def test_rows_inside_a_serializer_count(settings):
    from django.urls import path

    class Addresses:
        urlpatterns = [path("inside/", ShowsInside.as_view()), path("nothing/", ShowsNothing.as_view())]

    settings.ROOT_URLCONF = Addresses

    (found,) = check_views()
    assert "ShowsInside at /inside/ shows rows of invoicing.Product" in found.msg


def test_a_project_without_addresses_is_not_looked_at(settings):
    settings.ROOT_URLCONF = None

    assert check_views() == []


def test_a_route_knows_its_methods_parameters_and_name():
    (route,) = [route for route in routes_of() if route.name == "invoicing_api:invoice-detail"]

    assert (route.address, route.parameters) == ("/api/invoices/{id}/", ("id",))
    assert route.actions == {"GET": "retrieve", "PUT": "update", "PATCH": "partial_update", "DELETE": "destroy"}
    assert route.url({"id": "a/b"}) == "/api/invoices/a%2Fb/"
    assert route.key("PUT") == "PUT /api/invoices/{id}/"
