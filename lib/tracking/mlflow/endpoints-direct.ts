import { abortDirectUpload, beginDirectUpload, finishDirectUpload, signDownload } from "@/lib/artifacts/server";

import { findDownload, refuseFrozen } from "./artifacts";
import { type Call, type Endpoint, get, post } from "./endpoint";
import type { Input } from "./input";

/** The address names the folder; the body names the file as it is called on the client's disk. */
const pathOf = (input: Input, { fields }: Call): string => {
  const local = typeof fields["path"] === "string" ? fields["path"] : "";
  const path = `${input.need("path")}/${local.slice(Math.max(local.lastIndexOf("/"), local.lastIndexOf("\\")) + 1)}`;
  refuseFrozen(path);
  return path;
};

/** Transfers by presigned addresses, which pass this server by where artifacts are in an object store. */
export const directEndpoints: Endpoint[] = [
  post("mlflow-artifacts/mpu/create/{path*}", async (ctx, input, call) => {
    const { uploadId, parts } = await beginDirectUpload(ctx, pathOf(input, call), input.int("num_parts") ?? 1);
    return { upload_id: uploadId, credentials: parts.map(({ partNumber, url }) => ({ url, part_number: partNumber, headers: {} })) };
  }),
  post("mlflow-artifacts/mpu/complete/{path*}", async (ctx, input, call) => {
    const parts = input.items("parts").map((part) => ({ partNumber: part.needInt("part_number"), etag: part.need("etag") }));
    await finishDirectUpload(ctx, pathOf(input, call), input.need("upload_id"), parts);
    return {};
  }),
  post("mlflow-artifacts/mpu/abort/{path*}", async (ctx, input, call) => {
    await abortDirectUpload(ctx, pathOf(input, call), input.need("upload_id"));
    return {};
  }),
  get("mlflow-artifacts/presigned/{path*}", async (ctx, input) => {
    const { url, size } = await signDownload(ctx, await findDownload(ctx, input.need("path")));
    return { url, headers: {}, file_size: size };
  }),
];
