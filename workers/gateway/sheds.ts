const excessRatio = 1.5;
const minConnections = 8;
const restMs = 3_000;

export type Shed = { process: number; connections: number };

/**
 * Evens long-lived connections out between processes that accept from one socket: whoever is idle takes them, so the
 * first process of a quiet minute may hold them all. A crowded one is told to close some after their next answer.
 */
export class Sheds {
  private readonly loads = new Map<number, number>();
  private lastAt = -Infinity;

  forget(process: number): void {
    this.loads.delete(process);
  }

  /** Takes a process's count of connections in; returns who should shed how many. `processes` is how many there should be. */
  weigh(process: number, connections: number, processes: number): Shed[] {
    this.loads.set(process, connections);
    const nowMs = performance.now();
    if (processes < 2 || this.loads.size < processes || nowMs - this.lastAt < restMs) return [];
    const fair = [...this.loads.values()].reduce((sum, count) => sum + count, 0) / processes;
    const crowded = [...this.loads].filter(([, count]) => count > minConnections && count > fair * excessRatio);
    if (crowded.length > 0) this.lastAt = nowMs;
    return crowded.map(([one, count]) => ({ process: one, connections: Math.floor(count - fair) }));
  }
}
