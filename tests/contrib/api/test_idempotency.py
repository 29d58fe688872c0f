"""One effect a key, whoever repeats a request, and however many at once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone

from invoicing.contrib.api.exceptions import IdempotencyKeyReusedError
from invoicing.contrib.api.idempotency import Answer, answer_once, clear_keys, fingerprint_of
from invoicing.contrib.api.models import IdempotencyKey
from invoicing.exceptions import InvalidDataError, InvoicingError, OverCreditError, TryAgainError
from invoicing.models import Product
from invoicing.retrying import retry
from tests import databases
from tests.factories import make_company
from tests.torture.isolation import ISOLATION

WORKERS = 8

PRINT = "a" * 64


def make_tea():
    product = Product.objects.create(name="Tea")
    return Answer(status=201, body={"name": "Tea", "id": product.pk}, headers={"Location": f"/products/{product.pk}/"})


def ask(key="k-1", *, work=make_tea, **other):
    asked = {"owner": "7", "company": None, "method": "POST", "path": "/products/", "fingerprint": PRINT, "using": "default"}
    return answer_once(work, key=key, **{**asked, **other})


def tried(**asked):
    """As the view does it: the whole request, until nobody stands in the way."""
    return retry(lambda: ask(**asked), attempts=40)


def next_name(other):
    return next(iter(other))


# The same again, or another


@pytest.mark.django_db
def test_the_same_request_gets_the_same_answer_and_has_one_effect():
    first, second = ask(), ask()

    assert (first.status, first.is_replay, second.is_replay) == (201, False, True)
    assert (second.status, second.body, second.headers) == (first.status, first.body, first.headers)
    assert Product.objects.count() == 1


@pytest.mark.django_db
def test_the_keys_of_an_answer_stay_in_their_order():
    body = {"b": 1, "a": None, "aa": [1.50, "\x00", "ß"], "B": {}}

    ask(work=lambda: Answer(status=200, body=body))

    assert list(ask().body.items()) == list(body.items())


@pytest.mark.django_db
def test_an_answer_without_a_body_is_kept_as_well():
    ask(work=lambda: Answer(status=204, body=None))

    assert ask() == Answer(status=204, body=None, headers={}, is_replay=True)


@pytest.mark.django_db
@pytest.mark.parametrize("other", [{"fingerprint": "b" * 64}, {"method": "PUT"}, {"path": "/parties/"}], ids=next_name)
def test_another_request_under_the_same_key_is_refused(other):
    ask()

    with pytest.raises(IdempotencyKeyReusedError, match="“k-1” was used for another request") as refused:
        ask(**other)
    assert refused.value.code == "idempotency_key_reused"
    assert Product.objects.count() == 1


@pytest.mark.django_db
def test_each_user_and_each_company_has_keys_of_its_own():
    make = [{}, {"owner": "8"}, {"company": make_company()}, {"company": make_company(code="B", name="B")}]

    assert [ask(**other).is_replay for other in make] == [False] * 4


@pytest.mark.django_db
def test_keys_that_differ_in_case_or_in_length_are_two_keys():
    keys = ["a", "A", "a" * 255, "A" * 255, "a" * 254]

    assert [ask(key).is_replay for key in keys] == [False] * 5
    assert [ask(key).is_replay for key in keys] == [True] * 5


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "a" * 256, "a b", "tea\n", "Tee–1", "é", "\x00", "\x7f"])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(InvalidDataError) as refused:
        ask(key)

    assert list(refused.value.errors) == ["Idempotency-Key"]
    assert Product.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_nothing_is_done():
    with pytest.raises(RuntimeError, match="outside a transaction"):
        ask()

    assert Product.objects.count() == 0


# What fails


def fail():
    make_tea()
    raise OverCreditError(left="1", title="Tea", wanted="2")


@pytest.mark.django_db
def test_a_refusal_frees_the_key_and_takes_the_effect_back_even_where_it_is_caught():
    with pytest.raises(OverCreditError):
        ask(work=fail)
    assert (Product.objects.count(), IdempotencyKey.objects.count()) == (0, 0)

    assert ask(fingerprint="b" * 64).is_replay is False


@pytest.mark.django_db(transaction=True)
def test_a_rollback_frees_the_key():
    def work():
        ask()
        raise RuntimeError("later")

    with pytest.raises(RuntimeError, match="later"):
        retry(work)

    assert IdempotencyKey.objects.count() == 0
    assert tried().is_replay is False


@pytest.mark.django_db(transaction=True)
def test_an_effect_that_can_only_be_rolled_back_is_no_answer():
    def work():
        answer = make_tea()
        transaction.set_rollback(True)
        return answer

    with pytest.raises(TryAgainError), transaction.atomic():
        ask(work=work)

    assert (Product.objects.count(), IdempotencyKey.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_key_whose_answer_is_not_there_yet_is_asked_for_again():
    ask()
    IdempotencyKey.objects.update(status=None)

    with pytest.raises(TryAgainError):
        ask()


# Many at once


@pytest.fixture(params=ISOLATION[databases.KIND])
def isolation(request, transactional_db):
    """Every connection of the test, those of its threads included, at one level."""
    options = connection.settings_dict["OPTIONS"]
    before = dict(options)
    connection.close()
    options.update(ISOLATION[databases.KIND][request.param])
    yield
    connection.close()
    options.clear()
    options.update(before)


def at_once(work, *, count=WORKERS):
    """What each of several threads got, or the error that it ended with."""
    gate, told = Barrier(count), [None] * count

    def run(place):
        try:
            gate.wait(timeout=30)
            told[place] = work(place)
        except InvoicingError as error:
            told[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=[place]) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return told


@pytest.mark.usefixtures("isolation")
@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_has_the_effect_and_all_get_its_answer():
    answers = at_once(lambda _place: tried())

    assert Product.objects.count() == 1
    assert {(answer.status, answer.body["id"], answer.headers["Location"]) for answer in answers} == {
        (201, Product.objects.get().pk, f"/products/{Product.objects.get().pk}/")
    }
    assert sorted(answer.is_replay for answer in answers) == [False] + [True] * (WORKERS - 1)


@pytest.mark.usefixtures("isolation")
@pytest.mark.django_db(transaction=True)
def test_where_those_before_fail_the_next_one_has_the_effect():
    def work(place):
        return tried(work=make_tea if place >= WORKERS // 2 else fail)

    answers = at_once(work)

    assert Product.objects.count() == 1
    assert all(isinstance(answer, Answer | OverCreditError) for answer in answers)
    done = [answer for answer in answers if isinstance(answer, Answer)]
    assert len(done) >= WORKERS // 2
    assert len({answer.body["id"] for answer in done}) == 1


@pytest.mark.usefixtures("isolation")
@pytest.mark.django_db(transaction=True)
def test_of_several_that_find_a_key_expired_one_has_the_effect():
    with transaction.atomic():
        ask()
    IdempotencyKey.objects.update(created=timezone.now() - timedelta(days=8))

    answers = at_once(lambda _place: tried())

    assert Product.objects.count() == 2
    assert len({answer.body["id"] for answer in answers}) == 1


@pytest.mark.usefixtures("isolation")
@pytest.mark.django_db(transaction=True)
def test_other_requests_under_the_key_at_once_are_refused():
    answers = at_once(lambda place: tried(fingerprint=str(place) * 64))

    assert Product.objects.count() == 1
    assert [type(answer) for answer in answers].count(IdempotencyKeyReusedError) == WORKERS - 1


# Time


def grow_old(*, days):
    IdempotencyKey.objects.update(created=timezone.now() - timedelta(days=days))


@pytest.mark.django_db
def test_a_key_is_free_after_its_days_whether_it_was_cleared_or_not(settings):
    settings.INVOICING_IDEMPOTENCY_DAYS = 2
    ask()
    grow_old(days=1)
    assert ask().is_replay is True

    grow_old(days=3)
    assert ask(fingerprint="b" * 64).is_replay is False
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db
def test_clearing_deletes_what_is_old_in_batches():
    for place in range(5):
        ask(f"old-{place}")
    grow_old(days=8)
    ask("new")

    assert clear_keys(using="default", batch=2) == 5
    assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]


@pytest.mark.django_db
def test_the_command_says_how_many(capsys):
    ask()
    grow_old(days=8)

    call_command("invoicing_clear_idempotency_keys")
    call_command("invoicing_clear_idempotency_keys")
    call_command("invoicing_clear_idempotency_keys", verbosity=0)

    assert capsys.readouterr().out == "1 deleted.\n0 deleted.\n"


# Fingerprints


def printed(data, **other):
    return fingerprint_of(**{"method": "POST", "path": "/invoices/", "query": "", "data": data, **other})


def test_the_order_of_keys_is_no_other_request():
    assert printed({"a": 1, "b": [{"c": 2, "d": 3}]}) == printed({"b": [{"d": 3, "c": 2}], "a": 1})


@pytest.mark.parametrize("other", [{}, {"a": "1"}, {"a": 1.0}, {"a": True}, {"a": [1]}, {"a": None}, {"a": 1, "b": None}, {"b": 1}])
def test_other_data_is_another_request(other):
    assert printed(other) != printed({"a": 1})


@pytest.mark.parametrize("other", [{"method": "PUT"}, {"path": "/invoices"}, {"query": "a=1"}], ids=next_name)
def test_so_is_the_same_data_elsewhere(other):
    assert printed({}, **other) != printed({})


def test_of_a_form_every_value_counts():
    assert printed(QueryDict("a=1&a=2")) != printed(QueryDict("a=2"))
    assert printed(QueryDict("a=1&b=2")) == printed(QueryDict("b=2&a=1"))


def upload(content=b"tea", name="a.txt"):
    return {"file": SimpleUploadedFile(name, content)}


def test_a_file_counts_by_name_and_content():
    assert printed(upload()) == printed(upload())
    assert printed(upload(b"te4")) != printed(upload())
    assert printed(upload(name="b.txt")) != printed(upload())


def test_a_file_can_be_read_afterwards_from_where_it_stood():
    data = upload()
    data["file"].seek(1)
    printed(data)

    assert data["file"].read() == b"ea"
