/**
 * Spans in OTLP's own shape, as MLflow's API returns them: protobuf's JSON with snake_case names, bytes in base64, 64-bit integers
 * as texts, NaN and ±Infinity as texts.
 * Source: https://github.com/open-telemetry/opentelemetry-proto, trace.proto and common.proto
 */
export type OtlpValue =
  | { string_value: string }
  | { bool_value: boolean }
  | { int_value: string }
  | { double_value: number | "NaN" | "Infinity" | "-Infinity" }
  | { array_value: { values?: OtlpValue[] } }
  | { kvlist_value: { values?: OtlpAttribute[] } }
  | { bytes_value: string }
  | Record<string, never>;

export type OtlpAttribute = { key: string; value: OtlpValue };
export type OtlpEvent = { time_unix_nano: string; name: string; attributes?: OtlpAttribute[] };
export type OtlpLink = { trace_id: string; span_id: string; trace_state?: string; attributes?: OtlpAttribute[] };

export type OtlpSpan = {
  trace_id: string;
  span_id: string;
  parent_span_id?: string;
  trace_state?: string;
  name: string;
  kind?: number;
  start_time_unix_nano: string;
  end_time_unix_nano?: string;
  attributes?: OtlpAttribute[];
  events?: OtlpEvent[];
  links?: OtlpLink[];
  status?: { code?: number; message?: string };
};

/** Spans of one sender, with what it says of itself. */
export type SpanGroup = { resource: OtlpAttribute[]; spans: OtlpSpan[] };

/** The value as plain JSON: lists and objects opened, integers as numbers while they are safe. */
export const plainValue = (value: OtlpValue): unknown => {
  if ("string_value" in value) return value.string_value;
  if ("bool_value" in value) return value.bool_value;
  if ("int_value" in value) return Number.isSafeInteger(Number(value.int_value)) ? Number(value.int_value) : value.int_value;
  if ("double_value" in value) return value.double_value;
  if ("bytes_value" in value) return value.bytes_value;
  if ("array_value" in value) return (value.array_value.values ?? []).map(plainValue);
  if ("kvlist_value" in value) return Object.fromEntries((value.kvlist_value.values ?? []).map((item) => [item.key, plainValue(item.value)]));
  return null;
};

export const attributeOf = (attributes: readonly OtlpAttribute[] | undefined, key: string): unknown => {
  const found = attributes?.find((attribute) => attribute.key === key);
  return found === undefined ? undefined : plainValue(found.value);
};

/** The text of an attribute: as it is, or as JSON. */
export const textAttribute = (attributes: readonly OtlpAttribute[] | undefined, key: string): string | undefined => {
  const value = attributeOf(attributes, key);
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
};

export const hexOf = (base64: string): string => Buffer.from(base64, "base64").toString("hex");

export const statusOf = ({ status }: OtlpSpan): "OK" | "ERROR" | "UNSET" => (status?.code === 1 ? "OK" : status?.code === 2 ? "ERROR" : "UNSET");
