// Written by gancore/viewer/shared.py; edit what it is written from, and run `python -m gancore.viewer.shared`.
export interface Colours {
  real: string;
  fake: string;
  muted: string;
}

export interface Reals {
  points: string;
  window: number[];
  units: number[];
  count: number;
  missing: string;
  near: string;
  cells: number;
  counted: string;
}

export interface Look {
  colour: string;
  dash: number[];
  real: number;
  averaged: boolean;
}

export interface PanelSpec {
  key: string;
  title: string;
  place: number[] | null;
}

export interface Table {
  rows: string[];
  columns: string[];
  down: string;
  along: string;
}

export interface NetworkLayers {
  step: number;
  window: number[];
  size: number;
  field: string;
  reach: number;
  manifold: number[];
  curves: string;
}

export interface Shown {
  seed: number | null;
  seeds: number[];
  end_alone: number[];
  diverged: number | null;
  steps: number[];
  count: number;
  share: number;
  points: string;
  values: Record<string, (number | null)[]>;
  layers?: NetworkLayers;
}

export interface Pick {
  name: string;
  shown: (Shown | null)[];
}

export interface Numbers {
  middle: number;
  unit: number;
  low: number;
  high: number;
  codes: string;
}

export interface Columns {
  steps: string;
  columns: Record<string, Numbers>;
}

export interface Series {
  key: string;
  label: string;
  colour: string;
  dash: number[];
  samples: number;
  seeds: number[];
  seconds: number[];
  history: Columns;
  scores: Columns;
}

export interface CurveKey {
  label: string;
  percent: boolean;
  source: string;
}

export interface Curves {
  keys: Record<string, CurveKey>;
  series: Series[];
  rows: number[];
}

export interface Payload {
  colours: Colours;
  reals: Reals[];
  metrics: Record<string, string>;
  variants: Record<string, Look>;
  panels: PanelSpec[];
  table: Table | null;
  picks: Pick[];
  curves: Curves;
}
