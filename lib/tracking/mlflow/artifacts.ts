import { checkAnnouncedSize, checkFolderPath, deleteArtifacts, getArtifact, listArtifacts, openDownload, putArtifact } from "@/lib/artifacts/server";
import type { HeaderReader } from "@/lib/http/headers";
import type { Context } from "@/lib/platform/context";
import { withoutGarbage } from "@/lib/platform/young-garbage";
import { listFilesById } from "@/lib/registry/server";

import { invalid, missing, mlflowError } from "../errors";
import { type Endpoint, get } from "./endpoint";
import { Reply } from "./reply";

/** Frozen files of a version appear to clients as a folder that nobody can write to. */
const versionFolder = "versions/";
const isFrozen = (path: string): boolean => path === "versions" || path.startsWith(versionFolder);

export type Entry = { path: string; is_dir: boolean; file_size?: number };

/** What a folder of the proxy holds directly; frozen ones too. */
export const listEntries = async (ctx: Context, folder: string): Promise<Entry[]> => {
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

const findFrozen = async (ctx: Context, path: string) => {
  const [, id = "", ...rest] = path.split("/");
  const file = (await listFilesById(ctx, id)).find((candidate) => candidate.path === rest.join("/"));
  if (!file) throw missing(`There is no artifact "${path}".`);
  return file;
};

/** An artifact, frozen or not, without its bytes. */
export const findDownload = (ctx: Context, path: string) => (isFrozen(path) ? findFrozen(ctx, path) : getArtifact(ctx, path));

/** The bytes of an artifact, frozen or not, by the reader's Range and If-None-Match. */
export const downloadArtifact = async (ctx: Context, path: string, headers: HeaderReader): Promise<Reply> => {
  const file = await findDownload(ctx, path);
  const { status, headers: fields, stream } = await openDownload(ctx, file, headers);
  return new Reply(status, fields, stream);
};

/** Nobody writes to the files of a version. */
export const refuseFrozen = (path: string): void => {
  if (isFrozen(path)) throw mlflowError("forbidden", "PERMISSION_DENIED", "The files of a registered version are frozen. Register a new version instead.");
};

/** The artifact proxy. */
export const artifactEndpoints: Endpoint[] = [
  get("mlflow-artifacts/artifacts", async (ctx, input) => {
    const files = await listEntries(ctx, checkFolderPath(input.plain("path")));
    return files.length === 0 ? {} : { files };
  }),
  get("mlflow-artifacts/artifacts/{path*}", (ctx, input, { headers }) => downloadArtifact(ctx, input.need("path"), headers)),
  {
    methods: ["PUT"],
    path: "mlflow-artifacts/artifacts/{path*}",
    body: "raw",
    handle: async (ctx, input, { headers, body, path: address }) => {
      const path = input.need("path");
      refuseFrozen(path);
      if (address.endsWith("/")) throw invalid(`Invalid path: '${path.slice(0, 300)}/' names a folder. Name the file in it that is to be stored.`);
      await checkAnnouncedSize(ctx, { headers });
      await putArtifact(ctx, path, { source: withoutGarbage(body.iterator({ destroyOnReturn: false })) }); // a refusal midway is answered, not a broken line
    },
  },
  {
    methods: ["DELETE"],
    path: "mlflow-artifacts/artifacts/{path*}",
    body: "raw",
    handle: async (ctx, input) => {
      const path = input.need("path");
      refuseFrozen(path);
      await deleteArtifacts(ctx, path);
    },
  },
];
