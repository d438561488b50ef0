"""Tashika."""
