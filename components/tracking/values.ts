import { formatFigure } from "@/components/ui/format";
import type { MetricValue, RunRowView } from "@/lib/tracking";

/** A metric in a column: about four significant figures, words for what is no number. */
export const formatMetric = (value: MetricValue | undefined): string => (value === undefined ? "—" : formatFigure(Number(value)));

/** How long a run took, or takes until now. Null before it began or where its end is unknown. */
export const durationMs = ({ startedAt, endedAt, status }: Pick<RunRowView, "startedAt" | "endedAt" | "status">, nowMs: number): number | null => {
  if (startedAt === null) return null;
  if (endedAt !== null) return Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));
  return status === "RUNNING" && nowMs > 0 ? Math.max(0, nowMs - Date.parse(startedAt)) : null;
};

const lowerIsBetter = /(^|[_./\s-])(loss|error|err|rmse|mse|mae|mape|mad|brier|deviance|perplexity|ppl|wer|cer|fid|kl|nll|regret|latency|duration|time|seconds|ms|p\d\d|cost|eer|gap|drift)($|[_./\s-]|\d)|logloss|log_loss/i;

/** Whether more of a metric is better, as far as its name tells. */
export const isHigherBetter = (key: string): boolean => !lowerIsBetter.test(key);

/** The best value of a metric among rows; undefined when fewer than two rows have different ones. */
export const bestOf = (key: string, rows: readonly Pick<RunRowView, "metrics">[]): number | undefined => {
  const values = rows.flatMap(({ metrics }) => (typeof metrics[key] === "number" ? [metrics[key]] : []));
  const [low, high] = [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
  if (values.length < 2 || low === high) return undefined;
  return isHigherBetter(key) ? high : low;
};
