import type { Readable } from "node:stream";

import { AppError } from "@/lib/core/errors";
import { isObject } from "@/lib/core/json";
import type { HeaderReader } from "@/lib/http/headers";

import { invalid } from "../errors";

type Incoming = { headers: HeaderReader; body: Readable };
/** `isTypeFree`: a body of any media type is taken for JSON. `keepsLongs`: integers that a double can't hold become texts. */
type Reading = Incoming & { isTypeFree?: boolean; keepsLongs?: boolean };

/** Reads a JSON body of at most `maxBytes`; none, and null, is an empty object, and a JSON text that holds JSON (old clients) is opened. */
export const readBody = async ({ headers, body, isTypeFree = false, keepsLongs = false }: Reading, maxBytes: number): Promise<Record<string, unknown>> => {
  const announced = headers.get("content-length");
  if (announced === "0" || (announced === null && headers.get("transfer-encoding") === null)) return {};
  const sent = (await readBytes({ headers, body }, maxBytes)).toString("utf8");
  const text = keepsLongs ? quoteLongs(sent) : sent;
  if (text.trim() === "") return {};
  const type = headers.get("content-type") ?? "";
  if (!isTypeFree && !/^application\/json\b/i.test(type)) throw new AppError("invalid", "mlflow.not_json", `Bad Request. Content-Type must be one of ['application/json'] (got '${type.slice(0, 80)}').`);
  const parsed = parseLenient(text);
  const value = (typeof parsed === "string" ? parseLenient(parsed) : parsed) ?? {};
  if (!isObject(value)) throw invalid("The request body must be a JSON object.");
  return value;
};

/** Reads a whole body of at most `maxBytes`. */
export const readBytes = ({ headers, body }: Incoming, maxBytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const tooLarge = (): AppError => invalid(`The request is larger than ${maxBytes} bytes. Split it into several requests.`);
    if (Number(headers.get("content-length") ?? 0) > maxBytes) {
      reject(tooLarge());
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    body.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else reject(tooLarge()); // what still comes is read and dropped, so that the client sees the answer
    });
    body.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    body.on("error", reject);
  });

/** Integers of 16 digits and more that stand outside of texts become texts: JSON.parse would round them. Looking first is cheaper, and they are rare. */
const quoteLongs = (text: string): string =>
  /[:[,\s]-?\d{16,}\s*[,}\]]/.test(text) ? text.replace(/"(?:[^"\\]|\\.)*"|(?<![-+.\deE])-?\d{16,}(?=\s*[,}\]])/g, (token) => (token.startsWith('"') ? token : `"${token}"`)) : text;

/** Python writes NaN and Infinity bare, which JSON does not know; outside of texts they become texts. */
const parseLenient = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) => (token.startsWith('"') ? token : `"${token}"`));
    if (quoted !== text) return parseStrict(quoted);
    throw new AppError("invalid", "mlflow.bad_json", "The request body is not valid JSON.", { cause: error, details: { errorCode: "BAD_REQUEST" } });
  }
};

const parseStrict = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid", "mlflow.bad_json", "The request body is not valid JSON.", { cause, details: { errorCode: "BAD_REQUEST" } });
  }
};
