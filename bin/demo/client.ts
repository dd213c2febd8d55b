import { isObject } from "@/lib/core/json";

/** Calls the Slipway API as one person or token, the way any program would. */
export type Client = {
  call: <T>(method: string, path: string, body?: unknown, query?: Record<string, string | number>) => Promise<T>;
  putBytes: <T>(path: string, bytes: Uint8Array, mediaType: string, method?: string) => Promise<T>;
};

export class DemoProblem extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const read = async <T>(response: Response, what: string): Promise<T> => {
  const text = await response.text();
  const body: unknown = text === "" ? null : JSON.parse(text);
  if (!response.ok) throw new DemoProblem(response.status, `${what}: ${isObject(body) ? JSON.stringify(body["invalidParams"] ?? body["detail"] ?? body) : text}`);
  return body as T;
};

/** Opens a client below /api/slipway/v1/w/default; `headers` carry a token or a session's cookie. */
export const openClient = (url: string, headers: Record<string, string>): Client => {
  const base = `${url}/api/slipway/v1/w/default`;
  return {
    call: async (method, path, body, query) => {
      const target = new URL(`${base}${path}`);
      for (const [key, value] of Object.entries(query ?? {})) target.searchParams.set(key, String(value));
      const init = body === undefined ? {} : { body: JSON.stringify(body) };
      return read(await fetch(target, { method, headers: { ...headers, origin: url, ...(body === undefined ? {} : { "content-type": "application/json" }) }, ...init }), `${method} ${path}`);
    },
    putBytes: async (path, bytes, mediaType, method = "PUT") =>
      read(await fetch(`${base}${path}`, { method, headers: { ...headers, origin: url, "content-type": mediaType }, body: new Blob([new Uint8Array(bytes)]) }), `${method} ${path}`),
  };
};

/** Signs a person in through the console's own sign-in and returns a client with the session's cookie. */
export const signIn = async (url: string, email: string, password: string): Promise<Client> => {
  const csrf = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const jar = cookiesOf(csrf);
  const answer = await fetch(`${url}/api/auth/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: url, cookie: jar },
    body: new URLSearchParams({ csrfToken, email, password, json: "true", callbackUrl: url }),
  });
  const cookie = [jar, cookiesOf(answer)].filter(Boolean).join("; ");
  if (!/slipway\.session=/.test(cookie)) throw new DemoProblem(answer.status, `Signing in as ${email} did not open a session.`);
  return openClient(url, { cookie });
};

const cookiesOf = (response: Response): string => response.headers.getSetCookie().map((line) => line.split(";")[0] ?? "").join("; ");
