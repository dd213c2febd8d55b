const firstDelayMs = 500;
const longestDelayMs = 30_000;

/** How long to wait before the n-th restart in a row. */
export const restartDelayMs = (restarts: number): number => Math.min(longestDelayMs, firstDelayMs * 2 ** restarts);
