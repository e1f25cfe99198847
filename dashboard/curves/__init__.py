"""The two curves of an agent's drawer: calls against the peers' expectation, and the trend of his quality scores."""
