/**
 * Linear congruential generator s = (1664525 s + 1013904223) mod 2^32 (Numerical Recipes); each call gives s / 2^32 in [0, 1). Same
 * seed, same numbers on every machine: for reproducible resampling and tests, not for secrets.
 */
export const createLcg = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 4294967296;
  };
};

/** Shuffles the first `count` places of an array in place: after it they hold a uniform draw without replacement (R. A. Fisher and F. Yates). */
export const shuffleHead = (values: Uint32Array, count: number, random: () => number): void => {
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (values.length - i));
    const held = values[i] ?? 0;
    values[i] = values[j] ?? 0;
    values[j] = held;
  }
};
