/** Seeded uniform numbers (mulberry32): independent of the product's own generator. */
export const seeded = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

/** Standard normal by Box and Muller. */
export const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Share of independent runs in which `wrongAt` was true at any look; each run makes its own state from a seeded generator. */
export const shareOfRunsWrong = (runs: number, seed: number, start: (random: () => number) => { step: () => boolean | null; looks: number }): number => {
  const random = seeded(seed);
  let wrong = 0;
  for (let run = 0; run < runs; run++) {
    const { step, looks } = start(random);
    for (let look = 0; look < looks; ) {
      const verdict = step();
      if (verdict === null) continue;
      look++;
      if (verdict) {
        wrong++;
        break;
      }
    }
  }
  return wrong / runs;
};

/** Looks at every row at first, where a sequence is most easily fooled, then at every fourth: more rows in the same time. */
export const isLook = (row: number): boolean => row < 800 || row % 4 === 0;

/** Two arms of yes/no outcomes that grow row by row. */
export const rateArms = (random: () => number, share: number, stableRate: number, candidateRate: number) => {
  const arms = { stable: { n: 0, k: 0 }, candidate: { n: 0, k: 0 } };
  return {
    arms,
    grow: () => {
      const isCandidate = random() < share;
      const arm = isCandidate ? arms.candidate : arms.stable;
      arm.n++;
      arm.k += random() < (isCandidate ? candidateRate : stableRate) ? 1 : 0;
    },
  };
};
