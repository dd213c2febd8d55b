import { z } from "zod";

import { AppError } from "@/lib/core/errors";
import { tryParseId } from "@/lib/core/ids";
import { isObject } from "@/lib/core/json";

const maxFiles = 2_000;

/** A relative path of plain segments: it becomes a path below the model's folder. */
const isPlainPath = (path: string): boolean => !/[\\\0]/.test(path) && !/^[A-Za-z]:/.test(path) && path.split("/").every((segment) => segment !== "" && segment !== "." && segment !== ".." && Buffer.byteLength(segment) <= 255);

export const manifestFileSchema = z.object({
  path: z.string().max(1_024).refine(isPlainPath, "must be a relative path without empty, `.` or `..` segments and without backslashes"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hex digits"),
  size: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
});
export type ManifestFile = z.infer<typeof manifestFileSchema>;

/** What a model is made of: kept across restarts. */
export const modelFilesSchema = z
  .object({ manifest: z.array(manifestFileSchema).min(1).max(maxFiles), main: z.string() })
  .refine(({ manifest }) => new Set(manifest.map((file) => file.path)).size === manifest.length, "manifest has a path twice")
  .refine(({ manifest, main }) => manifest.some((file) => file.path === main), "main is not in the manifest");
export type ModelFiles = z.infer<typeof modelFilesSchema>;

const sourceSchema = z.object({ url: z.url({ protocol: /^https?$/ }).endsWith("/"), token: z.string().min(1).max(4_096).regex(/^[\x21-\x7e]+$/) });
/** Where files are fetched: `GET {url}{sha256}` with `Authorization: Bearer {token}`. */
export type BlobSource = z.infer<typeof sourceSchema>;

export type LoadConfig = { files: ModelFiles; source: BlobSource };

/** Reads the body of a load call: `{"parameters": {"config": "<JSON text>"}}`; raises invalid that names what is wrong. */
export const parseLoadConfig = (body: unknown): LoadConfig => {
  const parameters = isObject(body) ? body["parameters"] : undefined;
  const text = isObject(parameters) ? parameters["config"] : undefined;
  if (typeof text !== "string") throw new AppError("invalid", "runtime.bad_config", 'A load needs {"parameters": {"config": "<JSON text>"}} with manifest, main, url and token.');
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid", "runtime.bad_config", "parameters.config is not JSON.", { cause });
  }
  const files = modelFilesSchema.safeParse(config);
  const source = sourceSchema.safeParse(config);
  if (files.success && source.success) return { files: files.data, source: source.data };
  const issues = [...(files.error?.issues ?? []), ...(source.error?.issues ?? [])].slice(0, 5).map((issue) => (issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message));
  throw new AppError("invalid", "runtime.bad_config", `parameters.config is wrong: ${issues.join("; ")}.`);
};

/** Served models are named by their version id on the wire and by nothing that a user wrote. */
export const isModelName = (name: string): boolean => tryParseId("version", name) !== undefined;
