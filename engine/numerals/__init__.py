"""Read the reference numerals on patent sheets.

`readers` builds readers and imports torch, so only processes that read sheets import it. `settling` corrects uncertain
readings by the numerals of the publication's text, without torch.
"""
