import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";

import { isObject } from "@/lib/core/json";
import { messageOf } from "@/lib/core/errors";
import { hasCode } from "@/lib/platform/file-system";
import { sha256Hex } from "@/lib/platform/keys";
import type { Logger } from "@/lib/platform/log";

const formVersion = 1;

/** A text kept in the home across restarts, whole or not at all: with a version and a checksum, replaced by rename. */
export class KeptFile {
  constructor(
    private readonly file: string,
    private readonly log: Logger,
  ) {}

  /** The text as it was kept; undefined when there is none, or when it is damaged or of another form. */
  async read(): Promise<string | undefined> {
    try {
      const kept: unknown = JSON.parse(await readFile(this.file, "utf8"));
      if (isObject(kept) && kept["version"] === formVersion && typeof kept["text"] === "string" && kept["checksum"] === sha256Hex(kept["text"])) return kept["text"];
      this.log.warn({ file: this.file }, "the kept file is damaged or of another form; it is not used");
    } catch (error) {
      if (!hasCode(error, "ENOENT")) this.log.warn({ file: this.file, reason: messageOf(error) }, "the kept file can't be read");
    }
    return undefined;
  }

  async write(text: string): Promise<void> {
    const draft = `${this.file}.new`;
    try {
      await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 });
      const handle = await open(draft, "w", 0o600);
      try {
        await handle.writeFile(JSON.stringify({ version: formVersion, checksum: sha256Hex(text), writtenAt: new Date().toISOString(), text }));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, this.file);
    } catch (error) {
      // Serving goes on; only a start without the database would miss it.
      this.log.error({ file: this.file, reason: messageOf(error) }, "the file can't be kept");
    }
  }
}
