/** The numbers of a job's result by name, for its metrics. */
export const tallyOf = (result: unknown): Record<string, number> =>
  result !== null && typeof result === "object" ? Object.fromEntries(Object.entries(result).filter((pair): pair is [string, number] => typeof pair[1] === "number")) : {};
