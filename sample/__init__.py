"""Generate patents: batches of parametric line drawings with text, and the ground truth of both."""

from sample.batch import SampleSummary, write_sample
from sample.document import SampleDocument, sample_document

__all__ = ["SampleDocument", "SampleSummary", "sample_document", "write_sample"]
