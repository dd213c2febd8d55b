import { AppError } from "@/lib/core/errors";

/** A table read row by row into columns; `line` counts from 1 and includes the header. */
export type Table = { columns: string[]; values: unknown[][]; rows: number };

const problem = (message: string): AppError => new AppError("invalid", "reference.bad_rows", message);

/** Splits a stream of text into the records of a CSV (RFC 4180): quoted fields may hold commas, quotes and line ends. */
async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
  let field = "";
  let record: string[] = [];
  let state: "start" | "plain" | "quoted" | "closed" = "start";
  let line = 1;
  const endField = (): void => {
    record.push(field);
    field = "";
    state = "start";
  };
  for await (const chunk of chunks) {
    for (const char of chunk) {
      if (state === "quoted") {
        if (char === '"') state = "closed";
        else field += char;
      } else if (char === '"') {
        if (state === "closed") {
          field += char;
          state = "quoted";
        } else if (state === "start") state = "quoted";
        else throw problem(`Row ${line} has a quote in the middle of a field; quote the whole field and double the quotes inside.`);
      } else if (char === ",") endField();
      else if (char === "\n") {
        endField();
        if (record.length > 1 || record[0] !== "") yield record;
        record = [];
        line += 1;
      } else if (char !== "\r") {
        if (state === "closed") throw problem(`Row ${line} goes on after a closing quote.`);
        field += char;
        state = "plain";
      }
    }
  }
  if (state === "quoted") throw problem(`Row ${line} has a quote that never closes.`);
  if (field !== "" || record.length > 0) {
    endField();
    yield record;
  }
}

/** Decodes a byte stream as UTF-8 and stops it at `maxBytes`. */
export async function* decodeUtf8(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  try {
    for await (const chunk of source) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new AppError("too_large", "reference.too_large", `A reference may have ${Math.floor(maxBytes / 1e6)} MB at most; send a sample of the rows.`);
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new AppError("invalid", "reference.not_utf8", "The rows are not valid UTF-8 text.", { cause: error });
    throw error;
  }
}

/** Reads a CSV with a header. Raises invalid that names the row where a record is torn. */
export const readCsv = async (text: AsyncIterable<string>, addRow: (table: Table, record: string[], row: number) => void): Promise<Table> => {
  const table: Table = { columns: [], values: [], rows: 0 };
  let line = 0;
  for await (const record of csvRecords(text)) {
    line += 1;
    if (line === 1) {
      table.columns = record.map((name) => name.replace(/^\uFEFF/, "").trim());
      table.values = table.columns.map(() => []);
      continue;
    }
    if (record.length !== table.columns.length) throw problem(`Row ${line} has ${record.length} fields, but the header names ${table.columns.length}.`);
    addRow(table, record, line);
    table.rows += 1;
  }
  return table;
};

/** Reads one JSON document or one object a line into text pieces, each a JSON object. */
export const readJsonRows = async (text: AsyncIterable<string>): Promise<Record<string, unknown>[]> => {
  let whole = "";
  for await (const piece of text) whole += piece;
  const trimmed = whole.trim();
  const parse = (part: string, row: number): unknown => {
    try {
      return JSON.parse(part) as unknown;
    } catch (cause) {
      throw new AppError("invalid", "reference.bad_rows", `Row ${row} is not JSON.`, { cause });
    }
  };
  const parsed: unknown = trimmed.startsWith("[") || /^\{\s*"rows"\s*:/.test(trimmed) ? parse(trimmed, 1) : trimmed.split("\n").map((part, index) => parse(part, index + 1));
  const rows: unknown = typeof parsed === "object" && parsed !== null && "rows" in parsed ? parsed.rows : parsed;
  if (!Array.isArray(rows)) throw problem("Send a JSON list of rows, {\"rows\": […]}, or one object a line.");
  return rows.map((row: unknown, index) => {
    if (typeof row !== "object" || row === null || Array.isArray(row)) throw problem(`Row ${index + 1} is not an object of columns.`);
    return row as Record<string, unknown>;
  });
};
