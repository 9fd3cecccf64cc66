"""Lamella's stack on AWS: the CDK app and its constructs, one noun a file.

It takes the routes from `lamella.routes` and nothing else of the library.
"""
