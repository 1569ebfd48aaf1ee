"""A device that keeps a passkey, as a browser speaks for it."""

import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

SITE = "https://testserver"
SEEN = AuthenticatorData.FLAG.USER_PRESENT


@dataclass
class Authenticator:
    site: str = SITE
    counter: int = 0
    identity: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any]) -> str:
        known = [websafe_decode(each["id"]) for each in options.get("excludeCredentials") or ()]
        assert self.identity not in known
        credential = AttestedCredentialData.create(
            Aaguid.NONE,
            self.identity,
            ES256.from_cryptography_key(self.key.public_key()),  # type: ignore[no-untyped-call]
        )
        data = AuthenticatorData.create(
            sha256(options["rp"]["id"].encode()).digest(),
            SEEN | AuthenticatorData.FLAG.ATTESTED,
            self.counter,
            credential,
        )
        client = self._client("webauthn.create", options)
        made = AttestationObject.create("none", data, {})
        return self._answer(clientDataJSON=client, attestationObject=made)

    def get(self, options: dict[str, Any]) -> str:
        known = [websafe_decode(each["id"]) for each in options["allowCredentials"]]
        assert self.identity in known
        self.counter += 1
        data = AuthenticatorData.create(sha256(options["rpId"].encode()).digest(), SEEN, self.counter)
        client = self._client("webauthn.get", options)
        signature = self.key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _client(self, kind: str, options: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(
            type=kind, challenge=websafe_decode(options["challenge"]), origin=self.site
        )

    def _answer(self, **response: bytes) -> str:
        named = websafe_encode(self.identity)
        parts = {name: websafe_encode(bytes(part)) for name, part in response.items()}
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": parts})
