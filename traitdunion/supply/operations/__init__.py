"""Ordering, recording gifts, loading manifests, receiving, certifying."""

from traitdunion.supply.operations.gifts import BadGift, GivenLine, donor_named, record_gift
from traitdunion.supply.operations.manifests import ManifestReport, load_manifest
from traitdunion.supply.operations.ordering import BadOrder, NewLine, cancel, order, sign_order
from traitdunion.supply.operations.receiving import (
    ReceiptReport,
    SamePerson,
    certify,
    receive,
    register_found,
)
from traitdunion.supply.operations.settling import NothingAside, accept, refuse
from traitdunion.supply.operations.writing import NoGap, write_to_supplier

__all__ = [
    "BadGift",
    "BadOrder",
    "GivenLine",
    "ManifestReport",
    "NewLine",
    "NoGap",
    "NothingAside",
    "ReceiptReport",
    "SamePerson",
    "accept",
    "cancel",
    "certify",
    "donor_named",
    "load_manifest",
    "order",
    "receive",
    "record_gift",
    "refuse",
    "register_found",
    "sign_order",
    "write_to_supplier",
]
