"""Where every item lies: the one place that builds keys and takes them apart.

Components are joined by `#` and escape `%` and `#` as URLs do, so that no id reaches another's
items; a partition's second component tells its kind, and the organization stands first in all but
the API keys' and the work buckets', which have two components where all others have three or more.
The order of ids is kept, and a prefix below ends where a component does.
"""

from __future__ import annotations

from hashlib import sha256
from zlib import crc32

from lamella.ports import Key
from lamella.scopes import ORG_OWNER

DUE_BUCKETS = 16
DIRECTORY_SHARDS = 8

# How sks begin in a session's partition …
TURNS = "T#"
WORKING = "W#"
NOTES = "N#"
ATTENTION = "ATTENTION"
META = "META"
# … and in an owner's, where one read of OVERLAY, newest first, has controls, then work.
OVERLAY = "~"
CONTROLS = "~2#"
IN_FLIGHT = "~1#"
PLANS = "PLAN#"
MEMORIES = "M#"
GUARDS = "H#"
SLOT_HEADS = "L#"
RELATIONS = "G#"
HISTORY = "E#"
FEEDBACK = "F#"
SESSIONS = "S#"
ISSUED_KEYS = "KEY#"

_ONLY = "-"
_LONGEST = 256
_ESCAPES = str.maketrans({"%": "%25", "#": "%23"})


# --- a session's partition ----------------------------------------------------------------


def session_pk(org: str, owner: str, session: str) -> str:
    """The partition of one owner's session; `session` is "" for calls without one."""
    return _joined(org, "S", owner, session)


def turns(org: str, owner: str, session: str, id: str) -> Key:
    """A block of turns, in order of its ULID."""
    return Key(session_pk(org, owner, session), TURNS + _escaped(id))


def working(org: str, owner: str, session: str, name: str) -> Key:
    """A working item, by the name its caller gave it."""
    return Key(session_pk(org, owner, session), WORKING + _bounded(name))


def attention(org: str, owner: str, session: str) -> Key:
    """The focus of the moment."""
    return Key(session_pk(org, owner, session), ATTENTION)


def note(org: str, owner: str, session: str, id: str) -> Key:
    """A memory of the session layer."""
    return Key(session_pk(org, owner, session), NOTES + _escaped(id))


def meta(org: str, owner: str, session: str) -> Key:
    """The session's own state."""
    return Key(session_pk(org, owner, session), META)


# --- an owner's partition -----------------------------------------------------------------


def owner_pk(org: str, owner: str) -> str:
    """The partition of everything an owner has beyond sessions."""
    return _joined(org, "O", owner)


def in_flight(org: str, owner: str, id: str) -> Key:
    """A call's unfinished work, in order of its ULID."""
    return Key(owner_pk(org, owner), IN_FLIGHT + _escaped(id))


def consent(org: str, owner: str, purpose: str) -> Key:
    """Whether the owner agreed to `purpose`."""
    return Key(owner_pk(org, owner), f"{CONTROLS}C#{_bounded(purpose)}")


def lease(org: str, owner: str) -> Key:
    """Who is promoting for this owner right now."""
    return Key(owner_pk(org, owner), f"{CONTROLS}LEASE")


def settings(org: str, owner: str) -> Key:
    """The owner's settings; the organization's, with its secret, under the owner `o`."""
    return Key(owner_pk(org, owner), f"{CONTROLS}P")


def tombstone(org: str, owner: str) -> Key:
    """The time before which everything captured is forgotten."""
    return Key(owner_pk(org, owner), f"{CONTROLS}X")


def plan(org: str, owner: str, id: str) -> Key:
    """What promotion has decided to write, before its first write."""
    return Key(owner_pk(org, owner), PLANS + _escaped(id))


def memory(org: str, owner: str, id: str) -> Key:
    """A memory of the user or org layer, in order of its ULID."""
    return Key(owner_pk(org, owner), MEMORIES + _escaped(id))


def guard(org: str, owner: str, digest: str) -> Key:
    """The claim of one memory on one content, by the content's HMAC."""
    return Key(owner_pk(org, owner), GUARDS + _escaped(digest))


def slot_head(org: str, owner: str, subject: str, slot: str) -> Key:
    """Which memory is the current value of a slot."""
    return Key(owner_pk(org, owner), f"{SLOT_HEADS}{_bounded(subject)}#{_bounded(slot)}")


def relation(org: str, owner: str, subject: str, predicate: str, object_: str) -> Key:
    """A relation between two things, to the memory that states it."""
    sk = f"{relations_prefix(subject)}{_bounded(predicate)}#{_bounded(object_)}"
    return Key(owner_pk(org, owner), sk)


def relations_prefix(subject: str) -> str:
    """The sk prefix of all relations of `subject`."""
    return f"{RELATIONS}{_bounded(subject)}#"


def history(org: str, owner: str, memory_id: str, id: str) -> Key:
    """One event in the life of a memory, in order of its ULID."""
    return Key(owner_pk(org, owner), history_prefix(memory_id) + _escaped(id))


