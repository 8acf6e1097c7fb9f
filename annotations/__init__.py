"""Topics, runs, pools, sessions, judgments, qrels: how good the search is, measured by people. May use `search`."""
