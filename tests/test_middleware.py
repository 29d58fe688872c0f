"""Events that happen in a request name its user, in sync and async views alike."""

import asyncio

import pytest
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from invoicing.actor import current_actor
from invoicing.middleware import ActorMiddleware
from invoicing.models import InvoiceEvent
from tests.factories import make_invoice


@pytest.fixture
def request_of():
    def make(user):
        request = RequestFactory().post("/invoices/")
        if user is not None:
            request.user = user
        return request

    return make


def view(request):
    make_invoice()
    return HttpResponse("made")


@pytest.mark.django_db
def test_the_user_of_the_request_is_named(request_of):
    petra = get_user_model().objects.create_user("petra")
    response = ActorMiddleware(view)(request_of(petra))

    event = InvoiceEvent.objects.get()
    assert (response.content, event.actor, event.actor_name) == (b"made", petra, "petra")
    assert current_actor() is None


@pytest.mark.django_db
@pytest.mark.parametrize("user", [None, AnonymousUser()], ids=["no authentication", "anonymous"])
def test_without_a_user_nobody_is_named(request_of, user):
    ActorMiddleware(view)(request_of(user))

    assert InvoiceEvent.objects.get().actor_name == ""


def test_the_user_is_forgotten_when_the_view_fails(request_of):
    def fail(request):
        raise RuntimeError("out of paper")

    with pytest.raises(RuntimeError, match="out of paper"):
        ActorMiddleware(fail)(request_of(get_user_model()(username="petra")))

    assert current_actor() is None


def test_an_async_view_stays_async(request_of):
    seen = []

    async def answer(request):
        seen.append(current_actor())
        seen.append(await sync_to_async(current_actor)())
        return HttpResponse("seen")

    petra = get_user_model()(username="petra")
    middleware = ActorMiddleware(answer)

    assert iscoroutinefunction(middleware)
    assert asyncio.run(middleware(request_of(petra))).content == b"seen"
    assert seen == [petra, petra]


def test_a_request_costs_no_query_for_its_user(request_of, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        ActorMiddleware(lambda _: HttpResponse())(request_of(AnonymousUser()))


@pytest.mark.django_db
def test_it_works_in_a_project(client, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "invoicing.middleware.ActorMiddleware"]

    assert client.get("/no-such-page/").status_code == 404
    assert current_actor() is None
