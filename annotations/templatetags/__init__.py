"""Template filters of the annotation and evaluation pages."""
