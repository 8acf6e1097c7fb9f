"""Exports of a shortlist: a PDF report, a CSV table, a list of publication numbers."""

from engine.report.contents import Passage, PinNote, Report, ReportEntry
from engine.report.pdf import ReportFonts, report_pdf
from engine.report.table import report_csv, report_numbers

__all__ = [
    "Passage",
    "PinNote",
    "Report",
    "ReportEntry",
    "ReportFonts",
    "report_csv",
    "report_numbers",
    "report_pdf",
]
