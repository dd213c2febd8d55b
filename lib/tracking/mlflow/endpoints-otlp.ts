import { promisify } from "node:util";
import { gunzip, inflate, type InputType } from "node:zlib";

import { AppError } from "@/lib/core/errors";

import { invalid } from "../errors";
import { decodeSpans, otlpLimits } from "../otlp/decode";
import { readSpansOfJson } from "../otlp/decode-json";
import type { SpanGroup } from "../otlp/span";
import { logSpans } from "../service-spans";
import { readBytes } from "./body";
import type { Call, Endpoint } from "./endpoint";
import { Reply } from "./reply";

type Unpack = (bytes: InputType, options: { maxOutputLength: number }) => Promise<Buffer>;
const unpackers: Record<string, Unpack> = { gzip: promisify(gunzip), deflate: promisify(inflate) };

const unpack = async (bytes: Buffer, encoding: string): Promise<Buffer> => {
  if (encoding === "" || encoding === "identity") return bytes;
  const unpacker = unpackers[encoding];
  if (!unpacker) throw invalid(`Unsupported Content-Encoding: ${encoding.slice(0, 50)}. Use gzip, deflate or none.`);
  try {
    return await unpacker(bytes, { maxOutputLength: otlpLimits.bytes });
  } catch (cause) {
    throw Object.assign(invalid(`The body is not valid ${encoding}, or larger than ${otlpLimits.bytes} bytes unpacked.`), { cause });
  }
};

const readSpans = async ({ headers, body }: Call): Promise<{ isJson: boolean; groups: SpanGroup[] }> => {
  const type = (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-protobuf" && type !== "application/json") throw new AppError("invalid", "mlflow.not_otlp", `Invalid Content-Type: ${(type ?? "").slice(0, 80)}. Expected: application/x-protobuf or application/json`);
  const bytes = await unpack(await readBytes({ headers, body }, otlpLimits.bytes), (headers.get("content-encoding") ?? "").trim().toLowerCase());
  return type === "application/json" ? { isJson: true, groups: readSpansOfJson(bytes.toString("utf8")) } : { isJson: false, groups: decodeSpans(bytes) };
};

/** Spans by OpenTelemetry's protocol over HTTP, from MLflow's clients and any OpenTelemetry exporter. */
export const otlpEndpoints: Endpoint[] = [
  {
    methods: ["POST"],
    path: "/v1/traces",
    body: "raw",
    handle: async (ctx, _, call) => {
      const experimentId = call.headers.get("x-mlflow-experiment-id");
      if (!experimentId) throw invalid("Missing header x-mlflow-experiment-id: it says which experiment the spans belong to.");
      const { isJson, groups } = await readSpans(call);
      await logSpans(ctx, experimentId, groups, call.headers.get("x-mlflow-run-id") || undefined);
      // An empty ExportTraceServiceResponse: everything was accepted.
      return isJson ? new Reply(200, { "content-type": "application/json" }, "{}") : new Reply(200, { "content-type": "application/x-protobuf" }, "");
    },
  },
];
