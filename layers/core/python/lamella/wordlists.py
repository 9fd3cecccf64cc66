"""The closed word classes `text` needs: data, by language."""

from __future__ import annotations

from lamella.regex import regex


def words(text: str) -> frozenset[str]:
    """The blank-separated words of `text` as a set."""
    return frozenset(text.split())


STOP_WORDS: dict[str, frozenset[str]] = {
    "en": words(
        """
        a about after again all also am an and any are aren't as at be because been before being
        but by can can't could couldn't did didn't do does doesn't doing don't during each for
        from had has hasn't have haven't having he he'd he's her hers herself him himself his
        how i i'd i'll i'm i've if in into is isn't it it's its itself just let's many may me
        might much my myself no nor not of off on once or our ours out over own please shall she
        she'd she's should so some such tell than that that's the their theirs them themselves
        then there there's these they they're this those to too under until up us very was
        wasn't we we're were weren't what what's whats when when's where where's which while who
        who's whom whose why will with won't would wouldn't you you'd you're you've your yours
        """
    ),
    "de": words(
        """
        aber als am an auch auf aus bei bin bis bist da das dass dein deine dem den der des dich
        die dir doch du durch ein eine einem einen einer eines er es euch für gibt habe haben
        hast hat hatte hatten ich ihm ihn ihr ihre im in ist ja kann kannst kein keine können
        man mein meine meinem meinen meiner mich mir mit nach nicht noch nur ob oder schon sehr
        sein seine seit sich sie sind so über um und uns unser unsere vom von vor wann war waren
        warum was welche welchem welchen welcher welches wem wen wenn wer werden wie wieso wir
        wird wo woher wohin wurde wurden zu zum zur
        """
    ),
    "es": words(
        """
        a al algo adónde como con cual cuando cuál cuáles cuándo cuánto cuántos cómo de del
        desde donde dónde el ella ellos en era eran eres es esa ese eso esta estaba este esto
        está están estás fue fueron ha han has hay he la las le les lo los me mi mis muy más nos
        nosotros o para pero por porque que quien quién quiénes qué se ser si sin sobre son soy
        su sus también te tengo ti tiene tienen tienes tu tus tú un una unas uno unos y ya yo él
        """
    ),
    "ar": words(
        """
        في من إلى على عن مع هل ما ماذا متى أين كيف كم لماذا لمن أي بأي هو هي هم هن أنا أنت نحن هذا
        هذه ذلك تلك التي الذي الذين كان كانت يكون قد لقد لم لن لا ليس ثم أو أن إن لي لك له لها
        عند عندي لدي لديه لديها كل بعد قبل منذ حتى كما لكن يا بعض بين إذا هناك فقط جدا أيضا
        """
    ),
}

FUNCTION_CHARACTERS = {
    "zh": regex("[的吗呢吧么什哪谁怎我你您他她它们是这那]"),
    "ja": regex("^[\u3041-\u309f]+$|[はがをにへでのとも何誰]"),
}
"""Whether a pair of characters is grammar: it holds a particle, a pronoun or a question word."""

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
"""In English, in their order."""

CALENDAR = words(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december jan feb mar apr jun jul aug sep sept
    oct nov dec montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz
    mai juni juli oktober dezember lunes martes miércoles jueves viernes sábado domingo enero
    febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre christmas
    easter halloween thanksgiving
    """
)

ABBREVIATIONS = words(
    """
    mr mrs ms dr prof st mt vs rev gen col sgt capt gov e.g i.e eg cf approx dept est z.b d.h
    u.a bzw ca sra dra ud uds evtl ggf inkl str hr fr
    """
)
"""Words whose full stop ends no sentence."""

NUMBER_ABBREVIATIONS = words("no nr nos vol fig art p pp tel ext ch núm")
"""Words whose full stop ends no sentence when a number follows."""

GERMAN_DETERMINERS = words(
    """
    der die das dem den des ein eine einen einem einer eines kein keine keinen mein meine meinen
    meinem meiner dein deine deinen deiner sein seine seinen ihr ihre ihren unser unsere im am
    zum zur vom beim ins viel viele jeden jede jedes diese dieser dieses mehr neue neuen neues
    alte alten guten gute gutes
    """
)
"""What stands before a common noun in German, where every noun has a capital."""

NAME_LINKS = r"(?:of|of the|and the|de|de la|del|di|da|von|van|van der|bin|al|the|y)"

NOT_NAMES = (
    STOP_WORDS["en"]
    | STOP_WORDS["de"]
    | STOP_WORDS["es"]
    | words(
        """
        absolutely actually ah aha alright although always amazing another anyone anything
        anyway apparently appreciate around aw awesome aww best better both bye cheers congrats
        congratulations cool count cute damn dear definitely despite during either enjoy
        especially even eventually ever every everyone everything everybody exactly excellent
        fantastic feel finally fine first fortunately fun funny get give glad glass go god good
        goodbye gorgeous gosh great haha happy hello here hey hi hmm hola home honestly hope
        hopefully however huge imagine incredible indeed inside instead keep kind kinda last
        later lately lets life like likewise lol look looks lots love lovely luckily make makes
        maybe meanwhile mine mom more most music my name nature nearly neither never new next
        nice nobody nope nothing now obviously oh ok okay omg one only ooh other others
        otherwise ouch overall people perfect perhaps plus pretty probably promise proud quite
        really recently remember right sad same say see seeing seems sending several simply
        since sincerely someone something sometimes soon sorry sounds speaking still stay super
        sure surely take talk thank thanks think though thrilled through thus time today
        together tomorrow tonight totally true truly try trust two unfortunately until used
        usually wait wanna want was watch way well whatever whenever wherever whether whoa wish
        within without woah wonderful words work wow yay yea yeah yep yes yesterday yet yup able
        add ask being call check come did every find got guess had have heard help hold join
        just learned let long made met might must need nor our part playing put read run said
        sat set should show spent start stop taking tell their there they this those three tried
        turn using very visit walk went were what's while working would wrote danke bitte hallo
        gestern heute morgen gut gracias hoy ayer mañana bueno claro vale bonjour merci frau
        herr señor señora mr mrs ms dr sir madam i id im ive ill ya u ur dad mum mama papa bro
        sis guys folks friends family thx pls asap fyi btw idk tbh imo diy ps nb etc
        """
    )
)
"""Words that begin sentences, or shout, without naming anything."""
