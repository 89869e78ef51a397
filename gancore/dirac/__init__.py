"""The Dirac GAN: two numbers on which a loss and a penalty show whether training converges, circles or diverges."""
