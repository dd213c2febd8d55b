/** State of the drift detection method; plain JSON. */
export type DdmState = { n: number; errors: number; p: number; s: number; pMin: number | null; sMin: number | null; warningAt: number | null; driftAt: number | null };
export type DdmOptions = { warmStart: number; warning: number; drift: number };

export const startDdm = (): DdmState => ({ n: 0, errors: 0, p: 0, s: 0, pMin: null, sMin: null, warningAt: null, driftAt: null });

/**
 * Adds one outcome (1 = wrong) to the drift detection method: the error rate p with s = sqrt(p(1-p)/n) is held against its best
 * p_min + s_min. Indices are 0-based; a detector that has drifted stays as it is. J. Gama et al., SBIA 2004.
 */
export const foldDdm = (state: DdmState, error: number, options: DdmOptions): DdmState => {
  if (state.driftAt !== null) return state;
  const n = state.n + 1;
  const errors = state.errors + error;
  const p = errors / n;
  const s = Math.sqrt((p * (1 - p)) / n);
  const next = { ...state, n, errors, p, s };
  if (n < options.warmStart) return next;
  if (next.pMin === null || next.sMin === null || p + s <= next.pMin + next.sMin) {
    next.pMin = p;
    next.sMin = s;
  }
  if (p + s > next.pMin + options.drift * next.sMin) return { ...next, driftAt: n - 1 };
  if (next.warningAt === null && p + s > next.pMin + options.warning * next.sMin) next.warningAt = n - 1;
  return next;
};

/** State of the Page-Hinkley test for an upward shift; plain JSON. */
export type PageHinkleyState = { n: number; mean: number; sum: number; driftAt: number | null };
export type PageHinkleyOptions = { minInstances: number; delta: number; threshold: number; alpha: number };

export const startPageHinkley = (): PageHinkleyState => ({ n: 0, mean: 0, sum: 0, driftAt: null });

/** Adds one value: sum = max(0, alpha sum + x - mean - delta); drift when it passes the threshold. E. S. Page, Biometrika 41, 1954. */
export const foldPageHinkley = (state: PageHinkleyState, value: number, options: PageHinkleyOptions): PageHinkleyState => {
  if (state.driftAt !== null) return state;
  const n = state.n + 1;
  const mean = state.mean + (value - state.mean) / n;
  const sum = Math.max(0, options.alpha * state.sum + value - mean - options.delta);
  return { n, mean, sum, driftAt: n >= options.minInstances && sum > options.threshold ? n - 1 : null };
};
