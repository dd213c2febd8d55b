import { bodyOf, checkAnnouncedSize, checkFolderPath, deleteArtifacts, fileResponse, listArtifacts, openArtifact, openFile, parseRange, putArtifact } from "@/lib/artifacts/server";
import type { Context } from "@/lib/platform/context";
import { listFilesById } from "@/lib/registry/server";

import { invalid, missing, mlflowError } from "../errors";
import { getRun } from "../service-runs";
import { writeJson } from "./output";
import { folderOf } from "./resolve-source";

/** Frozen files of a version appear to clients as a folder that nobody can write to. */
const versionFolder = "versions/";
const isFrozen = (path: string): boolean => path === "versions" || path.startsWith(versionFolder);

const json = (value: unknown): Response => new Response(writeJson(value), { headers: { "content-type": "application/json" } });

type Entry = { path: string; is_dir: boolean; file_size?: number };

const listEntries = async (ctx: Context, folder: string): Promise<Entry[]> => {
  if (isFrozen(folder)) return listFrozen(ctx, folder);
  return (await listArtifacts(ctx, folder)).map(({ name, isFolder, size }) => ({ path: name, is_dir: isFolder, ...(size === null ? {} : { file_size: size }) }));
};

const listFrozen = async (ctx: Context, folder: string): Promise<Entry[]> => {
  const [, id = "", ...rest] = folder.split("/");
  const prefix = rest.length === 0 ? "" : `${rest.join("/")}/`;
  const entries = new Map<string, Entry>();
  for (const { path, size } of await listFilesById(ctx, id)) {
    if (!path.startsWith(prefix)) continue;
    const [name = "", ...deeper] = path.slice(prefix.length).split("/");
    entries.set(name, deeper.length > 0 ? { path: name, is_dir: true } : { path: name, is_dir: false, file_size: size });
  }
  return [...entries.values()];
};

const openFrozen = async (ctx: Context, path: string, request: Request): Promise<Response> => {
  const [, id = "", ...rest] = path.split("/");
  const file = (await listFilesById(ctx, id)).find((candidate) => candidate.path === rest.join("/"));
  if (!file) throw missing(`There is no artifact "${path}".`);
  return fileResponse(await openFile(ctx, file, parseRange(request.headers.get("range"))));
};

/** The artifact proxy: what follows `mlflow-artifacts/` in the address, decoded once. */
export const handleArtifacts = async (ctx: Context, request: Request, segments: readonly string[], query: URLSearchParams): Promise<Response> => {
  const [kind, ...rest] = segments;
  const path = rest.join("/");
  if (kind === "mpu" || kind === "presigned") throw mlflowError("unavailable", "NOT_IMPLEMENTED", "Multipart upload is not supported for the current artifact repository");
  if (kind !== "artifacts") throw mlflowError("not_found", "ENDPOINT_NOT_FOUND", "There is no such address.");
  if (path === "" && request.method === "GET") {
    const entries = await listEntries(ctx, checkFolderPath(query.get("path") ?? ""));
    return json(entries.length === 0 ? {} : { files: entries });
  }
  switch (request.method) {
    case "GET":
      return isFrozen(path) ? openFrozen(ctx, path, request) : fileResponse(await openArtifact(ctx, path, parseRange(request.headers.get("range"))));
    case "PUT":
      refuseFrozen(path);
      checkAnnouncedSize(ctx, request);
      await putArtifact(ctx, path, { source: bodyOf(request) });
      return json({});
    case "DELETE":
      refuseFrozen(path);
      await deleteArtifacts(ctx, path);
      return json({});
    default:
      throw mlflowError("not_found", "ENDPOINT_NOT_FOUND", `This address does not take ${request.method}.`);
  }
};

const refuseFrozen = (path: string): void => {
  if (isFrozen(path)) throw mlflowError("forbidden", "PERMISSION_DENIED", "The files of a registered version are frozen. Register a new version instead.");
};

/** artifacts/list of a run: paths relative to its root. */
export const listRunArtifacts = async (ctx: Context, runId: string, folder: string): Promise<Record<string, unknown>> => {
  const run = await getRun(ctx, runId);
  const root = folderOf(run.artifactUri);
  if (root === undefined) throw invalid(`The artifacts of this run are at ${run.artifactUri}, which Slipway can't list.`);
  const inside = checkFolderPath(folder);
  const files = (await listEntries(ctx, inside === "" ? root : `${root}/${inside}`)).map((entry) => ({ ...entry, path: inside === "" ? entry.path : `${inside}/${entry.path}` }));
  return { root_uri: run.artifactUri, ...(files.length > 0 ? { files } : {}) };
};
