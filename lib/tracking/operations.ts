import { z } from "zod";

import { defineOperation, pageOf, pageQuery } from "@/lib/http/operation";
import { versionSchema } from "@/lib/registry";

import {
  artifactEntrySchema,
  changedRunsSchema,
  columnsSchema,
  countSchema,
  createExperimentBodySchema,
  experimentSchema,
  keysSchema,
  registerRunBodySchema,
  runIdsBodySchema,
  runListQuerySchema,
  runRowSchema,
  runSchema,
  updateExperimentBodySchema,
  updateRunBodySchema,
} from "./schema";

const experiments = "/w/{workspace}/experiments";
const experiment = `${experiments}/{number}`;
const run = "/w/{workspace}/runs/{run}";
const loggedModel = "/w/{workspace}/logged-models/{model}";
const numberParams = z.object({ number: z.coerce.number().int().min(0).max(2 ** 31 - 1) });
const runParams = z.object({ run: z.string().max(300) });
const modelParams = z.object({ model: z.string().max(300) });
const folderQuery = pageQuery.extend({ path: z.string().max(1_024).default("").meta({ description: "Folder; empty is the root." }) });
const bytes = { response: "application/octet-stream" };

export const listExperimentsOperation = defineOperation({ id: "listExperiments", method: "GET", path: experiments, summary: "List experiments, last active first", permission: "run:read", query: pageQuery.extend({ q: z.string().max(500).optional().meta({ description: "Part of the name." }), stage: z.enum(["active", "deleted", "all"]).default("active") }), response: pageOf(experimentSchema) });
export const createExperimentOperation = defineOperation({ id: "createExperiment", method: "POST", path: experiments, summary: "Create an experiment", permission: "run:write", body: createExperimentBodySchema, response: experimentSchema, status: 201 });
export const getExperimentOperation = defineOperation({ id: "getExperiment", method: "GET", path: experiment, summary: "Read an experiment", permission: "run:read", params: numberParams, response: experimentSchema });
export const updateExperimentOperation = defineOperation({ id: "updateExperiment", method: "PATCH", path: experiment, summary: "Rename an experiment or change its tags", permission: "run:write", params: numberParams, body: updateExperimentBodySchema, response: experimentSchema });
export const deleteExperimentOperation = defineOperation({ id: "deleteExperiment", method: "DELETE", path: experiment, summary: "Delete an experiment with its runs; it can be restored", permission: "run:write", params: numberParams });
export const restoreExperimentOperation = defineOperation({ id: "restoreExperiment", method: "POST", path: `${experiment}/restore`, summary: "Restore a deleted experiment with its runs", permission: "run:write", params: numberParams, response: experimentSchema });

export const listRunsOperation = defineOperation({
  id: "listRuns",
  method: "GET",
  path: `${experiment}/runs`,
  summary: "Search the runs of an experiment, with chosen columns",
  permission: "run:read",
  params: numberParams,
  query: pageQuery.extend({
    ...runListQuerySchema.shape,
    sort: z.string().max(300).optional().meta({ description: "What to order by, such as metrics.loss or attributes.start_time; missing values come last." }),
    direction: z.enum(["asc", "desc"]).default("desc"),
    column: columnsSchema,
  }),
  response: pageOf(runRowSchema),
});
export const countRunsOperation = defineOperation({ id: "countRuns", method: "GET", path: `${experiment}/runs/count`, summary: "Count the runs of an experiment that a filter leaves", permission: "run:read", params: numberParams, query: runListQuerySchema, response: countSchema });
export const listRunKeysOperation = defineOperation({ id: "listRunKeys", method: "GET", path: `${experiment}/keys`, summary: "List the names of metrics, params and tags in an experiment", permission: "run:read", params: numberParams, query: z.object({ q: z.string().max(250).optional() }), response: keysSchema });

export const deleteRunsOperation = defineOperation({ id: "deleteRuns", method: "POST", path: "/w/{workspace}/runs/delete", summary: "Delete runs; they can be restored", permission: "run:write", body: runIdsBodySchema, response: changedRunsSchema });
export const restoreRunsOperation = defineOperation({ id: "restoreRuns", method: "POST", path: "/w/{workspace}/runs/restore", summary: "Restore deleted runs", permission: "run:write", body: runIdsBodySchema, response: changedRunsSchema });
export const getRunOperation = defineOperation({ id: "getRun", method: "GET", path: run, summary: "Read a run with its metrics, params, tags, datasets and models", permission: "run:read", params: runParams, response: runSchema });
export const updateRunOperation = defineOperation({ id: "updateRun", method: "PATCH", path: run, summary: "Rename a run, write its note or change its tags", permission: "run:write", params: runParams, body: updateRunBodySchema, response: runSchema });
export const listChildRunsOperation = defineOperation({ id: "listChildRuns", method: "GET", path: `${run}/children`, summary: "List the runs nested in a run, newest first", permission: "run:read", params: runParams, query: pageQuery.extend({ stage: runListQuerySchema.shape.stage, column: columnsSchema }), response: pageOf(runRowSchema) });
export const registerRunOperation = defineOperation({ id: "registerRun", method: "POST", path: `${run}/register`, summary: "Register a model that the run made as the next version of a model", permission: "model:write", params: runParams, body: registerRunBodySchema, response: versionSchema, status: 201 });

export const listRunArtifactsOperation = defineOperation({ id: "listRunArtifacts", method: "GET", path: `${run}/artifacts`, summary: "List a folder of a run's artifacts", permission: "artifact:read", params: runParams, query: folderQuery, response: pageOf(artifactEntrySchema) });
export const downloadRunArtifactOperation = defineOperation({ id: "downloadRunArtifact", method: "GET", path: `${run}/files/{path}`, summary: "Download an artifact of a run; understands Range", permission: "artifact:read", params: runParams.extend({ path: z.array(z.string()) }), streams: bytes });
export const listModelArtifactsOperation = defineOperation({ id: "listModelArtifacts", method: "GET", path: `${loggedModel}/artifacts`, summary: "List a folder of a logged model's artifacts", permission: "artifact:read", params: modelParams, query: folderQuery, response: pageOf(artifactEntrySchema) });
export const downloadModelArtifactOperation = defineOperation({ id: "downloadModelArtifact", method: "GET", path: `${loggedModel}/files/{path}`, summary: "Download an artifact of a logged model; understands Range", permission: "artifact:read", params: modelParams.extend({ path: z.array(z.string()) }), streams: bytes });

export const operations = [
  listExperimentsOperation,
  createExperimentOperation,
  getExperimentOperation,
  updateExperimentOperation,
  deleteExperimentOperation,
  restoreExperimentOperation,
  listRunsOperation,
  countRunsOperation,
  listRunKeysOperation,
  deleteRunsOperation,
  restoreRunsOperation,
  getRunOperation,
  updateRunOperation,
  listChildRunsOperation,
  registerRunOperation,
  listRunArtifactsOperation,
  downloadRunArtifactOperation,
  listModelArtifactsOperation,
  downloadModelArtifactOperation,
];
