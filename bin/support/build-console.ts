import path from "node:path";
import { pathToFileURL } from "node:url";

import { AppError, messageOf } from "@/lib/core/errors";

import { projectRoot } from "./home";

type Prepare = { prepareWeb: (root: string) => Promise<void> };

/** Builds the console when its sources have changed. */
export const buildConsole = async (): Promise<void> => {
  const { prepareWeb } = (await import(pathToFileURL(path.join(projectRoot, "bin", "prepare.mjs")).href)) as Prepare;
  try {
    await prepareWeb(projectRoot);
  } catch (cause) {
    throw new AppError("internal", "build.failed", messageOf(cause), { cause });
  }
};
