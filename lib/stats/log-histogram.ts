/** Every bucket is this accurate relative to the value: 1 %. */
const relativeError = 0.01;
const gamma = (1 + relativeError) / (1 - relativeError);
const logGamma = Math.log(gamma);
/** Values up to about 1e-6 share the lowest bucket, which starts at 0. */
const lowestIndex = Math.ceil(Math.log(1e-6) / logGamma);

/** Counts by bucket index as JSON stores them. */
export type SparseCounts = Record<string, number>;

/**
 * Mergeable histogram of non-negative values (latency in any unit): bucket i holds (gamma^(i-1), gamma^i], gamma = 1.01/0.99, so any
 * quantile is within 1 % of the true value. Merging adds counts, so it is exact and order never matters. C. Masson et al., DDSketch,
 * VLDB 2019.
 */
export class LogHistogram {
  private readonly counts = new Map<number, number>();
  private total = 0;
  private sortedIndices: number[] | null = null;

  /** Number of values. */
  get n(): number {
    return this.total;
  }

  /** Reads the counts that toJSON wrote; entries that are not a positive whole number of values are refused by returning null. */
  static fromCounts(counts: SparseCounts): LogHistogram | null {
    const histogram = new LogHistogram();
    for (const [key, count] of Object.entries(counts)) {
      const index = Number(key);
      if (!Number.isInteger(index) || !Number.isInteger(count) || count < 0) return null;
      if (count > 0) histogram.addToBucket(index, count);
    }
    return histogram;
  }

  /** Profiles values; returns the histogram and how many were refused (see add). */
  static of(values: Iterable<number>): { histogram: LogHistogram; refused: number } {
    const histogram = new LogHistogram();
    let refused = 0;
    for (const value of values) if (!histogram.add(value)) refused++;
    return { histogram, refused };
  }

  /** Counts a value; false, and nothing counted, when it is negative, infinite or NaN, so that the caller can report it. */
  add(value: number, count = 1): boolean {
    if (!(value >= 0 && value < Infinity)) return false;
    this.addToBucket(value <= 1e-6 ? lowestIndex : Math.ceil(Math.log(value) / logGamma), count);
    return true;
  }

  /** Adds all counts of another histogram to this one. */
  merge(other: LogHistogram): this {
    for (const [index, count] of other.counts) this.addToBucket(index, count);
    return this;
  }

  toJSON(): SparseCounts {
    return Object.fromEntries(this.indices().map((index) => [String(index), this.counts.get(index) ?? 0]));
  }

  /** The q-quantile (0..1) within 1 %, or null without values. */
  quantile(q: number): number | null {
    const index = this.bucketOfRank(Math.floor(Math.min(1, Math.max(0, q)) * (this.total - 1)) + 1);
    return index === null ? null : index === lowestIndex ? 0 : (2 * gamma ** index) / (gamma + 1);
  }

  /** Interval that surely holds the value of a 1-based rank; null when there is no such rank. */
  boundsOfRank(rank: number): { lower: number; upper: number } | null {
    const index = this.bucketOfRank(rank);
    return index === null ? null : { lower: index === lowestIndex ? 0 : gamma ** (index - 1), upper: gamma ** index };
  }

  private addToBucket(index: number, count: number): void {
    const have = this.counts.get(index);
    if (have === undefined) this.sortedIndices = null;
    this.counts.set(index, (have ?? 0) + count);
    this.total += count;
  }

  private indices(): number[] {
    this.sortedIndices ??= [...this.counts.keys()].sort((a, b) => a - b);
    return this.sortedIndices;
  }

  private bucketOfRank(rank: number): number | null {
    if (rank < 1 || rank > this.total) return null;
    let seen = 0;
    for (const index of this.indices()) {
      seen += this.counts.get(index) ?? 0;
      if (seen >= rank) return index;
    }
    return null;
  }
}
