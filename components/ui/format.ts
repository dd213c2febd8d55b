/** Numbers as the design writes them: narrow space for thousands, space before %, true minus, pp for points. */
const narrow = "\u202f";
const minus = "\u2212";
const missing = "—";

/** A serialisable format, so that server components can pass one to a chart. */
export type ValueFormat = {
  kind: "number" | "percent" | "points" | "ms" | "bytes";
  /** Fraction digits; default 0 for ms and bytes, 1 for percent and points, up to 3 significant for numbers. */
  digits?: number | undefined;
  signed?: boolean | undefined;
};

const dress = (text: string, signed: boolean): string => {
  const negative = text.startsWith("-");
  const [whole = "", fraction] = (negative ? text.slice(1) : text).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, narrow);
  const body = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return negative && /[1-9]/.test(body) ? `${minus}${body}` : signed && /[1-9]/.test(body) ? `+${body}` : body;
};

const autoDigits = (value: number): number => (Number.isInteger(value) || Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3);

/** "48 216", "0.912", "−0.018". null is "—". */
export const formatNumber = (value: number | null | undefined, digits?: number, signed = false): string =>
  value === null || value === undefined || !Number.isFinite(value) ? missing : dress(value.toFixed(digits ?? autoDigits(value)), signed);

/** A figure that was measured, to about four significant digits and never a 0 that it isn't: "0.8120", "0.000123", "1.23e−12", "∞". */
export const formatFigure = (value: number, signed = false): string => {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : `${minus}∞`;
  if (value === 0 || (Number.isInteger(value) && size < 1e9)) return formatNumber(value, 0, signed);
  if (size >= 1e7 || size < 1e-4) return `${signed && value > 0 ? "+" : ""}${value.toExponential(2).replaceAll("-", minus).replace("e+", "e")}`;
  return formatNumber(value, size >= 1_000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.01 ? 4 : size >= 0.001 ? 5 : 6, signed);
};

/** A share of 0 to 1 as "4.1 %". */
export const formatPercent = (share: number | null | undefined, digits = 1, signed = false): string =>
  share === null || share === undefined || !Number.isFinite(share) ? missing : `${dress((share * 100).toFixed(digits), signed)} %`;

/** A difference of shares as "−0.9 pp". */
export const formatPoints = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined || !Number.isFinite(share) ? missing : `${dress((share * 100).toFixed(digits), true)} pp`;

/** Milliseconds as "84 ms" or "1.8 s". */
export const formatMs = (valueMs: number | null | undefined, digits?: number, signed = false): string => {
  if (valueMs === null || valueMs === undefined || !Number.isFinite(valueMs)) return missing;
  const size = Math.abs(valueMs);
  return size >= 1000 ? `${dress((valueMs / 1000).toFixed(digits ?? 1), signed)} s` : `${dress(valueMs.toFixed(digits ?? (size < 10 ? 1 : 0)), signed)} ms`;
};

/** Bytes in powers of 1000: "14.2 MB". */
export const formatBytes = (bytes: number | null | undefined): string => {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return missing;
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${dress((bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1), false)} ${units[power] ?? "B"}`;
};

/** Big counts in short: "118", "48.2 k", "1.31 M". */
export const formatCompact = (value: number | null | undefined): string => {
  if (value === null || value === undefined || !Number.isFinite(value)) return missing;
  if (Math.abs(value) < 1000) return formatNumber(value, Number.isInteger(value) ? 0 : 1);
  const [scaled, unit] = Math.abs(value) < 999_500 ? [value / 1e3, "k"] : [value / 1e6, "M"];
  return `${dress(Number(scaled.toPrecision(3)).toString(), false)} ${unit}`;
};

/** Applies a serialisable format. */
export const formatValue = (value: number | null | undefined, format: ValueFormat): string => {
  switch (format.kind) {
    case "number": return formatNumber(value, format.digits, format.signed);
    case "percent": return formatPercent(value, format.digits ?? 1, format.signed);
    case "points": return formatPoints(value, format.digits ?? 1);
    case "ms": return formatMs(value, format.digits, format.signed);
    case "bytes": return formatBytes(value);
  }
};

/** "1 request", "2 requests"; the plural adds s unless given. */
export const formatCount = (count: number, one: string, many = `${one}s`): string => `${formatNumber(count, 0)} ${count === 1 ? one : many}`;

/** With a capital at the start, as a sentence begins. */
export const capitalize = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
