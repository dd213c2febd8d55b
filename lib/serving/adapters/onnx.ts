import { AppError, messageOf } from "@/lib/core/errors";
import { formatId } from "@/lib/core/ids";
import { isObject } from "@/lib/core/json";
import type { HttpClient } from "@/lib/platform/http-client";

import { smokeRequest, smokeProblem } from "./smoke";
import type { ProbeResult, RuntimeAdapter, ServableVersion } from "./types";

export type OnnxAdapterOptions = {
  http: HttpClient;
  url: string;
  secret: string;
  /** Where the runtime pulls files from, and the short-lived right to do so. */
  pull: (version: ServableVersion) => { url: string; token: string };
};

const readError = (body: unknown, status: number): string => (isObject(body) && typeof body["error"] === "string" ? body["error"] : `The runtime answered ${status}.`);

/** Adapter of the bundled runtime: Open Inference Protocol v2 with the repository extension. */
export const openOnnxAdapter = ({ http, url, secret, pull }: OnnxAdapterOptions): RuntimeAdapter => {
  const call = async (method: "GET" | "POST", path: string, signal: AbortSignal, body?: unknown): Promise<{ status: number; body: unknown }> => {
    try {
      const response = await http.send({ method, url: `${url}${path}`, signal, headers: { authorization: `Bearer ${secret}` }, ...(body === undefined ? {} : { json: body }) });
      return { status: response.status, body: /^[[{]/.test(response.text) ? (JSON.parse(response.text) as unknown) : response.text };
    } catch (cause) {
      throw new AppError("unavailable", "runtime.unreachable", `The runtime at ${url} can't be reached: ${messageOf(cause)}. Check that it runs and that its address is right.`, { cause });
    }
  };
  const modelPath = (versionId: string) => `/v2/models/${formatId("version", versionId)}`;
  const repositoryPath = (versionId: string, verb: string) => `/v2/repository/models/${formatId("version", versionId)}/${verb}`;

  const probe: RuntimeAdapter["probe"] = async (versionId, signal): Promise<ProbeResult> => {
    const { status, body } = await call("GET", `${modelPath(versionId)}/ready`, signal);
    if (status === 200) return { state: "READY" };
    return { state: status === 503 ? "LOADING" : "UNAVAILABLE", reason: readError(body, status) };
  };

  return {
    probe,
    load: async (version, signal) => {
      const main = version.files.find((file) => (version.mainPath === null ? file.path.toLowerCase().endsWith(".onnx") : file.path === version.mainPath));
      if (!main) return { state: "UNAVAILABLE", reason: "The version holds no .onnx file, and the bundled runtime serves only ONNX. Register an ONNX export." };
      const config = JSON.stringify({ manifest: version.files, main: main.path, ...pull(version) });
      const { status, body } = await call("POST", repositoryPath(version.id, "load"), signal, { parameters: { config } });
      return status === 200 ? probe(version.id, signal) : { state: status === 503 ? "LOADING" : "UNAVAILABLE", reason: readError(body, status) };
    },
    unload: async (versionId, signal) => {
      const { status, body } = await call("POST", repositoryPath(versionId, "unload"), signal, {});
      if (status !== 200 && status !== 404) throw new AppError("unavailable", "runtime.unload_failed", readError(body, status));
    },
    smoke: async (version, signal) => {
      const request = smokeRequest(version.signature);
      if (!request) return null;
      const { status, body } = await call("POST", `${modelPath(version.id)}/infer`, signal, request);
      return status === 200 ? smokeProblem(version.signature, body) : `A probe request was refused: ${readError(body, status)}`;
    },
  };
};
