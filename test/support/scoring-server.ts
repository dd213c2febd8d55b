import { serveRoutes } from "./http-server";

export type ScoringServer = {
  url: string;
  /** Bodies of POST /invocations, as they came. */
  asked: { body: string; headers: Headers }[];
  /** Makes every answer this one from now on; undefined answers predictions again. */
  answerWith: (answer: { status: number; body: string } | undefined) => void;
  close: () => Promise<void>;
};

/** A server of the outside world that speaks MLflow's scoring protocol: one prediction a row, each `value`. */
export const startScoringServer = async (value: number, port = 0): Promise<ScoringServer> => {
  const asked: ScoringServer["asked"] = [];
  let fixed: { status: number; body: string } | undefined;
  const server = await serveRoutes(async (request) => {
    const path = new URL(request.url).pathname;
    if (path === "/ping") return new Response("\n");
    if (path !== "/invocations") return new Response("nothing here", { status: 404 });
    const body = await request.text();
    asked.push({ body, headers: request.headers });
    if (fixed) return new Response(fixed.body, { status: fixed.status, headers: { "content-type": "application/json" } });
    const document = JSON.parse(body.replaceAll(/NaN|-?Infinity/g, "null")) as { dataframe_split?: { data: unknown[] }; inputs?: unknown[] };
    const rows = document.dataframe_split?.data.length ?? document.inputs?.length ?? 0;
    return Response.json({ predictions: Array<number>(rows).fill(value) });
  }, port);
  return { url: server.url, asked, answerWith: (answer) => void (fixed = answer), close: () => server.close() };
};
