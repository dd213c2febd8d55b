const quote = 34;
const backslash = 92;
const marker = Buffer.from('"id"');

/** Ids longer than this are echoed but not kept. */
const maxIdLength = 256;

const endOfString = (body: Buffer, start: number): number => {
  for (let at = start; at < body.length; at += 1) {
    if (body[at] === backslash) at += 1;
    else if (body[at] === quote) return at;
  }
  return -1;
};

const skipSpace = (body: Buffer, start: number): number => {
  let at = start;
  while (body[at] === 32 || body[at] === 10 || body[at] === 13 || body[at] === 9) at += 1;
  return at;
};

const readValue = (body: Buffer, colon: number): string | null => {
  const start = skipSpace(body, colon + 1);
  const end = body[start] === quote ? endOfString(body, start + 1) : -1;
  if (end < 0 || end - start > 4 * maxIdLength) return null;
  try {
    const value: unknown = JSON.parse(body.toString("utf8", start, end + 1));
    const text = typeof value === "string" ? value.replaceAll("\0", "") : "";
    return text !== "" && text.length <= maxIdLength ? text : null;
  } catch {
    // A malformed string: the runtime refuses the request, and there is no id to keep.
    return null;
  }
};

/** Finds the client's own `id` at the top level of an inference request without parsing its tensors; null when there is none. */
export const findRequestId = (body: Buffer): string | null => {
  if (body.indexOf(marker) < 0) return null;
  let depth = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === 123 || byte === 91) depth += 1;
    else if (byte === 125 || byte === 93) depth -= 1;
    else if (byte === quote) {
      const end = endOfString(body, at + 1);
      if (end < 0) return null;
      const colon = skipSpace(body, end + 1);
      if (depth === 1 && body[colon] === 58 && body.compare(marker, 0, marker.length, at, end + 1) === 0) return readValue(body, colon);
      at = end;
    }
  }
  return null;
};
