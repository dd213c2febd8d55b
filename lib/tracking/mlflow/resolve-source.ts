import type { Context } from "@/lib/platform/context";
import { checkFolderPath, listArtifacts } from "@/lib/artifacts/server";
import { findClientVersionByAlias, getClientModel, getClientVersion, isPromptTags, parseStage, type ClientVersion, type StageVersion } from "@/lib/registry/server";

import { invalid, missing } from "../errors";
import { getLoggedModel, searchLoggedModels } from "../service-logged-models";
import { getRun } from "../service-runs";

/** Where the files of a new version are: in a mutable folder of the workspace, in another version, or where Slipway can't read. */
export type ResolvedSource = {
  folder: string | null;
  copyOf?: { model: string; number: number };
  unreadable?: string;
  runId?: string | null;
  loggedModelId?: string | null;
  /** The versions that the logged model became so far, in MLflow's own record of them. */
  noted?: string | undefined;
};

/** The tag of a logged model that holds that record. */
export const versionsTag = "mlflow.modelVersions";

const proxyPattern = /^(?:mlflow-artifacts:(?:\/\/[^/]*)?|https?:\/\/[^/]+\/(?:api|ajax-api)\/2\.0\/mlflow-artifacts\/artifacts)\/+(.*)$/;

/** The folder of the workspace that an artifact address means, or undefined for addresses elsewhere. */
export const folderOf = (uri: string): string | undefined => {
  const match = proxyPattern.exec(uri);
  return match?.[1] === undefined ? undefined : checkFolderPath(match[1]);
};

/** Tells whether a source leaves its folder once every layer of percent signs is decoded. */
const climbs = (source: string): boolean => {
  let text = source;
  for (let layer = 0; layer < 10; layer += 1) {
    if (/(^|[/\\])\.\.([/\\]|$)/.test(text) || text.includes("\0")) return true;
    const decoded = text.replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(parseInt(code.slice(1), 16)));
    if (decoded === text) return false;
    text = decoded;
  }
  return true;
};

/** Finds the files behind the `source` of model-versions/create; raises invalid for sources that no server should follow. */
export const resolveSource = async (ctx: Context, source: string, modelId: string | undefined): Promise<ResolvedSource> => {
  if (climbs(source)) throw invalid(`Invalid model version source: '${source.slice(0, 200)}'. It may not hold "..", encoded or not.`);
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*):\/*(.*)$/i.exec(source) ?? [];
  if (scheme === "models" || modelId !== undefined) {
    const named = scheme === "models" ? rest : (modelId ?? "");
    return /^m-[0-9a-f]{32}$/.test(named) || modelId !== undefined ? fromLoggedModel(ctx, modelId ?? named) : fromVersion(ctx, rest);
  }
  if (scheme === "runs") return fromRun(ctx, rest);
  const folder = folderOf(source);
  if (folder !== undefined) return { folder };
  if (scheme === "file" || scheme.length <= 1) {
    throw invalid(`Invalid model version source: '${source.slice(0, 200)}'. A path of the client's own disk can't be registered: log the model to a run first, then register runs:/<run id>/<path>.`);
  }
  return { folder: null, unreadable: `Slipway can't read ${scheme ? `${scheme}: addresses` : "this source"}, so the files were neither frozen nor checked. Log the model through this server, then register it again.` };
};

const fromLoggedModel = async (ctx: Context, modelId: string): Promise<ResolvedSource> => {
  const model = await getLoggedModel(ctx, modelId);
  const folder = folderOf(model.artifactUri);
  return { folder: folder ?? null, runId: model.sourceRunId, loggedModelId: modelId, noted: model.tags.find(({ key }) => key === versionsTag)?.value, ...(folder === undefined ? { unreadable: `The model's artifacts are at ${model.artifactUri}, which Slipway can't read.` } : {}) };
};

const fromVersion = async (ctx: Context, reference: string): Promise<ResolvedSource> => {
  const [, name = "", selector = ""] = /^(.+?)[/@]([^/@]+)$/.exec(reference) ?? [];
  if (name === "") throw invalid(`Invalid model version source: 'models:/${reference.slice(0, 200)}'. Use models:/name/version, models:/name@alias or models:/m-….`);
  const version = reference.includes("@") ? await findClientVersionByAlias(ctx, name, selector) : /^\d{1,9}$/.test(selector) ? await getClientVersion(ctx, name, Number(selector)) : await findNewest(ctx, name, selector);
  if (!version) throw invalid(`Registered model alias ${selector} not found.`);
  if (isPromptTags(version.tags)) throw invalid(`Invalid model version source: 'models:/${reference.slice(0, 200)}'. Prompt versions cannot be used as model version sources.`);
  return { folder: null, copyOf: { model: name, number: version.number }, runId: version.runId, loggedModelId: version.loggedModelId, unreadable: "The version that it was copied from has no files that Slipway holds." };
};

/** The newest version of a stage, or of all (`latest`). */
const findNewest = async (ctx: Context, name: string, word: string): Promise<StageVersion> => {
  const stage = word.toLowerCase() === "latest" ? undefined : parseStage(word);
  const version = (await getClientModel(ctx, name)).newestPerStage.find((candidate) => stage === undefined || candidate.stage === stage);
  if (!version) throw missing(`No versions of model with name '${name}' and stage '${word}' found`);
  return version;
};

/** `runs:/<run>/<path>`: files under the run, else the logged model of that name that the run made (MLflow 3). */
const fromRun = async (ctx: Context, reference: string): Promise<ResolvedSource> => {
  const [runId = "", ...parts] = reference.split("/");
  const run = await getRun(ctx, runId);
  const root = folderOf(run.artifactUri);
  const path = checkFolderPath(parts.join("/"));
  if (root !== undefined && path !== "" && (await listArtifacts(ctx, `${root}/${path}`)).length > 0) return { folder: `${root}/${path}`, runId };
  const { rows: [model] } = await searchLoggedModels(ctx, { experimentIds: [String(run.experimentNumber)], filter: `name = '${path.replaceAll("'", "")}' AND source_run_id = '${runId}'`, datasets: [], orderBy: [], limit: 1, token: undefined });
  if (model) return fromLoggedModel(ctx, model.modelId);
  return { folder: root === undefined ? null : `${root}/${path}`, runId };
};

/** Where clients download a version: the frozen files while Slipway holds them, else what it was registered from. */
export const downloadUriOf = (version: ClientVersion, wireId: string): string => (version.manifestId === null ? version.source : `mlflow-artifacts:/versions/${wireId}`);
