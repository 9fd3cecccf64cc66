"""Whether a statement puts an end to one that no slot and no topic connects it with.

What rules can't list, likeness finds: of the memories nearest to a statement that tells of a
change, the one that speaks of the same subject and act. The score is linear, a logistic regression
over pairs of statements (docs/decisions/0024): few weights, rounded by hand.
"""

from __future__ import annotations

from lamella.apart import two_of_a_kind
from lamella.engines.rules_news import may_end_another
from lamella.engines.rules_rivals import Statement, plainly, stated
from lamella.engines.rules_verbs import many
from lamella.text import content_words

LIKE, CHANGED, DENIED = 14.0, 2.0, 0.5
SHARED, SHARE, NOTHING_SHARED = 0.9, 2.6, -1.3
SAME_ACT, SAME_OBJECT, OTHER_NAME = 0.9, 0.9, 1.7
LONG_OLDER, LONG_NEWER = -0.28, -0.08
STORY_OLDER, STORY_NEWER = -3.0, -2.0
BACK_AGAIN = 3.0
ENOUGH = 8.0

_MOST_SHARED = 3
_LONGEST = 40


class Likeness:
    """A Judge for the cosines of the default model, bge-small-en-v1.5: each model has its own."""

    def knows(self, model: str) -> bool:
        """Whether the weights were made for this model's cosines."""
        return model.endswith("@6c9c6101")

    def asks(self, text: str) -> bool:
        """Whether `text` may put an end to what is known."""
        return may_end_another(plainly(text))

    def outdates(self, newer: str, older: str, likeness: float) -> float:
        """How clearly `newer` puts an end to `older`: above 0 it does; `likeness` is a cosine."""
        if not self.asks(newer) or two_of_a_kind(newer, older):
            return -ENOUGH
        new, old = stated(newer), stated(older)
        return _score(new, old, likeness) - ENOUGH if _rivals(new, old) else -ENOUGH


def _rivals(new: Statement, old: Statement) -> bool:
    """Whether they speak of the same subject, and the newer says that something is different."""
    if new.text == old.text or (old.past and not new.corrects):
        return False
    if not _one_subject(new, old) or _two_things(new, old):
        return False
    same, apart = new.acts & old.acts, not new.objects & old.objects
    if same and apart and all(many(act) for act in same):
        return False
    if new.denies and not old.denies and not new.words & old.words:
        return False
    return new.changes or new.denies != old.denies or _another_value(new, old)


def _one_subject(new: Statement, old: Statement) -> bool:
    if old.others and not old.mine:
        named = any(who in new.text for who in old.others)
        return named or (new.somebody and not new.others)
    if old.mine and not old.others and not new.mine:
        told = new.others | (new.things if not old.things else frozenset())
        return not told or any(who in old.text for who in told)
    return True


def _two_things(new: Statement, old: Statement) -> bool:
    """Whether each is about a thing of its own: "the billing service", "the reporting service"."""
    if new.mine or old.mine or not (new.things and old.things):
        return False
    pairs = [({*one.split()}, {*other.split()}) for one in new.things for other in old.things]
    return not any(one <= other or other <= one for one, other in pairs)


def _another_value(new: Statement, old: Statement) -> bool:
    """Whether they tell different values of one thing or act: "arrives at six", "at seven"."""
    things = content_words(" ".join((*new.things, *old.things)))
    told = new.things and old.things and (new.words & old.words) - set(things)
    if new.event or not (new.acts & old.acts or told):
        return False
    return any(_differ(one, other) for one, other in zip(new.values, old.values, strict=True))


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and not one & other


def _score(new: Statement, old: Statement, likeness: float) -> float:
    shared = len(new.words & old.words)
    return (
        LIKE * likeness
        + CHANGED * new.changes
        + BACK_AGAIN * (new.returns and old.changes)
        + DENIED * (new.denies != old.denies)
        + SHARED * min(shared, _MOST_SHARED)
        + SHARE * shared / max(1, len(new.words))
        + NOTHING_SHARED * (not shared)
        + SAME_ACT * any(not many(act) for act in new.acts & old.acts)
        + SAME_OBJECT * bool(new.objects & old.objects)
        + OTHER_NAME * _differ(new.names, old.names)
        + LONG_OLDER * min(old.length, _LONGEST)
        + LONG_NEWER * min(new.length, _LONGEST)
        + STORY_OLDER * old.several
        + STORY_NEWER * new.several
    )
