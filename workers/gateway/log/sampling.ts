/** Bodies of an endpoint are all kept up to this many requests a second. */
export const bodiesPerSecond = 50;

/**
 * Decides for which predictions of one endpoint the bodies are kept. Every process may keep up to the whole rate: clients
 * that hold few connections send all their requests to one of them, and below the rate none may be left out. The decision
 * compares the id's own fraction with a threshold, so that it is the same wherever it is made within a second, and is made
 * once for the main and the mirrored leg.
 */
export class BodySampler {
  private second = 0;
  private seen = 0;
  private rate = 0;

  constructor(private readonly limitPerSecond: number) {}

  /** `fraction` of the prediction's id in [0, 1); `nowMs` monotonic milliseconds. */
  keeps(fraction: number, nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.second) {
      // A quiet second in between says more than what was before it.
      this.rate = second === this.second + 1 ? Math.max(this.seen, (this.rate + this.seen) / 2) : 0;
      this.second = second;
      this.seen = 0;
    }
    this.seen += 1;
    return fraction * Math.max(this.rate, this.seen) < this.limitPerSecond;
  }
}
