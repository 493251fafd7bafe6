"""A certificate of our own, for a server that was given none: made once, kept in the workspace."""

import ipaddress
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from triage_app.domain.errors import InvalidInput, StorageFailed

DAYS = 365
RENEW_DAYS = 30


def own_certificate(folder: Path, names: Iterable[str], now: datetime) -> tuple[Path, Path]:
    """The files of a self-signed certificate for these names and addresses, and of its key, which only the owner may
    read.

    Made anew where there is none, where it will soon have expired, or where it is for other names. Raises StorageFailed
    where it cannot be written.
    """
    certificate, key = folder / "server.crt", folder / "server.key"
    wanted = frozenset(names)
    try:
        if not (key.is_file() and _is_good(certificate, wanted, now)):
            folder.mkdir(parents=True, exist_ok=True)
            _make(certificate, key, wanted, now)
    except OSError as error:
        raise StorageFailed(
            f"The server's certificate cannot be kept in {folder}: {error.strerror}. Give one with --cert and --key."
        ) from error
    return certificate, key


def fingerprint(certificate: Path) -> str:
    """The SHA-256 of a certificate in PEM form, as browsers show it. Raises InvalidInput."""
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{certificate} holds no certificate in PEM form. Give one with --cert.") from error
    return found.fingerprint(hashes.SHA256()).hex(":").upper()


def names_in(certificate: Path) -> frozenset[str]:
    """The names and addresses that a certificate is for; empty for one that names none."""
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return frozenset()
    names = alternatives.get_values_for_type(x509.DNSName)
    return frozenset([*names, *map(str, alternatives.get_values_for_type(x509.IPAddress))])


def _is_good(certificate: Path, names: frozenset[str], now: datetime) -> bool:
    if not certificate.is_file():
        return False
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
    except ValueError:
        return False
    return names_in(certificate) == names and found.not_valid_after_utc > now + timedelta(days=RENEW_DAYS)


def _make(certificate: Path, key: Path, names: frozenset[str], now: datetime) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Triage")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([_name(each) for each in sorted(names)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    key.unlink(missing_ok=True)
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(
            secret.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
