import { formatId } from "@/lib/core/ids";
import { isObject, readJson } from "@/lib/core/json";
import { deleteAlias, moveStage, setAlias } from "@/lib/governance/server";
import type { Context } from "@/lib/platform/context";
import type { SqlTx } from "@/lib/platform/db";
import {
  changeTag,
  type ClientVersion,
  createPlainModel,
  deleteModel,
  deleteVersion,
  findClientVersionByAlias,
  getClientModel,
  getClientVersion,
  isPromptTags,
  parseStage,
  promptSources,
  registerSource,
  renameModel,
  searchModels,
  searchVersions,
  updateModel,
  updateVersion,
} from "@/lib/registry/server";

import { invalid, missing } from "../errors";
import { maxTagValue } from "../limits";
import { amendLoggedModelTag } from "../service-logged-models";
import { isRunId } from "../service-runs";
import { type Endpoint, get, getOrPost, patch, post, readPage, remove, toPage } from "./endpoint";
import { versionEntity } from "./entities";
import type { Input } from "./input";
import { modelReply, modelsReply } from "./model-json";
import { repeatableOf } from "./repeats";
import { speakMlflow } from "./registry-words";
import { downloadUriOf, type ResolvedSource, resolveSource, versionsTag } from "./resolve-source";

const numberOf = (input: Input): number => {
  const text = input.need("version");
  if (!/^\d{1,9}$/.test(text)) throw invalid(`Parameter 'version' must be an integer, got '${text.slice(0, 80)}'.`);
  return Number(text);
};

/** The run that a client names; a version keeps it in MLflow's form of an id. */
const runIdOf = (input: Input): string | undefined => {
  const runId = input.text("run_id") || undefined;
  if (runId !== undefined && !isRunId(runId)) throw invalid(`Invalid run ID: '${runId.slice(0, 300)}'`);
  return runId;
};

const tagsOf = (input: Input): Record<string, string> => Object.fromEntries(input.tags("tags").map(({ key, value }) => [key, value]));
const modelAnswer = async (ctx: Context, name: string) => modelReply(await getClientModel(ctx, name));
const versionAnswer = (version: ClientVersion) => ({ model_version: versionEntity(version) });

const models: Endpoint[] = [
  post("mlflow/registered-models/create", async (ctx, input) => {
    const name = input.need("name");
    const tags = tagsOf(input);
    const { description, createdBy, createdAt, updatedAt } = await createPlainModel(ctx, { name, description: input.text("description"), ...(Object.keys(tags).length > 0 ? { tags } : {}) });
    return modelReply({ name, description, createdBy, createdMs: createdAt.getTime(), updatedMs: updatedAt.getTime(), tags: JSON.stringify(tags), aliases: "[]", newestPerStage: [] });
  }),
  get("mlflow/registered-models/get", (ctx, input) => modelAnswer(ctx, input.need("name"))),
  getOrPost("mlflow/registered-models/search", async (ctx, input) => {
    return modelsReply(await searchModels(ctx, { filter: input.text("filter"), orderBy: input.texts("order_by"), ...readPage(input, 100, 1_000) }));
  }),
  post("mlflow/registered-models/rename", async (ctx, input) => {
    const newName = input.need("new_name");
    await renameModel(ctx, input.need("name"), newName);
    return modelAnswer(ctx, newName);
  }),
  { ...patch("mlflow/registered-models/update", async (ctx, input) => {
    await updateModel(ctx, input.need("name"), { description: input.plain("description") });
    return modelAnswer(ctx, input.need("name"));
  }), methods: ["PATCH", "POST"] },
  remove("mlflow/registered-models/delete", (ctx, input) => deleteModel(ctx, input.need("name"))),
  getOrPost("mlflow/registered-models/get-latest-versions", async (ctx, input) => {
    const stages = input.texts("stages").map(parseStage);
    const { newestPerStage } = await getClientModel(ctx, input.need("name"));
    const versions = newestPerStage.filter(({ stage }) => stages.length === 0 || stages.some((wanted) => wanted === stage));
    return versions.length === 0 ? {} : { model_versions: versions.map((version) => versionEntity(version)) };
  }),
  post("mlflow/registered-models/set-tag", (ctx, input) => changeTag(ctx, input.need("name"), undefined, input.need("key"), input.plain("value"))),
  remove("mlflow/registered-models/delete-tag", (ctx, input) => changeTag(ctx, input.need("name"), undefined, input.need("key"), undefined)),
  post("mlflow/registered-models/alias", (ctx, input) => setAlias(ctx, input.need("name"), input.need("alias"), numberOf(input))),
  remove("mlflow/registered-models/alias", (ctx, input) => deleteAlias(ctx, input.need("name"), input.need("alias"))),
  get("mlflow/registered-models/alias", async (ctx, input) => {
    const alias = input.need("alias");
    const version = await findClientVersionByAlias(ctx, input.need("name"), alias);
    if (!version && alias.toLowerCase() === "latest") throw missing(`Latest version not found for model ${input.need("name")}.`);
    if (!version) throw invalid(`Registered model alias ${alias} not found.`);
    return versionAnswer(version);
  }),
];

