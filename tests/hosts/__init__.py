"""Small host projects that the suite also runs under."""
