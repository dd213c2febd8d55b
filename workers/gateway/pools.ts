import { guardedLookup, type AddressCheck } from "@/lib/platform/addresses";

import type { UpstreamOrigin } from "./routing-table";
import { defaultPoolOptions, UpstreamPool, type PoolOptions } from "./upstream";

const sweepMs = 1_000;

/** Pools of connections by origin; one set for answers that clients wait for, another for mirrored requests, which never share a socket. */
export class Pools {
  private readonly pools = new Map<string, UpstreamPool>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly options: PoolOptions = defaultPoolOptions,
    /** Decides about the addresses that names of scoring servers lead to, at every connection. */
    private readonly check?: AddressCheck,
  ) {
    this.timer = setInterval(() => {
      const nowMs = performance.now();
      for (const pool of this.pools.values()) pool.sweep(nowMs);
    }, sweepMs);
    this.timer.unref();
  }

  of({ url, isOwn }: UpstreamOrigin): UpstreamPool {
    const known = this.pools.get(url.origin);
    if (known) return known;
    const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
    const pool = new UpstreamPool(url, isOwn || !this.check ? this.options : { ...this.options, lookup: guardedLookup(this.check, port) });
    this.pools.set(url.origin, pool);
    return pool;
  }

  get openConnections(): number {
    return [...this.pools.values()].reduce((sum, pool) => sum + pool.openConnections, 0);
  }

  close(): void {
    clearInterval(this.timer);
    for (const pool of this.pools.values()) pool.closeIdle();
  }
}
