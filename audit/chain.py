"""The hash chain over the audit log: sealing new entries, and walking the chain to verify it."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import QuerySet

from audit.models import AuditLog

SEAL_AT_MOST = 5000
PRUNED = "audit.pruned"
ERASED = "audit.erased"


@dataclass(frozen=True)
class Head:
    """The newest sealed entry: its number in the chain (0 when nothing is sealed) and its hash."""

    chain_no: int
    hash: str

    def __str__(self) -> str:
        return f"{self.chain_no}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Read `NUMBER:HASH`, as it is logged and written into backups; raises ValueError."""
        number, _, digest = text.strip().partition(":")
        return cls(int(number), digest)


@dataclass(frozen=True)
class Verdict:
    """What a walk found: how many entries hold, and the first that doesn't with its reason.

    `start` is the entry before the first, as retention has signed it off; 0 for the whole chain.
    """

    checked: int
    unsealed: int
    head: Head
    broken: str | None
    start: Head


def seal() -> tuple[int, Head]:
    """Chain the entries that are not yet sealed; answer how many, and the new head."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed, head, head_hash FROM audit_seal(%s)", [SEAL_AT_MOST])
        sealed, chain_no, digest = cursor.fetchone()
    return sealed, Head(chain_no, digest or "")


def head_of(entry: AuditLog | None) -> Head:
    """What a sealed entry is in the chain; 0 for none."""
    return Head(entry.chain_no or 0, entry.hash or "") if entry else Head(0, "")


def newest_head() -> Head:
    """The newest sealed entry, without a look at those before it."""
    return head_of(_sealed().last())


def signed_off() -> Head:
    """The entry before the chain's start: 0, or the last that retention has signed off.

    Signing off writes an entry that is sealed itself, and only the owner may write it.
    """
    entry = _sealed().filter(action=PRUNED).last()
    return Head.parse(json.loads(entry.details or "")["through"]) if entry else Head(0, "")


def verify(*, known_head: Head | None = None) -> Verdict:
    """Walk the whole chain, oldest first, and compare it with a head kept elsewhere if given.

    Entries without an actor have to be those that a witness speaks of (see `_witness_fault`).
    """
    broken = None
    erased: dict[int | None, list[int]] = defaultdict(list)
    start = head = signed_off()
    known_seen = known_head in {None, head}
    for entry in _sealed().filter(chain_no__gt=start.chain_no).iterator(chunk_size=2000):
        broken = _fault(entry, head)
        if broken:
            break
        head = head_of(entry)
        if entry.salt is None:
            erased[entry.erased_by].append(entry.pk)
        known_seen = known_seen or head == known_head
    if not broken and not known_seen:
        broken = f"the chain doesn't hold the known head {known_head}"
    broken = broken or _erasure_fault(erased)
    unsealed = AuditLog.objects.filter(chain_no__isnull=True).count()
    checked = head.chain_no - start.chain_no
    return Verdict(checked=checked, unsealed=unsealed, head=head, broken=broken, start=start)


def _sealed() -> QuerySet[AuditLog]:
    return AuditLog.objects.filter(chain_no__isnull=False).order_by("chain_no")


def _fault(entry: AuditLog, previous: Head) -> str | None:
    """Why an entry doesn't follow from the one before it, or None when it does."""
    if entry.chain_no != previous.chain_no + 1:
        return f"entry {entry.chain_no} follows {previous.chain_no}: entries are missing or moved"
    if not _actor_holds(entry):
        return f"entry {entry.chain_no} (log_id {entry.pk}): the actor was changed"
    if entry.hash != _entry_hash(previous.hash or None, entry):
        return f"entry {entry.chain_no} (log_id {entry.pk}): its content was changed"
    return None


def _erasure_fault(erased: dict[int | None, list[int]]) -> str | None:
    """Why an entry's actor is missing without an erasure, or None.

    `erased` are the numbers of the sealed entries without an actor, by their witness.
    """
    witnesses = {entry.pk: entry for entry in AuditLog.objects.filter(action=ERASED)}
    for number, ids in erased.items():
        if number not in witnesses:
            return f"log_id {min(ids)}: its actor was erased without a witness"
        if fault := _witness_fault(witnesses[number], ids):
            return fault
    return _return_of_the_erased(witnesses.values())


def _witness_fault(witness: AuditLog, ids: list[int]) -> str | None:
    """Why a witness doesn't speak of these entries, all that name it, or None when it does.

    Retention takes the oldest first: once the first is gone, there may be fewer than were erased.
    Those that wait to be sealed are not among `ids`.
    """
    said = json.loads(witness.details or "")
    ids = sorted({*ids, *_unsealed_of(witness)})
    whole = ",".join(map(str, ids))
    if ids[0] > said["first"] and len(ids) < said["entries"]:
        return None
    if said["digest"] == hashlib.sha256(whole.encode()).hexdigest():
        return None
    return f"log_id {witness.pk}: other entries lost their actor than it bears witness to"


def _unsealed_of(witness: AuditLog) -> QuerySet[AuditLog, int]:
    unsealed = AuditLog.objects.filter(chain_no__isnull=True, erased_by=witness.pk)
    return unsealed.values_list("pk", flat=True)


def _return_of_the_erased(witnesses: Iterable[AuditLog]) -> str | None:
    """Numbers of users are never given twice: one who was erased and is there was put there."""
    erased = {json.loads(witness.details or "")["user"] for witness in witnesses} - {None}
    back = get_user_model().objects.filter(pk__in=erased).order_by("pk").first()
    return f"user {back.pk} was erased, and is there again" if back else None


def _actor_holds(entry: AuditLog) -> bool:
    """An erased entry has neither user nor address left; any other proves its actor.

    An address stands in it by a hash of its own, which stays when the address goes; in entries
    from before that, by itself.
    """
    if entry.salt is None:
        return entry.user_id is None and entry.ip is None
    if not _address_holds(entry):
        return False
    return entry.actor_hash == _digest(
        str(entry.salt), _text(entry.user_id), entry.ip_hash or entry.ip
    )


def _address_holds(entry: AuditLog) -> bool:
    if entry.ip_hash is None:
        return True
    if entry.ip_salt is None:
        return entry.ip is None
    return entry.ip_hash == _digest(str(entry.ip_salt), entry.ip)


def _entry_hash(previous: str | None, entry: AuditLog) -> str:
    moment = entry.timestamp.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return _digest(
        previous, str(entry.pk), entry.action, entry.subject_type, entry.subject_id, moment,
        entry.details, entry.actor_hash,
    )  # fmt: skip


def _digest(*fields: str | None) -> str:
    return hashlib.sha256(b"".join(_field(value) for value in fields)).hexdigest()


def _field(value: str | None) -> bytes:
    encoded = (value or "").encode()
    return b"-" if value is None else b"%d:%s" % (len(encoded), encoded)


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)