const versions: Endpoint[] = [
  post("mlflow/model-versions/create", async (ctx, input, call) => {
    const name = input.need("name");
    const source = input.need("source");
    const tags = tagsOf(input);
    const isPrompt = isPromptTags(tags);
    if (isPrompt && !promptSources.includes(source)) throw invalid(`Invalid prompt source: '${source.slice(0, 200)}'. Prompt sources must use an MLflow placeholder.`);
    const found: ResolvedSource = isPrompt ? { folder: null, unreadable: "A prompt has no files: it is text that its tags hold." } : await resolveSource(ctx, source, input.text("model_id") || undefined);
    const { folder, copyOf, unreadable, loggedModelId = null, runId = null, noted } = found;
    const asked = { source, folder, copyOf, unreadable, runId: runIdOf(input) ?? runId, loggedModelId, description: input.text("description") ?? null, runLink: input.text("run_link") || undefined, tags };
    const version = await registerSource(ctx, name, asked, {
      recognise: (now) => repeatableOf(ctx, call, now.getTime(), now),
      ...(loggedModelId !== null && { note: (tx, made) => noteVersion(ctx, tx, loggedModelId, made, noted) }),
    });
    return versionAnswer(version);
  }),
  get("mlflow/model-versions/get", async (ctx, input) => versionAnswer(await getClientVersion(ctx, input.need("name"), numberOf(input)))),
  getOrPost("mlflow/model-versions/search", async (ctx, input) => {
    return toPage("model_versions", await searchVersions(ctx, { filter: input.text("filter"), orderBy: input.texts("order_by"), ...readPage(input, 10_000, 200_000) }), (version) => versionEntity(version));
  }),
  patch("mlflow/model-versions/update", async (ctx, input) => {
    await updateVersion(ctx, input.need("name"), numberOf(input), { description: input.plain("description") });
    return versionAnswer(await getClientVersion(ctx, input.need("name"), numberOf(input)));
  }),
  remove("mlflow/model-versions/delete", (ctx, input) => deleteVersion(ctx, input.need("name"), numberOf(input))),
  get("mlflow/model-versions/get-download-uri", async (ctx, input) => {
    const version = await getClientVersion(ctx, input.need("name"), numberOf(input));
    return { artifact_uri: downloadUriOf(version, formatId("version", version.id)) };
  }),
  post("mlflow/model-versions/set-tag", (ctx, input) => changeTag(ctx, input.need("name"), numberOf(input), input.need("key"), input.plain("value"))),
  remove("mlflow/model-versions/delete-tag", (ctx, input) => changeTag(ctx, input.need("name"), numberOf(input), input.need("key"), undefined)),
  post("mlflow/model-versions/transition-stage", async (ctx, input) => {
    const [name, number, stage] = [input.need("name"), numberOf(input), parseStage(input.need("stage"))];
    await moveStage(ctx, name, number, stage, input.flag("archive_existing_versions"));
    return versionAnswer(await getClientVersion(ctx, name, number));
  }),
];

export const modelEndpoints = models.map(speakMlflow);
export const versionEndpoints = versions.map(speakMlflow);

/** The list in a tag that any client may write; what is no list counts as none. */
const readNoted = (text: string): unknown[] => {
  const noted = readJson(text);
  return Array.isArray(noted) ? noted : [];
};

/** The newest entries that a tag can hold. */
const fitting = (entries: readonly unknown[]): string => {
  const text = JSON.stringify(entries);
  return text.length <= maxTagValue || entries.length <= 1 ? text : fitting(entries.slice(1));
};

/** MLflow's own record, on the logged model, of the versions that it became; `noted` is what the tag held when its source was looked up. */
const noteVersion = (ctx: Context, tx: SqlTx, modelId: string, { model, number }: ClientVersion, noted: string | undefined): Promise<void> =>
  amendLoggedModelTag(ctx, tx, modelId, versionsTag, noted, (value) => {
    const known = readNoted(value ?? "[]");
    const isKnown = known.some((entry) => isObject(entry) && entry["name"] === model && entry["version"] === String(number));
    return isKnown ? undefined : fitting([...known, { name: model, version: String(number) }]);
  });
