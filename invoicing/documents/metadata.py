"""XMP metadata of a PDF: everything in one block, as PDF/A wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, SubElement, fromstring, register_namespace, tostring

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
EXTENSION: Final = "http://www.aiim.org/pdfa/ns/extension/"
SCHEMA: Final = "http://www.aiim.org/pdfa/ns/schema#"
PROPERTY: Final = "http://www.aiim.org/pdfa/ns/property#"

for _prefix, _namespace in (("rdf", RDF), ("pdfaExtension", EXTENSION), ("pdfaSchema", SCHEMA), ("pdfaProperty", PROPERTY)):
    register_namespace(_prefix, _namespace)


@dataclass(frozen=True, slots=True, kw_only=True)
class XmpProperty:
    """One fact and what it means; `value_type` is a type of XMP such as Text or Integer."""

    name: str
    value: str
    description: str
    value_type: str = "Text"
    category: str = "external"


@dataclass(frozen=True, slots=True, kw_only=True)
class XmpSchema:
    """Facts that PDF/A does not know by itself: they come with an explanation (ISO 19005-3, 6.6.2.3)."""

    name: str
    namespace: str
    prefix: str
    properties: tuple[XmpProperty, ...]


PDF_UA: Final = XmpSchema(
    name="PDF/UA identification",
    namespace="http://www.aiim.org/pdfua/ns/id/",
    prefix="pdfuaid",
    properties=(XmpProperty(name="part", value="1", value_type="Integer", category="internal", description="Part of ISO 14289 followed"),),
)
"""Says that the file is tagged for people who cannot see it (ISO 14289-1, 5)."""


def merged(rdf: bytes, *, schemas: Sequence[XmpSchema]) -> bytes:
    """The block of XMP with the facts of `schemas`, and one explanation of all of them, added."""
    root = fromstring(rdf)  # noqa: S314 -- WeasyPrint wrote it a moment ago
    for schema in schemas:
        register_namespace(schema.prefix, schema.namespace)
        facts = _description(root)
        for fact in schema.properties:
            SubElement(facts, f"{{{schema.namespace}}}{fact.name}").text = fact.value
    bag = SubElement(SubElement(_description(root), f"{{{EXTENSION}}}schemas"), f"{{{RDF}}}Bag")
    for schema in schemas:
        _explain(schema, bag=bag)
    xml: bytes = tostring(root, encoding="utf-8")
    return xml


def _description(root: Element) -> Element:
    return SubElement(root, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})


def _resource(parent: Element) -> Element:
    return SubElement(parent, f"{{{RDF}}}li", {f"{{{RDF}}}parseType": "Resource"})


def _explain(schema: XmpSchema, *, bag: Element) -> None:
    entry = _resource(bag)
    SubElement(entry, f"{{{SCHEMA}}}schema").text = schema.name
    SubElement(entry, f"{{{SCHEMA}}}namespaceURI").text = schema.namespace
    SubElement(entry, f"{{{SCHEMA}}}prefix").text = schema.prefix
    sequence = SubElement(SubElement(entry, f"{{{SCHEMA}}}property"), f"{{{RDF}}}Seq")
    for fact in schema.properties:
        place = _resource(sequence)
        SubElement(place, f"{{{PROPERTY}}}name").text = fact.name
        SubElement(place, f"{{{PROPERTY}}}valueType").text = fact.value_type
        SubElement(place, f"{{{PROPERTY}}}category").text = fact.category
        SubElement(place, f"{{{PROPERTY}}}description").text = fact.description
