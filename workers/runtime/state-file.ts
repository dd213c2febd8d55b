import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

import { messageOf } from "@/lib/core/errors";
import { hasCode } from "@/lib/platform/file-system";
import type { Logger } from "@/lib/platform/log";

import { isModelName, modelFilesSchema } from "./load-config";

const modelSchema = z.object({
  name: z.string().refine(isModelName),
  files: modelFilesSchema,
  /** Starts of the process in which loading this model was begun and not finished: a model that kills the process counts up. */
  unfinishedLoads: z.number().int().min(0),
});
export type SavedModel = z.infer<typeof modelSchema>;

const stateSchema = z.object({ schemaVersion: z.literal(1), models: z.array(modelSchema) });

/** Remembers in the cache folder which models are loaded, so that a restarted runtime serves again before anybody asks. */
export class StateFile {
  #path: string;
  #log: Logger;
  #last: Promise<void> = Promise.resolve();

  constructor(folder: string, log: Logger) {
    this.#path = join(folder, "state.json");
    this.#log = log;
  }

  /** Reads the models of the last run; an unreadable file means none, because the control plane can load them again. */
  async read(): Promise<SavedModel[]> {
    try {
      return stateSchema.parse(JSON.parse(await readFile(this.#path, "utf8"))).models;
    } catch (error) {
      if (!hasCode(error, "ENOENT")) this.#log.warn({ error: messageOf(error) }, "state file can't be read; starting without models");
      return [];
    }
  }

  /** Replaces the file in one step; writes follow each other in the order of the calls. */
  write(models: readonly SavedModel[]): Promise<void> {
    const text = JSON.stringify({ schemaVersion: 1, models });
    const written = this.#last.then(async () => {
      await writeFile(`${this.#path}.new`, text, { mode: 0o600 });
      await rename(`${this.#path}.new`, this.#path);
    });
    this.#last = written.catch((error: unknown) => this.#log.error({ error: messageOf(error) }, "state file can't be written; loaded models are lost at a restart"));
    return this.#last;
  }
}
