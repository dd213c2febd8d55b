import { serveRoutes } from "./http-server";

export type RunningServer = { url: string; loaded: Set<string>; failNext: (reason: string) => void; close: () => Promise<void> };

/** A runtime of the outside world that speaks just enough of the Open Inference Protocol: load, unload, ready, one answer. */
export const startOipRuntime = async (): Promise<RunningServer> => {
  const loaded = new Set<string>();
  let failure: string | null = null;
  const server = await serveRoutes((request) => {
    const path = new URL(request.url).pathname;
    const model = /\/models\/(ver_[0-9a-f]{32})/.exec(path)?.[1] ?? "";
    if (path.endsWith("/load")) {
      if (failure) {
        const reason = failure;
        failure = null;
        return Response.json({ error: reason }, { status: 400 });
      }
      loaded.add(model);
      return Response.json({});
    }
    if (path.endsWith("/unload")) {
      loaded.delete(model);
      return Response.json({});
    }
    if (!loaded.has(model)) return Response.json({ error: `There is no model ${model}.` }, { status: 404 });
    if (path.endsWith("/ready")) return Response.json({ name: model, ready: true });
    return Response.json({ model_name: model, outputs: [{ name: "label", datatype: "INT64", shape: [1], data: [0] }, { name: "probabilities", datatype: "FP32", shape: [1, 10], data: Array<number>(10).fill(0.1) }] });
  });
  return { url: server.url, loaded, failNext: (reason) => void (failure = reason), close: () => server.close() };
};
