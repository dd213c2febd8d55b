import { z } from "zod";

import { AppError } from "@/lib/core/errors";

import { invalidParamsOf } from "./problem";

const defaultMaxBytes = 1_000_000;

/** Reads a JSON body as text, at most `maxBytes` of it; raises unsupported for another media type and too_large beyond. */
export const readJsonText = async (request: Request, maxBytes = defaultMaxBytes): Promise<string> => {
  if (!request.body) return "";
  const tooLarge = () => new AppError("too_large", "http.body_too_large", `The body is larger than ${maxBytes} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const type = request.headers.get("content-type") ?? "";
  if (size > 0 && !/^application\/(json|[a-z0-9.+-]+\+json)\b/i.test(type)) {
    throw new AppError("unsupported", "http.not_json", "Send JSON with Content-Type: application/json.");
  }
  return new TextDecoder("utf-8").decode(Buffer.concat(chunks));
};

/** Parses JSON text; an empty text is an empty object, so that calls whose fields are all optional need no body. */
export const parseJson = (text: string): unknown => {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid", "http.bad_json", "The body is not valid JSON.", { cause });
  }
};

/** Objects refuse fields they don't name, unless their schema says otherwise (loose, catchall). */
const strictly = (schema: z.ZodType): z.ZodType => (schema instanceof z.ZodObject && schema.def.catchall === undefined ? schema.strict() : schema);

/** Parses one part of a request; raises invalid that lists every problem. An absent schema gives undefined. */
export const parsePart = <Schema extends z.ZodType>(schema: Schema | undefined, value: unknown, part: "path" | "query" | "body"): z.output<Schema> => {
  if (!schema) return undefined as z.output<Schema>;
  const parsed = (part === "path" ? schema : strictly(schema)).safeParse(value);
  if (parsed.success) return parsed.data as z.output<Schema>;
  const invalidParams = invalidParamsOf(parsed.error);
  const listed = invalidParams.slice(0, 5).map(({ name, reason }) => `${name || part}: ${reason}`).join("; ");
  throw new AppError("invalid", `http.invalid_${part}`, `The ${part} is not valid. ${listed}`, { invalidParams });
};

/** Query parameters as an object; a name that repeats gives an array. */
export const queryOf = (url: URL): Record<string, string | string[]> =>
  Object.fromEntries([...new Set(url.searchParams.keys())].map((key) => {
    const values = url.searchParams.getAll(key);
    return [key, values.length === 1 ? (values[0] ?? "") : values];
  }));
