import { handleMlflow } from "./mlflow";

export type MlflowCall = { method?: string; body?: unknown; token?: string; workspace?: string; headers?: Record<string, string> };
export type MlflowAnswer = { status: number; body: Record<string, unknown>; text: string; headers: Headers };

/** Sends one call to MLflow's wire, as a client would: POST where there is a body. Texts and bytes go as they are; an answer that is no JSON is `text`. */
export const callMlflow = async (path: string, { method, body, token, workspace, headers = {} }: MlflowCall = {}): Promise<MlflowAnswer> => {
  const content = body === undefined ? undefined : typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await handleMlflow(new Request(`http://127.0.0.1:3000${path}`, {
    method: method ?? (content === undefined ? "GET" : "POST"),
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(workspace === undefined ? {} : { "x-mlflow-workspace": workspace }), ...(content === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(content === undefined ? {} : { body: typeof content === "string" ? content : Buffer.from(content) }),
  }));
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true && text !== "";
  return { status: response.status, headers: response.headers, text, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text } };
};
