"""Moving memories over from Mem0: out of a file or another server, into a `Memory`.

rows     what Mem0 calls a memory, as an import takes it      journal  what became of each, kept
sources  files and hosts, row by row                          moving   the whole journey
"""
