"""The studio: a page coloured in a browser, click by click, on one's own machine."""
