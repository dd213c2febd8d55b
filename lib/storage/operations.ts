import { defineOperation } from "@/lib/http/operation";

import { StorageView } from "./schema";

export const getStorageOp = defineOperation({
  id: "getStorage",
  method: "GET",
  path: "/w/{workspace}/storage",
  summary: "What the workspace stores, by kind, and what will be purged when.",
  permission: "artifact:read",
  response: StorageView,
});

export const operations = [getStorageOp];
