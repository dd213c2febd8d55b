import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { z } from "zod";

import { AppError } from "@/lib/core/errors";
import { ensurePostgresUser, findClosedParent, systemFolder } from "@/lib/platform/postgres";

export const projectRoot = process.cwd();

const secretsSchema = z.object({
  secretKey: z.string(),
  postgres: z.object({ superuser: z.string(), owner: z.string(), web: z.string(), worker: z.string(), gateway: z.string() }),
});
export type Secrets = z.infer<typeof secretsSchema>;

/** Where an installation keeps everything: `SLIPWAY_HOME`, or `.slipway` in the project, or, where Postgres could not reach that, a system folder. */
export const findHome = (variables: NodeJS.ProcessEnv): string => {
  const given = variables["SLIPWAY_HOME"];
  if (given) return path.resolve(given);
  const inProject = path.join(projectRoot, ".slipway");
  if (variables["DATABASE_URL"]) return inProject;
  const user = ensurePostgresUser();
  if (!user || !findClosedParent(projectRoot, user)) return inProject;
  return path.join(systemFolder, `${path.basename(projectRoot)}-${createHash("sha256").update(projectRoot).digest("hex").slice(0, 8)}`);
};

/** Makes the home, closed to others; as root they may pass through, because Postgres runs as another user. */
export const prepareHome = (home: string): void => {
  try {
    mkdirSync(path.dirname(home), { recursive: true });
    if (path.dirname(home) === systemFolder) chmodSync(systemFolder, 0o755); // whatever the umask says, Postgres's user passes through
    mkdirSync(path.join(home, "logs"), { recursive: true, mode: 0o700 });
    chmodSync(home, homeMode());
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOSPC") throw cause;
    throw new AppError("unavailable", "home.not_writable", `The home ${home} can't be written to (${code ?? "unknown reason"}). Set SLIPWAY_HOME to a folder of yours.`, { cause });
  }
};

const homeMode = (): number => (process.getuid?.() === 0 ? 0o711 : 0o700);

const newPassword = (): string => randomBytes(24).toString("base64url");

/** Reads the generated secrets of a home (mode 0600), made on first use. */
export const readSecrets = (home: string): Secrets => {
  const file = path.join(home, "secrets.json");
  if (existsSync(file)) return secretsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const made: Secrets = {
    secretKey: randomBytes(32).toString("hex"),
    postgres: { superuser: newPassword(), owner: newPassword(), web: newPassword(), worker: newPassword(), gateway: newPassword() },
  };
  writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  return made;
};

/** True when nothing was ever stored in `home`: no database, no artifacts. */
export const isEmptyHome = (home: string): boolean => {
  const hasEntries = (folder: string): boolean => existsSync(folder) && readdirSync(folder).length > 0;
  return !existsSync(path.join(home, "postgres", "data", "PG_VERSION")) && !hasEntries(path.join(home, "artifacts"));
};
