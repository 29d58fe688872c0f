"""Addresses that leak, each in its own way: what the walk and the check have to find."""

from typing import ClassVar

from django.urls import path
from rest_framework import generics, serializers
from rest_framework.response import Response

from invoicing.contrib.api.views import CompanyViewSet
from invoicing.models import Party, Product


class PlainPartySerializer(serializers.ModelSerializer):
    class Meta:
        model = Party
        fields = ("uuid", "name")


class PlainParties(generics.ListAPIView):
    """A view of the framework: it knows no company."""

    queryset = Party.objects.all()
    serializer_class = PlainPartySerializer


class ShownByAction(CompanyViewSet):
    """Its rows are those of the company, and its action looks for itself."""

    model: ClassVar = Product
    resource = "product"
    permissions: ClassVar = {"tell": "view", "rename": "change"}

    def tell(self, _request, **key):
        """The name of any product."""
        return Response({"name": Product.objects.get(uuid=key["id"]).name})

    def rename(self, _request, **key):
        """Changes any product, and says nothing."""
        changed = Product.objects.filter(uuid=key["id"]).update(description="leaked")
        return Response(status=404 if changed else 405)


class OrderedByAnything(CompanyViewSet):
    """The rows of the company, in an order that another table may give."""

    model: ClassVar = Product
    resource = "product"
    orderings: ClassVar = ("name",)

    def list(self, request):
        """The rows in the order that is asked for."""
        rows = self.get_queryset().order_by(request.query_params.get("ordering", "pk"))
        return Response({"results": [{"name": row.name} for row in rows]})


class PointingSerializer(serializers.Serializer):
    product = serializers.PrimaryKeyRelatedField(queryset=Product.objects.all())


class TakesAnyProduct(CompanyViewSet):
    """It takes the products of all companies."""

    model: ClassVar = Product
    resource = "product"
    serializer_class = PointingSerializer

    def create(self, request):
        """Take a product."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response({}, status=201)


urlpatterns = [
    path("plain/", PlainParties.as_view()),
    path("products/<str:id>/name/", ShownByAction.as_view({"get": "tell"})),
    path("products/<str:id>/rename/", ShownByAction.as_view({"post": "rename"})),
    path("products/ordered/", OrderedByAnything.as_view({"get": "list"})),
    path("products/taken/", TakesAnyProduct.as_view({"post": "create"})),
]
