"""The same GAN as an eager PyTorch loop, one run a process."""

from __future__ import annotations

import torch  # pyright: ignore[reportMissingImports]
from torch import nn  # pyright: ignore[reportMissingImports]

from gancore.benchmarks.case import LATENT, POINTS, Case


def main() -> None:
    """Time the loop."""
    case = Case.from_arguments()
    if case.core is not None:
        torch.set_num_threads(1)

    def network(widths: tuple[int, ...], *last: nn.Module):
        layers: list[nn.Module] = []
        for a, b in zip(widths[:-2], widths[1:-1], strict=True):
            layers += [nn.Linear(a, b), nn.LeakyReLU(0.2)]
        return nn.Sequential(*layers, nn.Linear(widths[-2], widths[-1]), *last)

    generator, discriminator = network(case.generator, nn.Tanh()), network(case.discriminator)
    g_adam = torch.optim.Adam(generator.parameters(), 2e-4, (0.5, 0.999), 1e-7)
    d_adam = torch.optim.Adam(discriminator.parameters(), 2e-4, (0.5, 0.999), 1e-7)
    entropy = nn.BCEWithLogitsLoss()
    angle = torch.rand(POINTS) * 6.283185
    data = torch.stack([angle.cos(), angle.sin()], dim=1)
    ones, zeros = torch.ones(case.batch, 1), torch.zeros(case.batch, 1)

    def train(steps: int) -> None:
        for _ in range(steps):
            real = data[torch.randint(0, POINTS, (case.batch,))]
            with torch.no_grad():
                fake = generator(torch.randn(case.batch, LATENT))
            for points, labels in ((real, ones), (fake, zeros)):
                d_adam.zero_grad()
                entropy(discriminator(points), labels).backward()
                d_adam.step()
            g_adam.zero_grad()
            entropy(discriminator(generator(torch.randn(case.batch, LATENT))), ones).backward()
            g_adam.step()

    case.report(train)


if __name__ == "__main__":
    main()
