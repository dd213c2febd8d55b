import { defineOperation } from "@/lib/http/operation";

import { uploadedBlobSchema } from "./schema";

export const uploadBlobOperation = defineOperation({
  id: "uploadBlob",
  method: "PUT",
  path: "/w/{workspace}/blobs",
  status: 201,
  summary: "Upload a file; versions refer to it by its SHA-256. With x-slipway-sha256 the bytes must match.",
  permission: "artifact:write",
  response: uploadedBlobSchema,
  rateClass: "bulk",
  streams: { request: "application/octet-stream", response: "application/json" },
});

export const operations = [uploadBlobOperation];
