from django.urls import path

from traitdunion.web.budget import (
    chorus,
    committing,
    giving,
    paying,
    signing,
    spending,
    views,
)

app_name = "budget"
ENVELOPE = "<uuid:envelope_id>/"
COMMITMENT = "engagements/<uuid:commitment_id>/"
PAYMENT = "paiements/<uuid:payment_id>/"
REQUEST = "a-signer/<uuid:request_id>/"
EXTRACT = "chorus/<uuid:extract_id>/"
urlpatterns = [
    path("", views.envelopes, name="envelopes"),
    path("nouvelle/", giving.new_envelope, name="new"),
    path("sous-consommation/", spending.spending, name="spending"),
    path(ENVELOPE, views.envelope, name="envelope"),
    path(f"{ENVELOPE}ajouter/", giving.allot, name="allot"),
    path(f"{ENVELOPE}deleguer/", giving.open_under, name="open_under"),
    path(f"{ENVELOPE}abonder/", giving.delegate, name="delegate"),
    path(f"{ENVELOPE}retirer/", giving.withdraw, name="withdraw"),
    path(f"{ENVELOPE}engager/", committing.engage, name="engage"),
    path(f"{ENVELOPE}reprendre/", committing.take_over, name="take_over"),
    path(f"{ENVELOPE}mouvements/", views.movements, name="movements"),
    path(f"{ENVELOPE}mouvements/<uuid:told_by>/", views.movement, name="movement"),
    path(f"{ENVELOPE}mouvements/<uuid:told_by>/annuler/", giving.reverse_movement, name="reverse"),
    path(f"{ENVELOPE}cloture/", giving.close, name="close"),
    path(f"{ENVELOPE}cloture/reporter/", giving.carry_over, name="carry_over"),
    path(f"{ENVELOPE}cloture/solder/", giving.lapse, name="lapse"),
    path(f"{ENVELOPE}cloture/suivante/", giving.next_year, name="next_year"),
    path("engagements/", views.commitments, name="commitments"),
    path(COMMITMENT, views.commitment, name="commitment"),
    path(f"{COMMITMENT}ej/", committing.number, name="number"),
    path(f"{COMMITMENT}desengager/", committing.release, name="release"),
    path(f"{COMMITMENT}avance/", committing.advance, name="advance"),
    path(f"{COMMITMENT}service-fait/", committing.certify, name="certify"),
    path(f"{COMMITMENT}demander/", committing.request_payment, name="request_payment"),
    path("paiements/", paying.payments, name="payments"),
    path("paiements/a-demander/", paying.to_request, name="to_request"),
    path(PAYMENT, paying.payment, name="payment"),
    path(f"{PAYMENT}dp/", paying.number, name="number_payment"),
    path(f"{PAYMENT}paye/", paying.pay, name="pay"),
    path(f"{PAYMENT}renvoye/", paying.send_back, name="send_back"),
    path(f"{PAYMENT}annuler/", paying.cancel, name="cancel_payment"),
    path("a-signer/", signing.signatures, name="signatures"),
    path(f"{REQUEST}signer/", signing.sign, name="sign"),
    path(f"{REQUEST}refuser/", signing.refuse, name="refuse"),
    path(f"{REQUEST}retirer/", signing.withdraw_request, name="withdraw_request"),
    path("delegations-de-signature/", signing.delegations, name="delegations"),
    path("delegations-de-signature/nouvelle/", signing.give, name="give_signing"),
    path(
        "delegations-de-signature/<uuid:delegation_id>/terminer/", signing.end, name="end_signing"
    ),
    path("chorus/", chorus.extracts, name="extracts"),
    path(EXTRACT, chorus.extract, name="extract"),
    path(f"{EXTRACT}<uuid:line_id>/rattacher/", chorus.attach, name="attach"),
    path(f"{EXTRACT}confirmer/", chorus.confirm, name="confirm_extract"),
    path(f"{EXTRACT}abandonner/", chorus.abandon, name="abandon_extract"),
]
