import { z } from "zod";

import { defineOperation } from "@/lib/http/operation";

import { comparisonSchema, newSavedViewSchema, runImagesSchema, savedViewPages, savedViewSchema } from "./schema-compare";
import { RunIdList } from "./schema-series";

const compare = "/w/{workspace}/experiments/{number}/compare";
const numberParams = z.object({ number: z.coerce.number().int().min(0).max(2 ** 31 - 1) });
const views = "/w/{workspace}/views";

export const compareRunsOperation = defineOperation({ id: "compareRuns", method: "GET", path: compare, summary: "Read up to 50 runs side by side: newest metrics, params, tags, datasets", permission: "run:read", params: numberParams, query: z.object({ runs: RunIdList }), response: comparisonSchema });
export const listRunImagesOperation = defineOperation({ id: "listRunImages", method: "GET", path: `${compare}/images`, summary: "List the images among the artifacts of runs, with key and step of those logged as images", permission: "artifact:read", params: numberParams, query: z.object({ runs: RunIdList }), response: runImagesSchema });

export const listSavedViewsOperation = defineOperation({ id: "listSavedViews", method: "GET", path: views, summary: "List my saved views of a page", permission: "run:read", query: z.object({ page: z.enum(savedViewPages) }), response: z.object({ items: z.array(savedViewSchema) }) });
export const saveViewOperation = defineOperation({ id: "saveView", method: "POST", path: views, summary: "Save a view under a name for myself; the same name is replaced", permission: "run:read", body: newSavedViewSchema, response: savedViewSchema, status: 201 });
export const deleteSavedViewOperation = defineOperation({ id: "deleteSavedView", method: "DELETE", path: `${views}/{view}`, summary: "Delete a saved view of mine", permission: "run:read", params: z.object({ view: z.string().max(60) }) });
