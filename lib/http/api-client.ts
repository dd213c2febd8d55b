/** Browser client of the Slipway API. No server import may enter this file. */

export type InvalidParam = { name: string; reason: string; code?: string };

/** Members of a problem document (RFC 9457) that Slipway always sends, and those that it may send. */
export type ProblemDocument = {
  type: string;
  title: string;
  status: number;
  detail?: string;
  code?: string;
  requestId?: string;
  invalidParams?: InvalidParam[];
  [member: string]: unknown;
};

/** A refused or failed call. `status` 0 means that no answer came (offline, connection cut); `message` is a sentence for the reader. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly requestId: string | undefined;
  readonly invalidParams: InvalidParam[];
  readonly document: ProblemDocument;

  constructor(document: ProblemDocument, options?: { cause?: unknown }) {
    super(document.detail ?? document.title, options);
    this.name = "ApiProblem";
    this.status = document.status;
    this.code = document.code ?? "http.unknown";
    this.title = document.title;
    this.requestId = document.requestId;
    this.invalidParams = document.invalidParams ?? [];
    this.document = document;
  }

  /** The reason given for one field, for the error line under it. */
  reasonFor(name: string): string | undefined {
    return this.invalidParams.find((param) => param.name === name)?.reason;
  }
}

export const isApiProblem = (error: unknown): error is ApiProblem => error instanceof ApiProblem;

export type Page<Item> = { items: Item[]; nextCursor: string | null };

export type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>;

export type CallOptions = {
  query?: Query | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Repeats with the same key return the first answer (kept 24 h). */
  idempotencyKey?: string | undefined;
  signal?: AbortSignal | undefined;
  headers?: Record<string, string> | undefined;
};

/** Returns a fresh Idempotency-Key; make one per intention (an open dialog), not per attempt. */
export const newIdempotencyKey = (): string => crypto.randomUUID();

/** Address of a resource of a workspace: `apiPath("default", "rollouts", id)`. Segments are encoded. */
export const apiPath = (workspace: string, ...segments: string[]): string =>
  ["/api/slipway/v1/w", ...[workspace, ...segments].map(encodeURIComponent)].join("/");

