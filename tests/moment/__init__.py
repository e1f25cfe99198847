"""One fixed moment of a simulated floor, the same bytes each time: Mon 23 Nov 2026, 14:32 in Shanghai, 180 agents.

Its events are folded into a real Redis, judged, published and served by the parts of the product, whose clocks stand still.
"""
