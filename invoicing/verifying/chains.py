"""All chains, or some of them: verified, exported, and asked for a head that was noted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from invoicing.chain import GENESIS, Header, export_lines
from invoicing.models import Company, InvoiceEvent, Register, get_invoice_model
from invoicing.models.locking import plain
from invoicing.models.reading import one_moment
from invoicing.models.register import register_key
from invoicing.verifying.check import ChainCheck
from invoicing.verifying.findings import NotedHead, Problem
from invoicing.verifying.rows import ALWAYS_CHAINED, entries_of, exportable


def verify_chain(*, using: str = DEFAULT_DB_ALIAS, companies: Iterable[Company | int | None] | None = None) -> Iterator[Problem]:
    """Verify the chains of all companies, or of some (rows or keys; None is the chain of documents without a company).

    It reads one moment and keeps no writer waiting; inside an open transaction it sees what that transaction sees. Do not
    write on the same connection until the last problem is read.
    """
    for check in check_chains(using=using, companies=companies):
        yield from check


def check_chains(*, using: str = DEFAULT_DB_ALIAS, companies: Iterable[Company | int | None] | None = None) -> Iterator[ChainCheck]:
    """The same chain by chain. Read each check to its end before you ask for the next: then it knows what it counted."""
    with one_moment(using):
        wanted = None if companies is None else [company.pk if isinstance(company, Company) else company for company in companies]
        for company_id, register in registers(wanted, using=using):
            yield ChainCheck(company_id, register, is_for_all=companies is None, using=using)


def find_heads(heads: Iterable[str], *, chains: Iterable[str] | None = None, using: str = DEFAULT_DB_ALIAS) -> list[NotedHead]:
    """Where heads that were noted earlier occur: in any chain, or in those of these keys."""
    events = plain(InvoiceEvent, using=using).filter(position__isnull=False).order_by("pk")
    if chains is not None:
        events = events.filter(register__key__in=list(chains))
    found = []
    for head in heads:
        key, position = events.filter(hash=head).values_list("register__key", "position").first() or ("", 0 if head == GENESIS else None)
        found.append(NotedHead(head=head, chain=key, position=position))
    return found


def export_chain(company: Company | int | None, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[str]:
    """The lines of an export, as `python -m invoicing.chain` reads it: the chain of a company as it is at one moment."""
    company_id = company.pk if isinstance(company, Company) else company
    with one_moment(using):
        register = Register.objects.using(using).select_related("company").filter(key=register_key(company_id)).first()
        header = Header(
            chain=register_key(company_id),
            company=str(register.company) if register and register.company else "",
            exported_at=timezone.now().astimezone(UTC).isoformat(timespec="seconds"),
            length=register.length if register else 0,
            head=register.head if register else GENESIS,
        )
        yield from export_lines(header, (exportable(entry) for entry in entries_of(register, using=using)))


def registers(wanted: Sequence[Any] | None, *, using: str) -> Iterator[tuple[Any, Register | None]]:
    """The companies, by their keys, and their registers; one that has issued documents should have one."""
    registers = Register.objects.using(using).select_related("company").order_by("pk")
    if wanted is not None:
        found = {register.key: register for register in registers.filter(key__in=[register_key(key) for key in wanted])}
        yield from ((key, found.get(register_key(key))) for key in dict.fromkeys(wanted))
        return
    known = set()
    for register in registers:
        company_id = company_of(register)
        known.add(company_id)
        yield company_id, register
    issued = plain(get_invoice_model(), using=using).filter(issued_at__isnull=False).order_by()
    others = set(issued.values_list("company_id", flat=True).distinct()) - known
    loose = plain(InvoiceEvent, using=using).filter(register__isnull=True, invoice__isnull=True, kind__in=ALWAYS_CHAINED)
    if None not in known and loose.exists():
        others.add(None)
    yield from ((company_id, None) for company_id in sorted(others, key=lambda key: (key is not None, key)))


def company_of(register: Register) -> Any:
    """The key of the company that a register was made for, whatever its link says now."""
    if register.key == register_key(None):
        return None
    return Company._meta.pk.to_python(register.key)
