"""Whether the chains still hold: their links, what their events say, and every document that they seal."""

from invoicing.verifying.chains import check_chains, export_chain, find_heads, verify_chain
from invoicing.verifying.check import ChainCheck
from invoicing.verifying.findings import Finding, NotedHead, Problem

__all__ = [
    "ChainCheck",
    "Finding",
    "NotedHead",
    "Problem",
    "check_chains",
    "export_chain",
    "find_heads",
    "verify_chain",
]
