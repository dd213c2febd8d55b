export type MetricKind = "counter" | "gauge" | "histogram";
/** One line of the text format, or the counts of one histogram (per bucket, not cumulative). */
export type MetricSeries = { name: string; kind: MetricKind; help: string; labels: string; value: number; buckets?: number[] };

/** Upper bounds in seconds of the latency histograms. */
export const latencyBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type Counter = { add: (amount: number) => void };
export type Histogram = { observe: (seconds: number) => void };

const escape = (value: string): string => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
const formatLabels = (labels: Record<string, string>): string => Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`).join(",");

/** Counters of one serving process: plain numbers on the request path, sent to the primary when somebody asks. */
export class Metrics {
  private readonly series = new Map<string, MetricSeries>();
  private readonly gauges: { name: string; help: string; read: () => number }[] = [];

  counter(name: string, help: string, labels: Record<string, string> = {}): Counter {
    const series = this.open(name, "counter", help, labels);
    return { add: (amount) => (series.value += amount) };
  }

  histogram(name: string, help: string, labels: Record<string, string> = {}): Histogram {
    const series = this.open(name, "histogram", help, labels);
    const buckets = (series.buckets ??= new Array<number>(latencyBounds.length + 1).fill(0));
    return {
      observe: (seconds) => {
        let at = 0;
        while (at < latencyBounds.length && seconds > (latencyBounds[at] ?? 0)) at += 1;
        buckets[at] = (buckets[at] ?? 0) + 1;
        series.value += seconds;
      },
    };
  }

  /** A number that is read when asked for. */
  gauge(name: string, help: string, read: () => number): void {
    this.gauges.push({ name, help, read });
  }

  collect(): MetricSeries[] {
    return [...this.series.values(), ...this.gauges.map(({ name, help, read }): MetricSeries => ({ name, kind: name.endsWith("_total") ? "counter" : "gauge", help, labels: "", value: read() }))];
  }

  private open(name: string, kind: MetricKind, help: string, labels: Record<string, string>): MetricSeries {
    const text = formatLabels(labels);
    const key = `${name}{${text}`;
    const known = this.series.get(key);
    if (known) return known;
    const series: MetricSeries = { name, kind, help, labels: text, value: 0 };
    this.series.set(key, series);
    return series;
  }
}

/** Adds the series of several processes up; a snapshot's age and revision are the oldest ones, since the slowest process counts. */
export const mergeSeries = (lists: readonly MetricSeries[][]): MetricSeries[] => {
  const merged = new Map<string, MetricSeries>();
  for (const series of lists.flat()) {
    const key = `${series.name}{${series.labels}`;
    const known = merged.get(key);
    if (!known) merged.set(key, { ...series, ...(series.buckets ? { buckets: [...series.buckets] } : {}) });
    else {
      if (series.name.endsWith("_revision")) known.value = Math.min(known.value, series.value);
      else if (series.name.endsWith("_age_seconds")) known.value = Math.max(known.value, series.value);
      else known.value += series.value;
      series.buckets?.forEach((count, at) => {
        if (known.buckets) known.buckets[at] = (known.buckets[at] ?? 0) + count;
      });
    }
  }
  return [...merged.values()];
};

const line = (name: string, labels: string, value: number): string => `${name}${labels ? `{${labels}}` : ""} ${value}`;

const formatHistogram = ({ name, labels, value, buckets = [] }: MetricSeries): string[] => {
  let total = 0;
  const lines = buckets.map((count, at) => {
    total += count;
    const bound = `le="${latencyBounds[at] ?? "+Inf"}"`;
    return line(`${name}_bucket`, labels ? `${labels},${bound}` : bound, total);
  });
  return [...lines, line(`${name}_sum`, labels, value), line(`${name}_count`, labels, total)];
};

/** Prints series in the Prometheus text format, version 0.0.4. */
export const formatMetrics = (series: readonly MetricSeries[]): string => {
  const names = [...new Set(series.map(({ name }) => name))];
  const blocks = names.map((name) => {
    const own = series.filter((candidate) => candidate.name === name);
    const [first] = own;
    const lines = own.flatMap((one) => (one.kind === "histogram" ? formatHistogram(one) : [line(one.name, one.labels, one.value)]));
    return [`# HELP ${name} ${first?.help ?? ""}`, `# TYPE ${name} ${first?.kind ?? "gauge"}`, ...lines].join("\n");
  });
  return `${blocks.join("\n")}\n`;
};
