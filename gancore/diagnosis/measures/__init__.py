"""What is measured of a run: of what it wrote down, of its points, and of its networks where they are kept."""
