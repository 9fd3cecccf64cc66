"""Lamella as an MCP server, for agents that speak the Model Context Protocol.

arguments  what each tool takes       server  the tools behind the official SDK
caller     who asks, and for whom     stdio   a child process of the agent's host
tools      the table of tools         http    a door of the local server

The names and arguments are those of Mem0's MCP server, and some of Lamella's own beside them.
"""