const withQuery = (path: string, query: Query | undefined): string => {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null || value === "") continue;
    if (typeof value === "object") value.forEach((item) => params.append(key, item));
    else params.set(key, String(value));
  }
  const text = params.toString();
  return text === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${text}`;
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const invalidParamsOf = (value: unknown): InvalidParam[] =>
  Array.isArray(value)
    ? value.filter(isObject).map((param) => {
        const code = textOf(param.code);
        return { name: textOf(param.name) ?? "", reason: textOf(param.reason) ?? "", ...(code === undefined ? {} : { code }) };
      })
    : [];

/** Reads any answer that isn't a success into a problem, also those of a proxy in between that knows no problem documents. */
const problemOf = (status: number, statusText: string, text: string, requestId: string | undefined): ApiProblem => {
  let parsed: unknown;
  let cause: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    cause = error;
  }
  const body = isObject(parsed) ? parsed : {};
  const id = textOf(body.requestId) ?? requestId;
  return new ApiProblem(
    {
      ...body,
      type: textOf(body.type) ?? "about:blank",
      title: textOf(body.title) ?? (statusText || `The server answered ${status}`),
      status,
      ...(textOf(body.detail) === undefined ? {} : { detail: textOf(body.detail) }),
      ...(textOf(body.code) === undefined ? {} : { code: textOf(body.code) }),
      ...(id === undefined ? {} : { requestId: id }),
      invalidParams: invalidParamsOf(body.invalidParams),
    } as ProblemDocument,
    cause === undefined ? undefined : { cause },
  );
};

const unreachable = (cause: unknown): ApiProblem =>
  new ApiProblem({ type: "about:blank", title: "Slipway can't be reached", detail: "Slipway can't be reached. Check the connection and try again.", status: 0, code: "http.unreachable" }, { cause });

/** Calls the API and returns the parsed JSON (undefined for an empty answer). Throws ApiProblem, or the signal's abort reason. */
const call = async <Result>(method: string, path: string, options: CallOptions = {}): Promise<Result> => {
  const headers = new Headers({ accept: "application/json, application/problem+json", ...options.headers });
  if (options.body !== undefined) headers.set("content-type", "application/json");
  if (options.idempotencyKey !== undefined) headers.set("idempotency-key", options.idempotencyKey);
  let response: Response;
  try {
    response = await fetch(withQuery(path, options.query), {
      method,
      headers,
      credentials: "same-origin",
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw unreachable(error);
  }
  const text = await response.text();
  if (!response.ok) throw problemOf(response.status, response.statusText, text, response.headers.get("x-request-id") ?? undefined);
  return (text === "" ? undefined : JSON.parse(text)) as Result;
};

/** The verbs; `path` comes from `apiPath`. The type argument is the wire type of the slice's `schema` module. */
export const api = {
  get: <Result>(path: string, options?: CallOptions) => call<Result>("GET", path, options),
  post: <Result>(path: string, body?: unknown, options?: CallOptions) => call<Result>("POST", path, { ...options, body: body ?? {} }),
  put: <Result>(path: string, body?: unknown, options?: CallOptions) => call<Result>("PUT", path, { ...options, body: body ?? {} }),
  patch: <Result>(path: string, body?: unknown, options?: CallOptions) => call<Result>("PATCH", path, { ...options, body: body ?? {} }),
  delete: <Result>(path: string, options?: CallOptions) => call<Result>("DELETE", path, options),
};

/** The first `maxBytes` of a file as text. Throws ApiProblem, or the signal's abort reason. */
export const readText = async (path: string, maxBytes: number, signal?: AbortSignal): Promise<string> => {
  let response: Response;
  try {
    response = await fetch(path, { headers: { range: `bytes=0-${maxBytes - 1}` }, credentials: "same-origin", ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable(error);
  }
  const text = await response.text();
  if (!response.ok) throw problemOf(response.status, response.statusText, text, response.headers.get("x-request-id") ?? undefined);
  return text;
};

export type UploadOptions = {
  method?: "PUT" | "POST" | undefined;
  query?: Query | undefined;
  headers?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
  /** Called with a share of 0 to 1 while bytes leave the browser. */
  onProgress?: ((share: number) => void) | undefined;
};

/** Streams one file or blob as the request body and returns the parsed JSON. XMLHttpRequest, because fetch can't report what was sent. */
export const upload = <Result>(path: string, content: Blob, options: UploadOptions = {}): Promise<Result> =>
  new Promise<Result>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(options.method ?? "PUT", withQuery(path, options.query));
    request.setRequestHeader("accept", "application/json, application/problem+json");
    request.setRequestHeader("content-type", options.headers?.["content-type"] ?? "application/octet-stream");
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      if (name !== "content-type") request.setRequestHeader(name, value);
    }
    const abort = () => request.abort();
    const settle = (finish: () => void) => {
      options.signal?.removeEventListener("abort", abort);
      finish();
    };
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) options.onProgress?.(event.loaded / event.total);
    };
    request.onload = () =>
      settle(() => {
        if (request.status >= 200 && request.status < 300) {
          options.onProgress?.(1);
          try {
            resolve((request.responseText === "" ? undefined : JSON.parse(request.responseText)) as Result);
          } catch (error) {
            reject(unreachable(error));
          }
        } else reject(problemOf(request.status, request.statusText, request.responseText, request.getResponseHeader("x-request-id") ?? undefined));
      });
    request.onerror = (event) => settle(() => reject(unreachable(event)));
    request.onabort = () => settle(() => reject(new DOMException("The upload was stopped.", "AbortError")));
    if (options.signal?.aborted) {
      reject(new DOMException("The upload was stopped.", "AbortError"));
      return;
    }
    options.signal?.addEventListener("abort", abort);
    request.send(content);
  });