def history_prefix(memory_id: str) -> str:
    """The sk prefix of a memory's whole history."""
    return f"{HISTORY}{_escaped(memory_id)}#"


def feedback(org: str, owner: str, memory_id: str) -> Key:
    """What callers think of a memory."""
    return Key(owner_pk(org, owner), FEEDBACK + _escaped(memory_id))


def session_pointer(org: str, owner: str, session: str) -> Key:
    """From an owner to one of its sessions."""
    return Key(owner_pk(org, owner), SESSIONS + _escaped(session))


# --- partitions of an organization --------------------------------------------------------


def session_owners_pk(org: str, session: str) -> str:
    """The partition that lists the owners of a session."""
    return _joined(org, "N", session)


def session_owner(org: str, session: str, owner: str) -> Key:
    """From a session to one of its owners."""
    return Key(session_owners_pk(org, session), _escaped(owner))


def locator(org: str, id: str) -> Key:
    """From a memory's or note's id to where it lies."""
    return Key(_joined(org, "ID", id), _ONLY)


def directory_pks(org: str) -> tuple[str, ...]:
    """The partitions that together list every owner of an organization."""
    return tuple(_joined(org, "D", str(shard)) for shard in range(DIRECTORY_SHARDS))


def directory(org: str, owner: str) -> Key:
    """An owner's entry in its organization's directory."""
    shard = _spread(org, owner, over=DIRECTORY_SHARDS)
    return Key(_joined(org, "D", str(shard)), _escaped(owner))


def run(org: str, session: str, owner: str) -> Key:
    """A session's entry in that directory, because of what one owner has of it."""
    listed = directory(org, f"s:{session}")
    return Key(listed.pk, f"{_run(session)}#{_bounded(owner)}")


def runs_prefix(session: str) -> str:
    """The sk prefix, in its shard of the directory, of all of a session's entries."""
    return f"{_run(session)}#"


def receipt(org: str, id: str) -> Key:
    """What a call was answered, by its event id."""
    return Key(_joined(org, "R", id), _ONLY)


def export(org: str, id: str) -> Key:
    """What an export was asked to hold."""
    return Key(_joined(org, "X", id), _ONLY)


def newest_export(org: str, digest: str) -> Key:
    """The newest export that was asked for by the same filters, by their digest."""
    return Key(_joined(org, "XF", digest), _ONLY)


def budget(org: str, day: str) -> Key:
    """What an organization has spent on models on `day` (ISO date)."""
    return Key(_joined(org, "BUDGET", day), _ONLY)


def api_key(id: str) -> Key:
    """What is known of an API key, by its public half."""
    return Key(_joined("K", id), _ONLY)


# --- buckets of the sparse index ----------------------------------------------------------


def issued_key(org: str, id: str) -> Key:
    """That the organization issued the key `id`, for listing them."""
    return Key(owner_pk(org, ORG_OWNER), ISSUED_KEYS + _escaped(id))


def due_bucket(org: str, owner: str) -> str:
    """The bucket in which an owner's work waits for the sweep."""
    return f"due#{_spread(org, owner, over=DUE_BUCKETS)}"


def due_buckets() -> tuple[str, ...]:
    """Every bucket the sweep has to look into."""
    return tuple(f"due#{n}" for n in range(DUE_BUCKETS))


def parked_bucket(org: str) -> str:
    """The bucket of an organization's work that was set aside."""
    return _joined(org, "PW")


def receipt_bucket(org: str, hour: int) -> str:
    """The bucket of an organization's receipts of one hour (`epoch ms // HOUR`)."""
    return _joined(org, "RH", str(hour))


# --- taking keys apart --------------------------------------------------------------------


def split(text: str) -> tuple[str, ...]:
    """The components of a pk or sk as they were given."""
    return tuple(part.replace("%23", "#").replace("%25", "%") for part in text.split("#"))


def owner_of(key: Key) -> tuple[str, str]:
    """Organization and owner of a key in an owner's or a session's partition."""
    org, _, owner, *_ = split(key.pk)
    return org, owner


def session_of(key: Key) -> tuple[str, str, str]:
    """Organization, owner and session of a key in a session's partition."""
    org, _, owner, session = split(key.pk)
    return org, owner, session


def _joined(*components: str) -> str:
    return "#".join(_escaped(component) for component in components)


def _escaped(component: str) -> str:
    if "#" in component or "%" in component:
        return component.translate(_ESCAPES)
    return component


def _run(session: str) -> str:
    return _bounded(f"s:{session}")


def _bounded(component: str) -> str:
    """Escaped, or a digest where it is too long for an sk; no escape begins like one."""
    escaped = _escaped(component)
    if len(escaped.encode()) <= _LONGEST:
        return escaped
    return f"%~{sha256(component.encode()).hexdigest()}"


def _spread(org: str, owner: str, over: int) -> int:
    return crc32(owner_pk(org, owner).encode()) % over
