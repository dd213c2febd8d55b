import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";

import { AppError } from "@/lib/core/errors";

export type SystemUser = { uid: number; gid: number };

const userName = "slipway-postgres";

const readId = (flag: "-u" | "-g"): number => Number(execFileSync("id", [flag, userName], { stdio: ["ignore", "pipe", "ignore"] }).toString());

const find = (): SystemUser | undefined => {
  try {
    return { uid: readId("-u"), gid: readId("-g") };
  } catch {
    return undefined; // `id` fails exactly when there is no such user
  }
};

const creators: readonly (readonly [string, readonly string[]])[] = [
  ["useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", userName]],
  ["adduser", ["-S", "-H", "-D", userName]],
];

/** Postgres refuses to run as root: returns the user that it runs as instead, made on first use; undefined when we are not root. */
export const ensurePostgresUser = (): SystemUser | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const existing = find();
  if (existing) return existing;
  const failures: unknown[] = [];
  for (const [command, args] of creators) {
    try {
      execFileSync(command, args, { stdio: "pipe" });
    } catch (cause) {
      failures.push(cause);
    }
    const made = find();
    if (made) return made;
  }
  throw new AppError("unavailable", "postgres.no_user", `Postgres can't run as root and the user "${userName}" could not be made. Run Slipway as another user, or set DATABASE_URL.`, {
    cause: new AggregateError(failures),
  });
};

/** Returns the first folder on the way to `target` that `user` may not enter, or undefined when all can be entered. */
export const findClosedParent = (target: string, user: SystemUser): string | undefined => {
  const parts = path.resolve(target).split(path.sep);
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const folder = parts.slice(0, depth).join(path.sep) || path.sep;
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (!stat?.isDirectory()) return undefined;
    const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
    if ((stat.mode & bit) === 0) return folder;
  }
  return undefined;
};
