"""Ordering, loading manifests, receiving, certifying."""

from traitdunion.supply.operations.manifests import ManifestReport, load_manifest
from traitdunion.supply.operations.ordering import NewLine, cancel, order, sign_order
from traitdunion.supply.operations.receiving import (
    ReceiptReport,
    SamePerson,
    certify,
    receive,
    register_found,
)

__all__ = [
    "ManifestReport",
    "NewLine",
    "ReceiptReport",
    "SamePerson",
    "cancel",
    "certify",
    "load_manifest",
    "order",
    "receive",
    "register_found",
    "sign_order",
]
