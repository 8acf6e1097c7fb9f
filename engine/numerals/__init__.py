"""Readers of the reference numerals on patent sheets.

`readers` builds them (it loads torch, so only a process that reads sheets imports it); `settling` settles doubtful
readings by the publication's own numerals and is light.
"""
