"""Evaluation of rankings: qrels, measures, significance, agreement of assessors, and the TREC, CSV and JSON files."""
