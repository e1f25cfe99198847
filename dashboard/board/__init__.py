"""One tick: frames, alerts and views per topic, and the bus that carries them."""
