// Written by gancore/viewer/shared.py; edit what it is written from, and run `python -m gancore.viewer.shared`.
export const REACH = 2.0;
export const LARGEST = 65534;
export const MISSING = 65535;
export const DEFAULTS = {
  "step": null,
  "left": "d_acc",
  "right": "g_loss",
  "x": "steps",
  "spread": "band",
  "smooth": 1,
  "curves": "auto",
  "highlight": null,
  "layers": [],
  "off": [],
  "range": null
};
export const CHOICES = {
  "spread": {
    "band": "median and quartiles",
    "seeds": "every seed"
  },
  "x": {
    "steps": "steps",
    "samples": "samples seen",
    "seconds": "seconds"
  },
  "smooth": {
    "1": "nothing",
    "3": "3 rows",
    "5": "5 rows",
    "9": "9 rows"
  },
  "curves": {
    "auto": "automatic",
    "shared": "all in one",
    "rows": "one per row",
    "own": "one per variant"
  }
};
export const LAYERS = {
  "field": {
    "label": "Discriminator",
    "help": "What the discriminator takes for real (blue) and for generated (red). On the line it gives 50%; the ticks point to the side that it takes for real. A dashed square is how far it was asked.",
    "final": true
  },
  "arrows": {
    "label": "Gradient",
    "help": "Where the discriminator pushes points: the gradient of its logit, its length as a square root.",
    "final": true
  },
  "manifold": {
    "label": "Generator",
    "help": "Images of circles in the latent space under the generator.",
    "final": true
  },
  "density": {
    "label": "Density",
    "help": "Density of the generated points at this step.",
    "final": false
  }
};
export const TONES = {
  "light": {
    "ground": "#ffffff",
    "real": "#1a66bd",
    "fake": "#7a0812",
    "real_field": "#b3d8ff",
    "fake_field": "#ffb3ae",
    "density": "#ffaaa4"
  },
  "dark": {
    "ground": "#14171c",
    "real": "#a9d2ff",
    "fake": "#f5595f",
    "real_field": "#10406f",
    "fake_field": "#611a1f",
    "density": "#6e1d22"
  }
};
export const COLOURS = 8;
