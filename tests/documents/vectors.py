"""Pages that try to load something: markup, styles and SVG that take a URL, times the ways to write one.

Every page asks for a canary, by way of a server or of a file, and nothing on it may be loaded otherwise.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from PIL import Image


@dataclass(frozen=True, slots=True)
class Canary:
    """What must not be reached: a host with its port that answers to any path, and the path of a file."""

    host: str
    file: str

    @property
    def http(self) -> str:
        return f"http://{self.host}/canary"

    @property
    def port(self) -> str:
        return self.host.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Vector:
    """A page, and the name by which a test tells it from the others."""

    name: str
    page: str


MARKUP = {
    "img": '<img src="{url}">',
    "img without quotes": "<img src={url}>",
    "img upper case": '<IMG SRC="{url}">',
    "img with fallback": '<img src="missing.png" alt="x" lowsrc="{url}" dynsrc="{url}" data-src="{url}">',
    "img longdesc": '<img src="{url}" longdesc="{url}" usemap="{url}#m">',
    "img srcset": '<img srcset="{url} 1x, {url} 2x">',
    "image": '<image src="{url}">',
    "picture": '<picture><source srcset="{url}"><img src="{url}"></picture>',
    "picture media": '<picture><source media="print" type="image/png" srcset="{url}"></picture>',
    "object": '<object data="{url}"></object>',
    "object png": '<object data="{url}" type="image/png">x</object>',
    "object svg": '<object data="{url}" type="image/svg+xml"></object>',
    "object html": '<object data="{url}" type="text/html"></object>',
    "object codebase": '<object codebase="{url}/" data="a.png" classid="{url}" archive="{url}"></object>',
    "object param": '<object><param name="movie" value="{url}"><param name="src" value="{url}"></object>',
    "embed": '<embed src="{url}">',
    "embed png": '<embed src="{url}" type="image/png">',
    "embed svg": '<embed src="{url}" type="image/svg+xml">',
    "applet": '<applet code="{url}" archive="{url}" codebase="{url}"></applet>',
    "iframe": '<iframe src="{url}"></iframe>',
    "iframe srcdoc": '<iframe srcdoc="&lt;img src=&quot;{url}&quot;&gt;"></iframe>',
    "frame": '<frameset><frame src="{url}"></frameset>',
    "portal": '<portal src="{url}"></portal><fencedframe src="{url}"></fencedframe>',
    "video": '<video src="{url}" poster="{url}"></video>',
    "audio": '<audio src="{url}" autoplay></audio>',
    "media source": '<video><source src="{url}"><track default kind="captions" src="{url}"></video>',
    "input image": '<input type="image" src="{url}" formaction="{url}">',
    "input file": '<input type="file" value="{url}">',
    "form": '<form action="{url}" method="get"><button formaction="{url}">x</button></form>',
    "isindex": '<isindex action="{url}">',
    "script": '<script src="{url}"></script>',
    "script inline": '<script>fetch("{url}"); new Image().src = "{url}"; importScripts("{url}")</script>',
    "script svg": '<svg><script href="{url}"/></svg>',
    "noscript": '<noscript><img src="{url}"><link rel="stylesheet" href="{url}"></noscript>',
    "template": '<template><img src="{url}"></template>',
    "handler": '<p onload="fetch(\'{url}\')" onclick="location=\'{url}\'">x</p>',
    "body background": '<body background="{url}">',
    "table background": '<table background="{url}"><tr background="{url}"><td background="{url}">x</td></tr></table>',
    "bgsound": '<bgsound src="{url}">',
    "layer": '<layer src="{url}"></layer><ilayer src="{url}"></ilayer>',
    "xml island": '<xml src="{url}"></xml>',
    "marquee": '<marquee background="{url}" src="{url}">x</marquee>',
    "base": '<base href="{url}"><img src="a.png">',
    "base stylesheet": '<base href="{url}"><link rel="stylesheet" href="a.css">',
    "base style": '<base href="{url}"><p style="background: url(a.png)">x</p>',
    "base attachment": '<base href="{url}"><link rel="attachment" href="?a">',
    "base twice": '<base href="about:blank"><base href="{url}"><img src="a.png">',
    "base in body": '<div><base href="{url}"><img src="//"><img src="?"><img src="#x"><img src=""></div>',
    "html manifest": '<html manifest="{url}">',
    "head profile": '<head profile="{url}">',
    "meta refresh": '<meta http-equiv="refresh" content="0; url={url}">',
    "meta refresh quoted": "<meta http-equiv=\"Refresh\" content=\"0;URL='{url}'\">",
    "meta link": '<meta http-equiv="Link" content="&lt;{url}&gt;; rel=stylesheet">',
    "meta csp": '<meta http-equiv="Content-Security-Policy" content="default-src *; report-uri {url}">',
    "meta og": '<meta property="og:image" content="{url}"><meta name="msapplication-TileImage" content="{url}">',
    "meta metadata": '<meta name="author" content="{url}"><meta name="generator" content="{url}"><title>{url}</title>',
    "link stylesheet": '<link rel="stylesheet" href="{url}">',
    "link stylesheet typed": '<link rel="stylesheet" type="text/css" media="print" href="{url}">',
    "link stylesheet and more": '<link rel="preload STYLESHEET" href="{url}">',
    "link alternate stylesheet": '<link rel="alternate stylesheet" title="x" href="{url}">',
    "link in body": '<div><p><link rel=stylesheet href="{url}"></p></div>',
    "link attachment": '<link rel="attachment" href="{url}">',
    "link attachment titled": '<link rel="attachment" href="{url}" title="invoice.xml" download="invoice.xml" type="text/xml">',
    "link attachment and more": '<link rel="icon ATTACHMENT" href="{url}">',
    **{
        f"link {rel}": f'<link rel="{rel}" href="{{url}}">'
        for rel in (
            "icon", "shortcut icon", "apple-touch-icon", "mask-icon", "preload", "prefetch", "prerender", "preconnect", "dns-prefetch",
            "modulepreload", "import", "manifest", "pingback", "search", "license", "canonical", "next", "expect", "pdf-attachment",
        )
    },
    "link imagesrcset": '<link rel="preload" as="image" imagesrcset="{url} 1x">',
    "a": '<a href="{url}">x</a>',
    "a download": '<a href="{url}" download="x" ping="{url}">x</a>',
    "a attachment": '<a rel="attachment" href="{url}">x</a>',
    "a attachment named": '<a rel="attachment" href="{url}" download="invoice.xml">x</a>',
    "a attachment on lines": '<a rel="nofollow attachment" href="{url}">x<br>y</a>',
    "area attachment": '<map name="m"><area rel="attachment" href="{url}" shape="rect" coords="0,0,9,9"></map>',
    "blockquote": '<blockquote cite="{url}"><q cite="{url}">x</q><ins cite="{url}">y</ins></blockquote>',
    "style attribute": '<p style="background: url({url})">x</p>',
    "style attribute quoted": "<p style='background-image: url(\"{url}\")'>x</p>",
    "style attribute variable": '<p style="--u: url({url}); background: var(--u)">x</p>',
    "style attribute list": '<ul><li style="list-style: url({url})">x</li></ul>',
    "style attribute content": '<p style="content: url({url})">x</p>',
    "style element in body": "<div><style>p { background: url({url}) }</style></div>",
    "style upper case": "<STYLE>p { background: url({url}) }</STYLE>",
    "style typed": '<style type="text/css; charset=utf-8">@import url({url});</style>',
    "style in comment": "<!-- <style>@import url({url});</style> --><p>x</p>",
    "style in attribute": '<p title="<style>@import url({url});</style>">x</p>',
    "style in textarea": "<textarea><style>@import url({url});</style></textarea>",
    "style in title": "<title><style>@import url({url});</style></title>",
    "style in style": "<style><style>@import url({url});</style></style>",
    "conditional comment": '<!--[if gte IE 5]><link rel="stylesheet" href="{url}"><![endif]-->',
    "xml stylesheet": '<?xml-stylesheet type="text/css" href="{url}"?><p>x</p>',
    "doctype": '<!DOCTYPE html SYSTEM "{url}"><p>x</p>',
    "entity": '<!DOCTYPE html [<!ENTITY x SYSTEM "{url}">]><p>&x;</p>',
    "xinclude": '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}" parse="text"/>',
    "math": '<math xlink:href="{url}"><mglyph src="{url}"/><maction actiontype="statusline#{url}">x</maction></math>',
    "foreign html": '<svg width="9" height="9"><foreignObject width="9" height="9"><img src="{url}"></foreignObject></svg>',
}  # fmt: skip
"""Markup by what it is about. `{url}` is where the URL goes."""

CSS = {
    "import url": "@import url({url});",
    "import quoted url": '@import url("{url}");',
    "import string": "@import '{url}';",
    "import media": "@import url({url}) print;",
    "import media query": "@import url({url}) print and (min-width: 1px);",
    "import layer": "@import url({url}) layer;",
    "import named layer": "@import '{url}' layer(theme);",
    "import supports": "@import url({url}) supports(display: block);",
    "import all of them": "@import url({url}) layer(theme) supports(display: block) print;",
    "import after charset": '@charset "utf-8"; @import url({url});',
    "import after layer": "@layer a, b; @import url({url});",
    "import upper case": "@IMPORT URL({url});",
    "import escaped": "@\\69mport u\\72l({url});",
    "import in media": "@media print { @import url({url}); }",
    "import in comment": "/* @import url({url}); */ @import/**/url({url});",
    "import cdo": "<!-- @import url({url}); -->",
    "font-face": "@font-face { font-family: Evil; src: url({url}) } body { font-family: Evil }",
    "font-face format": '@font-face { font-family: Evil; src: url("{url}") format("woff2") tech(variations) } body { font-family: Evil }',
    "font-face list": "@font-face { font-family: Evil; src: url(about:blank), url({url}), url({url}) } body { font-family: Evil }",
    "font-face local": "@font-face { font-family: Evil; src: local('DejaVu Sans'), url({url}) } body { font-family: Evil }",
    "font-face local of a path": "@font-face { font-family: Evil; src: local('{url}') } body { font-family: Evil }",
    "font-face weird family": "@font-face { font-family: '</string><include>{url}</include>'; src: url({url}) }",
    "font-face in media": "@media print { @font-face { font-family: Evil; src: url({url}) } } body { font-family: Evil }",
    "font-family": "body { font-family: '{url}', url({url}) }",
    "background": "body { background: url({url}) }",
    "background quoted": 'p { background: url("{url}") }',
    "background image": "p { background-image: url({url}) }",
    "background of the root": "html { background: url({url}) fixed }",
    "background list": "p { background: url({url}), linear-gradient(red, blue), url({url}) no-repeat right }",
    "background upper case": "p { BACKGROUND: URL({url}) !IMPORTANT }",
    "background important": "p { background: url({url}) !important }",
    "background image-set": "p { background-image: image-set(url({url}) 1x) }",
    "background image-set of strings": 'p { background-image: -webkit-image-set("{url}" 1x, "{url}" 2x) }',
    "background image()": 'p { background-image: image("{url}", red) }',
    "background src()": 'p { background-image: src("{url}") }',
    "background cross-fade": "p { background-image: cross-fade(50% url({url}), url({url})) }",
    "background element": "p { background-image: element(#x), -moz-image-rect(url({url}), 0, 0, 1, 1) }",
    "background paint": "p { background: paint({url}) }",
    "background attr()": 'p { background-image: attr(title type(<url>), url("{url}")) }',
    "background variable": ":root { --u: url({url}) } p { background: var(--u) }",
    "background fallback": "p { background: var(--missing, url({url})) }",
    "background property": "@property --u { syntax: '<url>'; inherits: true; initial-value: url({url}) } p { background: var(--u) }",
    "background nested": "body { & p { background: url({url}) } }",
    "background in supports": "@supports (display: block) { p { background: url({url}) } }",
    "background in layer": "@layer x { p { background: url({url}) } }",
    "background in container": "@container (min-width: 1px) { p { background: url({url}) } }",
    "background in document": "@document url({url}) { p { color: red } }",
    "background modifiers": 'p { background: url("{url}" crossorigin(anonymous) referrerpolicy(no-referrer)) }',
    "background unclosed": "p { background: url({url}",
    "selector": "a[href^='http'] { background: url({url}) } p:not(a) { background: url({url}) } p:first-line { background: url({url}) }",
    "list-style-image": "li { list-style-image: url({url}) }",
    "list-style": "ul { list-style: square inside url({url}) }",
    "marker": "li::marker { content: url({url}) }",
    "content before": "p::before { content: url({url}) }",
    "content after": "p::after { content: 'x' url({url}) / 'text' }",
    "content of an element": "p { content: url({url}) }",
    "content target-counter": "p::before { content: target-counter(url({url}), page) }",
    "content target-counter attr": "p::before { content: target-counter(attr(title url), page) target-text(url('{url}#x'), content) }",
    "content leader": "p::before { content: leader('.') target-counters('{url}', page, '.') }",
    "content element": "p { position: running(x) } @page { @top-left { content: element(x) url({url}) } }",
    "string-set": "p { string-set: x url({url}) } @page { @top-left { content: string(x) } }",
    "bookmark": "p { bookmark-level: 1; bookmark-label: url({url}) }",
    "link": "p { link: url({url}); anchor: url({url}) } a { -weasy-link: url({url}) }",
    "quotes": "q { quotes: url({url}) '»' } q::before { content: open-quote url({url}) }",
    "border-image": "p { border: 3px solid; border-image: url({url}) 30 round }",
    "border-image-source": "p { border: 3px solid; border-image-source: url({url}) }",
    "mask": "p { mask: url({url}) } p { -webkit-mask: url({url}#m) }",
    "mask-image": "p { mask-image: url({url}); mask-border-source: url({url}); mask-border: url({url}) 30 }",
    "clip-path": "p { clip-path: url({url}#c) }",
    "shape-outside": "p { float: left; shape-outside: url({url}) }",
    "filter": "p { filter: url({url}#f); backdrop-filter: url({url}#f) }",
    "cursor": "p { cursor: url({url}), auto }",
    "behavior": "p { behavior: url({url}); -moz-binding: url({url}#x) }",
    "ie filter": "p { filter: progid:DXImageTransform.Microsoft.AlphaImageLoader(src='{url}') }",
    "expression": "p { width: expression(location='{url}') }",
    "offset-path": "p { offset-path: url({url}#p); motion-path: url({url}) }",
    "fill": "svg { fill: url({url}#a); stroke: url({url}#b); marker: url({url}#c) }",
    "page background": "@page { background: url({url}) }",
    "page first": "@page :first { background-image: url({url}); size: 9cm }",
    "page named": "@page x { background: url({url}) } body { page: x }",
    "page margin content": "@page { @top-left { content: url({url}) } }",
    "page margin background": "@page { @bottom-center { content: 'x'; background: url({url}) } }",
    "page margin list": "@page { @left-top { content: 'x'; list-style-image: url({url}) } @footnote { background: url({url}) } }",
    "footnote": "p { float: footnote } p::footnote-call { content: url({url}) } p::footnote-marker { content: url({url}) }",
    "counter-style": "@counter-style x { system: cyclic; symbols: url({url}) } li { list-style: x }",
    "counter-style symbols": "@counter-style x { system: fixed; symbols: '{url}'; suffix: url({url}) } ul { list-style: x }",
    "color-profile": "@color-profile device-cmyk { src: url({url}) }",
    "color-profile named": "@color-profile --x { src: url('{url}') } p { color: color(--x 0 0 0) }",
    "font-palette": "@font-palette-values --x { font-family: Evil; base-palette: url({url}) }",
    "font-feature": "@font-feature-values Evil { @swash { x: 1 } } p { font-feature-settings: '{url}' }",
    "namespace": "@namespace svg url({url}); svg|p { color: red }",
    "namespace default": "@namespace '{url}';",
    "view-transition": "@view-transition { navigation: url({url}) }",
    "hyphenate": "p { hyphenate-character: '{url}'; hyphens: auto }",
    "image-orientation": "p::before { content: url({url}); image-orientation: 90deg; image-resolution: from-image }",
    "escaped function": "p { background: \\75 rl({url}) }",
    "escaped property": "p { b\\61 ckground: url({url}) }",
}
"""Styles by what they are about, as they stand in a `<style>`."""

XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
RECT = '<rect width="9" height="9"/>'
SVG = {
    "image": '<image href="{url}" width="9" height="9"/>',
    "image xlink": '<image xlink:href="{url}" width="9" height="9"/>',
    "image both": '<image xlink:href="{url}" href="{url}" width="9" height="9" preserveAspectRatio="none"/>',
    "image base": '<image xml:base="{url}" href="a.png" width="9" height="9"/>',
    "image in g": '<g transform="scale(2)"><a href="{url}"><image href="{url}" width="9" height="9"/></a></g>',
    "image in switch": '<switch><image href="{url}" width="9" height="9" systemLanguage="en"/></switch>',
    "image in symbol": '<symbol id="s"><image href="{url}" width="9" height="9"/></symbol><use href="#s"/>',
    "image in defs": '<defs><image id="i" href="{url}" width="9" height="9"/></defs><use href="#i"/>',
    "image in nested svg": '<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>',
    "use": '<use href="{url}#a"/>',
    "use xlink": '<use xlink:href="{url}#a"/>',
    "use without fragment": '<use href="{url}"/>',
    "tref": '<text y="9"><tref xlink:href="{url}#a"/></text>',
    "textPath": '<text><textPath href="{url}#a">x</textPath></text>',
    "feImage": '<filter id="f"><feImage href="{url}"/></filter><rect width="9" height="9" filter="url(#f)"/>',
    "feImage xlink": '<filter id="f"><feImage xlink:href="{url}"/></filter><rect width="9" height="9" filter="url(#f)"/>',
    "filter": '<rect width="9" height="9" filter="url({url}#f)"/>',
    "filter href": '<filter id="f" href="{url}#f"/><rect width="9" height="9" filter="url(#f)"/>',
    "pattern": '<pattern id="p" width="9" height="9"><image href="{url}" width="9" height="9"/></pattern>'
    '<rect width="9" height="9" fill="url(#p)"/>',
    "pattern href": '<pattern id="p" width="9" height="9" href="{url}#p"/><rect width="9" height="9" fill="url(#p)"/>',
    "gradient href": '<linearGradient id="g" href="{url}#g"/><rect width="9" height="9" fill="url(#g)"/>',
    "fill": '<rect width="9" height="9" fill="url({url}#p)" stroke="url({url}#q)"/>',
    "fill style": '<rect width="9" height="9" style="fill: url({url}#p); filter: url({url}#f)"/>',
    "mask": '<mask id="m"><image href="{url}" width="9" height="9"/></mask><rect width="9" height="9" mask="url(#m)"/>',
    "mask outside": '<rect width="9" height="9" mask="url({url}#m)" clip-path="url({url}#c)"/>',
    "clip-path": '<clipPath id="c"><use href="{url}#c"/></clipPath><rect width="9" height="9" clip-path="url(#c)"/>',
    "marker": '<marker id="m" markerWidth="9" markerHeight="9"><image href="{url}" width="9" height="9"/></marker>'
    '<path d="M0 0L9 9" stroke="red" marker-end="url(#m)"/>',
    "marker outside": '<path d="M0 0L9 9" marker-start="url({url}#m)"/>',
    "cursor": f'<cursor id="c" xlink:href="{{url}}"/><g cursor="url({{url}})">{RECT}</g>',
    "style import": "<style>@import url({url});</style>" + RECT,
    "style import string": "<style>@import '{url}';</style>" + RECT,
    "style font": "<style>@font-face { font-family: Evil; src: url({url}) } text { font-family: Evil }</style><text y='9'>x</text>",
    "style fill": "<style>rect { fill: url({url}#p); filter: url({url}#f); background: url({url}) }</style>" + RECT,
    "font-face-uri": '<font><font-face font-family="Evil"><font-face-src><font-face-uri href="{url}"/></font-face-src></font-face></font>',
    "color-profile": '<color-profile name="x" xlink:href="{url}"/><rect width="9" height="9" fill="icc-color(x, 0, 0, 0)"/>',
    "script": '<script href="{url}"/><script xlink:href="{url}"/>',
    "animation": '<image width="9" height="9"><set attributeName="href" to="{url}"/><animate attributeName="href" values="{url}"/></image>',
    "media": '<video href="{url}"/><audio href="{url}"/><iframe src="{url}"/>',
    "foreignObject": '<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml"><img src="{url}"/></body>'
    "</foreignObject>",
    "xinclude": '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}" parse="text"/>',
    "handler": "<g onload=\"fetch('{url}')\">" + RECT + "</g>",
    "metadata": '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about="{url}"/></metadata>',
}
"""What stands inside an `<svg>`."""

XML = {
    "stylesheet": '<?xml version="1.0"?><?xml-stylesheet type="text/css" href="{url}"?>',
    "doctype": '<?xml version="1.0"?><!DOCTYPE svg SYSTEM "{url}">',
    "public doctype": '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "{url}">',
    "entity": '<!DOCTYPE svg [<!ENTITY x SYSTEM "{url}">]>',
    "parameter entity": '<!DOCTYPE svg [<!ENTITY % x SYSTEM "{url}"> %x;]>',
    "notation": '<!DOCTYPE svg [<!NOTATION n SYSTEM "{url}"><!ENTITY x SYSTEM "{url}" NDATA n>]>',
}
"""What stands before an `<svg>` in a file of its own; the text of the image refers to the entity."""


def svg_of(content: str, *, prolog: str = "") -> str:
    """An SVG file."""
    return f'{prolog}<svg xmlns="http://www.w3.org/2000/svg" {XLINK} width="9" height="9">{content}</svg>'


def data_url(kind: str, body: bytes | str) -> str:
    """The body as a `data:` URL in base64."""
    content = body.encode() if isinstance(body, str) else body
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def tiny(kind: str) -> bytes:
    """An image of one pixel."""
    out = io.BytesIO()
    Image.new("RGB", (1, 1)).save(out, kind)
    return out.getvalue()


def plain_urls(canary: Canary) -> dict[str, str]:
    """The two addresses that everybody tries first."""
    return {"http": canary.http, "file": f"file://{canary.file}"}


def odd_urls(canary: Canary) -> dict[str, str]:
    """Other ways to write the address of a server or of a file, by their names."""
    http, host, port, file = canary.http, canary.host, canary.port, canary.file
    return {
        "https": f"https://{host}/canary",
        "upper case http": f"HTTP://{host}/canary",
        "mixed case http": f"hTtP://{host}/canary",
        "redirect": f"http://{host}/redirect",
        "redirect to a file": f"http://{host}/redirect-to-file",
        "protocol-relative": f"//{host}/canary",
        "backslashes": f"http:\\\\{host}\\canary",
        "one slash": f"http:/{host}/canary",
        "no slash": f"http:{host}/canary",
        "three slashes": f"http:///{host}/canary",
        "credentials": f"http://user:secret@{host}/canary",
        "credentials that look like a host": f"http://example.com@{host}/canary",
        "query": f"{http}?a=b&c=d",
        "fragment": f"{http}#fragment",
        "percent-encoded path": f"http://{host}/%63anary",
        "percent-encoded scheme": f"%68ttp://{host}/canary",
        "percent-encoded host": f"http://%31%32%37.0.0.1:{port}/canary",
        "localhost": f"http://localhost:{port}/canary",
        "decimal address": f"http://2130706433:{port}/canary",
        "hexadecimal address": f"http://0x7f000001:{port}/canary",
        "octal address": f"http://0177.0.0.1:{port}/canary",
        "short address": f"http://127.1:{port}/canary",
        "zero address": f"http://0:{port}/canary",
        "mapped address": f"http://[::ffff:127.0.0.1]:{port}/canary",
        "address with a dot": f"http://127.0.0.1.:{port}/canary",
        "wide digits": f"http://１２７.0.0.1:{port}/canary",  # noqa: RUF001 -- another host of the same name
        "space before": f" {http}",
        "line feed before": f"\n{http}",
        "no-break space before": f"\u00a0{http}",
        "control character before": f"\x01{http}",
        "byte order mark before": f"\ufeff{http}",
        "tab in the scheme": f"ht\ttp://{host}/canary",
        "line feed in the scheme": f"ht\ntp://{host}/canary",
        "line feed in the host": f"http://127.0.0.1\n:{port}/canary",
        "header in the path": f"http://{host}/canary HTTP/1.1\r\nX-Header: x",
        "character references": "".join(f"&#{ord(character)};" for character in http),
        "url: before": f"URL:{http}",
        "angles around": f"&lt;URL:{http}&gt;",
        "view-source": f"view-source:{http}",
        "feed": f"feed:{http}",
        "jar": f"jar:{http}!/x.png",
        "blob": f"blob:{http}/0b1c",
        "javascript": f"javascript:fetch('{http}')",
        "vbscript": f"vbscript:open('{http}')",
        "mhtml": f"mhtml:{http}!x",
        "about": f"about:blank?{http}",
        "filesystem": f"filesystem:{http}",
        "websocket": f"ws://{host}/canary",
        "ftp": f"ftp://{host}/canary",
        "ftp with credentials": f"ftp://user:secret@{host}/canary;type=a",
        "sftp": f"sftp://{host}/canary",
        "gopher": f"gopher://{host}/_canary",
        "ldap": f"ldap://{host}/canary",
        "dict": f"dict://{host}/canary",
        "smb": f"smb://{host}/canary",
        "share": f"\\\\127.0.0.1@{port}\\canary",
        "urn": f"urn:{http}",
        "cid": "cid:canary",
        "our font as a prefix": f"invoicing-font:{http}",
        "our font as a path": f"invoicing-font:{'../' * 12}{file.lstrip('/')}",
        "our font upper case": f"INVOICING-FONT:{file}",
        "our font with a host": f"invoicing-font://{host}/canary",
        "our font with a zero byte": f"invoicing-font:regular%00{file}",
        "path": file,
        "path that climbs": f"{'../' * 16}{file.lstrip('/')}",
        "path in percent": quote(file, safe="").replace("%2F", "/"),
        "upper case file": f"FILE://{file}",
        "file of localhost": f"file://localhost{file}",
        "file of an address": f"file://127.0.0.1{file}",
        "file of a host": f"file://{host}{file}",
        "file one slash": f"file:{file}",
        "file two slashes more": f"file:///{file}",
        "file that climbs": f"file:///nowhere/../..{file}",
        "file in percent": "file://" + "".join(f"%{byte:02x}" if byte != 47 else "/" for byte in file.encode()),
        "file with query": f"file://{file}?x=y",
        "file with fragment": f"file://{file}#x",
        "file with a zero byte": f"file://{file}%00.png",
        "file backslashes": "file:" + file.replace("/", "\\"),
        "local_file": f"local_file://{file}",
        "local-file": f"local-file://{file}",
        "jar of a file": f"jar:file://{file}!/x",
        "netdoc": f"netdoc:{file}",
        "php": f"php://filter/resource={file}",
        "zip": f"zip://{file}#x",
        "chrome": f"chrome://{file}",
        "resource": f"resource://{file}",
        "ms-its": f"ms-its:{file}::/x",
        "descriptor": "/dev/fd/0",
        **data_urls(canary),
    }


def data_urls(canary: Canary) -> dict[str, str]:
    """`data:` URLs that hold another URL, one and two deep, by honest and by wrong names."""
    http = canary.http
    svg = svg_of(SVG["image"].replace("{url}", http))
    style = f"@import url({http}); p {{ background: url({http}) }}"
    html = f'<img src="{http}"><link rel="stylesheet" href="{http}">'
    entity = svg_of("<text>&x;</text>", prolog=XML["entity"].replace("{url}", f"file://{canary.file}"))
    deep_svg = svg_of(SVG["image"].replace("{url}", data_url("image/svg+xml", svg)))
    deep_style = f'@import url("{data_url("text/css", style)}");'
    as_html = f'<img src="{data_url("image/svg+xml", svg)}">'
    return {
        "data svg": data_url("image/svg+xml", svg),
        "data svg upper case": data_url("image/svg+xml", svg).replace("data:", "DATA:", 1),
        "data svg in percent": "data:image/svg+xml," + quote(svg, safe=""),
        "data svg with charset": "data:image/svg+xml;charset=utf-16;base64," + base64.b64encode(svg.encode("utf-16")).decode(),
        "data svg as png": data_url("image/png", svg),
        "data svg as jpeg": data_url("image/jpeg", svg),
        "data svg without type": data_url("", svg),
        "data svg as xml": data_url("application/xml", svg),
        "data svg with entity": data_url("image/svg+xml", entity),
        "data svg behind a png": data_url("image/svg+xml", tiny("PNG") + svg.encode()),
        "data svg behind a gif": data_url("image/svg+xml", b"GIF89a" + svg.encode()),
        "data svg behind a jpeg": data_url("image/svg+xml", b"\xff\xd8\xff\xfe" + svg.encode()),
        "data svg two deep": data_url("image/svg+xml", deep_svg),
        "data css": data_url("text/css", style),
        "data css in percent": "data:text/css," + quote(style, safe=""),
        "data css as png": data_url("image/png", style),
        "data css behind a png": data_url("text/css", b"\x89PNG\r\n\x1a\n*{}" + style.encode()),
        "data css behind a gif": data_url("text/css", b"GIF89a{} " + style.encode()),
        "data css behind a real gif": data_url("text/css", tiny("GIF") + b"*{} " + style.encode()),
        "data css two deep": data_url("text/css", deep_style),
        "data html": data_url("text/html", html),
        "data html in percent": "data:text/html," + quote(html, safe=""),
        "data html two deep": data_url("text/html", as_html),
        "data javascript": "data:text/javascript," + quote(f"fetch('{http}')", safe=""),
        "data of a url": f"data:{http}",
        "data of a file": f"data:,file://{canary.file}",
        "data eps": data_url("image/png", f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n({canary.file}) run\n"),
        "data font": data_url("font/ttf", b"\x00\x01\x00\x00" + http.encode()),
    }


def escaped_urls(canary: Canary) -> dict[str, str]:
    """Addresses in the escapes of CSS."""
    http = canary.http
    return {
        "escaped letter": f"\\68ttp://{canary.host}/canary",
        "escaped letter in six digits": f"\\000068ttp://{canary.host}/canary",
        "escaped throughout": "".join(f"\\{ord(character):x} " for character in http),
        "escaped slashes": http.replace("/", "\\/"),
        "escaped colon": http.replace(":", "\\:"),
        "escaped file": f"\\66 ile\\3a //{canary.file}",
        "escaped line": f"http:\\\n//{canary.host}/canary",
    }


CARRIERS = ("img", "object svg", "link stylesheet", "link attachment", "a attachment", "base")
"""The markup that every odd URL is tried in."""
STYLE_CARRIERS = ("import quoted url", "font-face format", "background quoted")
SVG_CARRIERS = ("image",)


def in_markup(content: str) -> str:
    return f"<!DOCTYPE html><p>x</p>{content}"


def in_style(content: str) -> str:
    return f"<!DOCTYPE html><style>{content}</style><ul><li><p title='x'>x <q>y</q></p></ul>"


def in_style_of_a_medium(content: str) -> str:
    return in_style(content).replace("<style>", '<style media="print">', 1)


def in_svg(content: str) -> str:
    return f"<!DOCTYPE html><p>x</p>{svg_of(content)}"


def in_svg_file(content: str) -> str:
    """The SVG as an image of the page."""
    return in_markup(f'<img src="{data_url("image/svg+xml", svg_of(content))}">')


def in_svg_prolog(prolog: str) -> str:
    """The text before an SVG that is an image of the page."""
    return in_markup(f'<img src="{data_url("image/svg+xml", svg_of("<text>&x;</text>", prolog=prolog))}">')


FAMILIES: tuple[tuple[str, dict[str, str], Callable[[str], str]], ...] = (
    ("markup", MARKUP, in_markup),
    ("style", CSS, in_style),
    ("style of a medium", CSS, in_style_of_a_medium),
    ("svg", SVG, in_svg),
    ("svg file", SVG, in_svg_file),
    ("svg prolog", XML, in_svg_prolog),
)

CARRYING = (("markup", MARKUP, CARRIERS, in_markup), ("style", CSS, STYLE_CARRIERS, in_style), ("svg", SVG, SVG_CARRIERS, in_svg))


def plain_vectors(canary: Canary) -> Iterator[Vector]:
    """Every way to name a URL, with the address of the server and that of the file."""
    for family, templates, page in FAMILIES:
        for name, template in templates.items():
            for form, url in plain_urls(canary).items():
                yield Vector(f"{family}: {name}: {form}", page(template.replace("{url}", url)))


def odd_vectors(canary: Canary) -> Iterator[Vector]:
    """Every way to write a URL, where it is most likely to be asked for."""
    for family, templates, carriers, page in CARRYING:
        for carrier in carriers:
            for form, url in odd_urls(canary).items():
                yield Vector(f"{family}: {carrier}: {form}", page(templates[carrier].replace("{url}", url)))
    for form, url in escaped_urls(canary).items():
        for name in ("import url", "import string", "background", "font-face"):
            yield Vector(f"style: {name}: {form}", in_style(CSS[name].replace("{url}", url)))
    for form, url in (("relative to a server", canary.http), ("relative to a file", f"file://{canary.file}")):
        for relative in ("canary", "./canary", "?canary", "//" + canary.host + "/canary", "/canary", "\\canary"):
            base = f'<base href="{url}">'
            yield Vector(f"base: {form}: {relative}", in_markup(f'{base}<img src="{relative}"><a rel="attachment" href="{relative}">x</a>'))


def vectors(canary: Canary) -> Iterator[Vector]:
    """All of them."""
    yield from plain_vectors(canary)
    yield from odd_vectors(canary)
