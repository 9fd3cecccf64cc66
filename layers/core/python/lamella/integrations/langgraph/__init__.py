"""Lamella as the store of LangGraph: `LamellaStore` keeps what agents put, by namespace and key.

store     the operations            items      one item as a memory, and back
matching  filters and namespaces    directory  which namespaces there are
"""

from lamella.integrations.langgraph.store import LamellaStore

__all__ = ["LamellaStore"]
