import { readFileSync } from "node:fs";
import path from "node:path";

import type { Locator } from "playwright-core";

export type DroppedFile = { name: string; bytes: Buffer; type?: string };

export const exampleFile = (relative: string, name = path.basename(relative)): DroppedFile => ({ name, bytes: readFileSync(path.join(process.cwd(), "examples", "digits", relative)) });

/** Lets a file fall on a drop zone, as a hand with a mouse does. */
export const dropFile = async (zone: Locator, { name, bytes, type = "application/octet-stream" }: DroppedFile): Promise<void> => {
  const transfer = await zone.page().evaluateHandle(
    ([base64, fileName, mediaType]) => {
      const held = new DataTransfer();
      held.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], fileName, { type: mediaType }));
      return held;
    },
    [bytes.toString("base64"), name, type] as const,
  );
  await zone.dispatchEvent("dragover", { dataTransfer: transfer });
  await zone.dispatchEvent("drop", { dataTransfer: transfer });
  await transfer.dispose();
};
