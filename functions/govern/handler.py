"""Govern on Lambda, through API Gateway or by direct invocation."""

from functools import partial

from lamella.functions import answering

build = partial(answering.build, "govern")
handler = build()
