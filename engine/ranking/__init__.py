"""From the similarities of both sides to a ranking: candidates, fusion, calibration, explanation."""
