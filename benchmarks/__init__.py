"""Measurements of Lamella. Each module answers one question, prints one table and a RESULT line.

search  how long a search takes, beside the reads it can't do without
add     how long an acknowledged capture takes, beside a bare transaction of the same rows
recall  how much of the evidence a question needs stands in its context (LoCoMo)
"""
