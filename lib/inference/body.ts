import type { BodyView } from "./schema";

const absent: BodyView = { form: "absent", text: null };

const readText = (bytes: Uint8Array, isWhole: boolean): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: isWhole }).decode(bytes);
  } catch {
    // Not UTF-8: shown as bytes.
    return undefined;
  }
};

/** A stored body as a document, as text, or as base64; a body that was cut may end in the middle of a character. */
export const toBodyView = (bytes: Uint8Array | null, isTruncated: boolean): BodyView => {
  if (!bytes) return absent;
  const text = readText(bytes, !isTruncated);
  if (text === undefined || text.includes("\0")) return { form: "binary", text: Buffer.from(bytes).toString("base64") };
  try {
    JSON.parse(text);
    return { form: "json", text };
  } catch {
    return { form: "text", text };
  }
};
