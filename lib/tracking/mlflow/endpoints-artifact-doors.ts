import { checkFolderPath } from "@/lib/artifacts/server";
import { formatId } from "@/lib/core/ids";
import { decodeCursor, encodeCursor } from "@/lib/core/pagination";
import type { Context } from "@/lib/platform/context";
import { getClientVersion } from "@/lib/registry/server";

import { invalid, mlflowError } from "../errors";
import { getLoggedModel } from "../service-logged-models";
import { getRun } from "../service-runs";
import { downloadArtifact, type Entry, listEntries } from "./artifacts";
import { type Endpoint, get } from "./endpoint";
import type { Input } from "./input";
import { downloadUriOf, folderOf } from "./resolve-source";

const pageSize = 1_000;

const rootOf = (uri: string): string => {
  const root = folderOf(uri);
  if (root === undefined) throw invalid(`The artifacts are at ${uri}, where Slipway can't read them.`);
  return root;
};
const below = (root: string, inside: string): string => (inside === "" ? root : `${root}/${inside}`);

const readName = (token: string | undefined): string | undefined => {
  if (!token) return undefined;
  const [name] = decodeCursor(token, 1);
  if (typeof name !== "string") throw invalid("Invalid page token.");
  return name;
};

/** A page of a folder below `uri`, by name; paths are relative to `uri`. */
const listBelow = async (ctx: Context, uri: string, path: string, token: string | undefined): Promise<Record<string, unknown>> => {
  const inside = checkFolderPath(path);
  const after = readName(token);
  const entries = await listEntries(ctx, below(rootOf(uri), inside));
  const rest = entries.sort((a, b) => (a.path < b.path ? -1 : 1)).filter((entry) => after === undefined || entry.path > after);
  const files: Entry[] = rest.slice(0, pageSize).map((entry) => ({ ...entry, path: below(inside, entry.path).replace(/^\//, "") }));
  const last = rest.length > pageSize ? rest[pageSize - 1] : undefined;
  return { root_uri: uri, ...(files.length > 0 ? { files } : {}), ...(last ? { next_page_token: encodeCursor([last.path]) } : {}) };
};

const needQuery = (input: Input, name: string): string => {
  const value = input.text(name);
  if (!value) throw mlflowError("invalid", "BAD_REQUEST", `Request must include the "${name}" query parameter.`);
  return checkFolderPath(value);
};

const runIdOf = (input: Input): string => input.text("run_id") || input.text("run_uuid") || input.need("run_id");

const versionOf = (input: Input): number => {
  const text = input.need("version");
  if (!/^\d{1,9}$/.test(text)) throw invalid(`Parameter 'version' must be an integer, got '${text.slice(0, 80)}'.`);
  return Number(text);
};

/** Ways to artifacts that know runs, logged models and versions by name; MLflow's own pages and scripts use them. Always downloads, never pages. */
export const artifactDoorEndpoints: Endpoint[] = [
  get("mlflow/artifacts/list", async (ctx, input) => listBelow(ctx, (await getRun(ctx, runIdOf(input))).artifactUri, input.plain("path"), input.text("page_token"))),
  get("/get-artifact", async (ctx, input, { headers }) => {
    const runId = runIdOf(input);
    const path = needQuery(input, "path");
    return downloadArtifact(ctx, below(rootOf((await getRun(ctx, runId)).artifactUri), path), headers);
  }),
  get("/model-versions/get-artifact", async (ctx, input, { headers }) => {
    const version = await getClientVersion(ctx, input.need("name"), versionOf(input));
    return downloadArtifact(ctx, below(rootOf(downloadUriOf(version, formatId("version", version.id))), needQuery(input, "path")), headers);
  }),
  get("mlflow/logged-models/{model_id}/artifacts/directories", async (ctx, input) =>
    listBelow(ctx, (await getLoggedModel(ctx, input.need("model_id"))).artifactUri, input.plain("artifact_directory_path"), input.text("page_token"))),
  get("mlflow/logged-models/{model_id}/artifacts/files", async (ctx, input, { headers }) => {
    const path = needQuery(input, "artifact_file_path");
    return downloadArtifact(ctx, below(rootOf((await getLoggedModel(ctx, input.need("model_id"))).artifactUri), path), headers);
  }),
];
