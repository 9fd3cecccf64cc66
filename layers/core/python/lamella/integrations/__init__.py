"""Lamella inside agent frameworks; each module needs the extra of its own name.

langgraph  LamellaStore, a BaseStore      strands  memory_tool, a tool for an Agent
"""
