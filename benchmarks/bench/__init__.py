"""The side that asks: it builds the environments, talks to the workers in turns and writes down what they took. Standard library only."""
