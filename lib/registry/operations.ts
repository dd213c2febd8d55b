import { z } from "zod";

import { manifestFileSchema } from "@/lib/artifacts";
import { defineOperation, pageOf, pageQuery } from "@/lib/http/operation";

import {
  activityItemSchema,
  createModelBodySchema,
  createVersionBodySchema,
  modelAliasSchema,
  modelSchema,
  setAliasBodySchema,
  updateModelBodySchema,
  updateVersionBodySchema,
  versionComparisonSchema,
  versionSchema,
  versionStatusSchema,
  versionSummarySchema,
} from "./schema";

const text = z.string().max(250);
const modelParams = z.object({ model: text });
const versionParams = z.object({ model: text, number: z.coerce.number().int().min(1) });
const aliasParams = z.object({ model: text, alias: z.string().max(255) });
const models = "/w/{workspace}/models";
const model = `${models}/{model}`;
const version = `${model}/versions/{number}`;

export const listModelsOperation = defineOperation({ id: "listModels", method: "GET", path: models, summary: "List models or prompts, last changed first", permission: "model:read", query: pageQuery.extend({ q: text.optional(), kind: z.enum(["model", "prompt"]).default("model") }), response: pageOf(modelSchema) });
export const createModelOperation = defineOperation({ id: "createModel", method: "POST", path: models, summary: "Create a model", permission: "model:write", body: createModelBodySchema, response: modelSchema, status: 201 });
export const getModelOperation = defineOperation({ id: "getModel", method: "GET", path: model, summary: "Read a model", permission: "model:read", params: modelParams, response: modelSchema });
export const updateModelOperation = defineOperation({ id: "updateModel", method: "PATCH", path: model, summary: "Change the description or the tags of a model", permission: "model:write", params: modelParams, body: updateModelBodySchema, response: modelSchema });
export const listModelActivityOperation = defineOperation({ id: "listModelActivity", method: "GET", path: `${model}/activity`, summary: "List what happened to a model", permission: "model:read", params: modelParams, query: pageQuery, response: pageOf(activityItemSchema) });

export const setAliasOperation = defineOperation({ id: "setAlias", method: "PUT", path: `${model}/aliases/{alias}`, summary: "Point an alias at a version", permission: "alias:write", params: aliasParams, body: setAliasBodySchema, response: z.object({ aliases: z.array(modelAliasSchema) }) });
export const deleteAliasOperation = defineOperation({ id: "deleteAlias", method: "DELETE", path: `${model}/aliases/{alias}`, summary: "Remove an alias", permission: "alias:write", params: aliasParams });

export const listVersionsOperation = defineOperation({
  id: "listVersions",
  method: "GET",
  path: "/w/{workspace}/versions",
  summary: "List the versions of all models, newest first",
  permission: "model:read",
  query: pageQuery.extend({ q: text.optional(), status: versionStatusSchema.optional(), model: text.optional(), alias: z.string().max(255).optional() }),
  response: pageOf(versionSummarySchema),
});
export const listModelVersionsOperation = defineOperation({
  id: "listModelVersions",
  method: "GET",
  path: `${model}/versions`,
  summary: "List the versions of a model, highest number first",
  permission: "model:read",
  params: modelParams,
  query: pageQuery.extend({ status: versionStatusSchema.optional(), alias: z.string().max(255).optional() }),
  response: pageOf(versionSummarySchema),
});
export const createVersionOperation = defineOperation({
  id: "createVersion",
  method: "POST",
  path: `${model}/versions`,
  summary: "Register uploaded files as the next version of a model",
  permission: "model:write",
  params: modelParams,
  body: createVersionBodySchema,
  response: versionSchema,
  status: 201,
  maxBodyBytes: 8_000_000,
});
export const getVersionOperation = defineOperation({ id: "getVersion", method: "GET", path: version, summary: "Read a version with its signature and inspection", permission: "model:read", params: versionParams, response: versionSchema });
export const updateVersionOperation = defineOperation({ id: "updateVersion", method: "PATCH", path: version, summary: "Change the description or the tags of a version", permission: "model:write", params: versionParams, body: updateVersionBodySchema, response: versionSchema });
export const compareVersionsOperation = defineOperation({ id: "compareVersions", method: "GET", path: `${model}/compare`, summary: "Compare two versions of a model", permission: "model:read", params: modelParams, query: z.object({ a: z.coerce.number().int().min(1), b: z.coerce.number().int().min(1) }), response: versionComparisonSchema });
export const listVersionFilesOperation = defineOperation({ id: "listVersionFiles", method: "GET", path: `${version}/files`, summary: "List the frozen files of a version", permission: "artifact:read", params: versionParams, response: z.object({ items: z.array(manifestFileSchema) }) });
export const downloadVersionFileOperation = defineOperation({
  id: "downloadVersionFile",
  method: "GET",
  path: `${version}/files/{path}`,
  summary: "Download a file of a version; understands Range",
  permission: "artifact:read",
  params: versionParams.extend({ path: z.array(z.string()) }),
  streams: { response: "application/octet-stream" },
});
export const listVersionActivityOperation = defineOperation({ id: "listVersionActivity", method: "GET", path: `${version}/activity`, summary: "List what happened to a version", permission: "model:read", params: versionParams, query: pageQuery, response: pageOf(activityItemSchema) });

export const operations = [
  listModelsOperation,
  createModelOperation,
  getModelOperation,
  updateModelOperation,
  listModelActivityOperation,
  setAliasOperation,
  deleteAliasOperation,
  listVersionsOperation,
  listModelVersionsOperation,
  createVersionOperation,
  getVersionOperation,
  updateVersionOperation,
  compareVersionsOperation,
  listVersionFilesOperation,
  downloadVersionFileOperation,
  listVersionActivityOperation,
];
