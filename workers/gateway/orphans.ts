import { readdir } from "node:fs/promises";
import path from "node:path";

import { isObject } from "@/lib/core/json";

/** Names of the spilled logs in `home` that belong to none of the processes in `live` and that nobody reads back yet; from then on they count as taken by `taker`. */
export class OrphanBook {
  private readonly takers = new Map<string, number>();

  constructor(
    private readonly home: string,
    private readonly gatewayId: string,
  ) {}

  async take(taker: number, live: ReadonlySet<number>): Promise<string[]> {
    const own = new Set([...live, taker].map((process) => `${this.gatewayId}-${process}.spill`));
    const free = (await this.list()).filter((name) => {
      const holder = this.takers.get(name);
      return !own.has(name) && (holder === undefined || !live.has(holder));
    });
    for (const name of free) this.takers.set(name, taker);
    return free;
  }

  private async list(): Promise<string[]> {
    try {
      return (await readdir(path.join(this.home, "gateway", "spill"))).filter((name) => name.endsWith(".spill"));
    } catch (error) {
      if (error instanceof Error && isObject(error) && error["code"] === "ENOENT") return [];
      throw error;
    }
  }
}
