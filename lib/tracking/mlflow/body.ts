import { AppError } from "@/lib/core/errors";
import { isObject } from "@/lib/core/json";

import { invalid } from "../errors";

/** Reads a JSON body of at most `maxBytes`; none is an empty object, and a JSON text that holds JSON (old clients) is opened. */
export const readBody = async (request: Request, maxBytes: number): Promise<Record<string, unknown>> => {
  const text = await readText(request, maxBytes);
  if (text.trim() === "") return {};
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) throw new AppError("invalid", "mlflow.not_json", `Bad Request. Content-Type must be one of ['application/json'] (got '${type.slice(0, 80)}').`);
  const parsed = parseLenient(text);
  const value = typeof parsed === "string" ? parseLenient(parsed) : parsed;
  if (!isObject(value)) throw invalid("The request body must be a JSON object.");
  return value;
};

const readText = async (request: Request, maxBytes: number): Promise<string> => {
  if (!request.body) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw invalid(`The request is larger than ${maxBytes} bytes. Split it into several requests.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

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
