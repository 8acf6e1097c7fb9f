"""Turn visual and textual similarities into a ranking: candidates, fusion, calibration, explanation."""
