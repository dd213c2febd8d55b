import type { EndpointRoute, RoutingSnapshot, ScoringSpec, ServedVersion } from "@/lib/inference/data-plane";

import { endpointKey } from "./paths";

/** `isOwn`: the bundled runtime, which gets the installation's secret; others get nothing, and their addresses are checked. */
export type UpstreamOrigin = { url: URL; host: string; prefix: string; isOwn: boolean };

/** A version with everything about its upstream that can be said before a request comes. */
export type Target = {
  version: ServedVersion;
  versionBytes: Buffer;
  wireId: string;
  origin: UpstreamOrigin;
  /** Where predictions, readiness and metadata are asked for; a scoring server has no metadata. */
  predictPath: string;
  readyPath: string;
  metadataPath: string | null;
  /** How requests and answers are translated; null for runtimes that speak Open Inference Protocol themselves. */
  scoring: ScoringSpec | null;
  /** What the runtime calls the model in its answers, and what its clients call it. */
  ownName: Buffer;
  publicName: Buffer;
};

/** An endpoint ready for requests. */
export type Endpoint = {
  route: EndpointRoute;
  key: string;
  idBytes: Buffer;
  workspaceBytes: Buffer;
  isSensitive: boolean;
  targets: Map<string, Target>;
};

/** `skipped` names endpoints, or versions of them, whose server has no usable address: one of them must not stop the others. */
export type RoutingTable = { revision: number; endpoints: Map<string, Endpoint>; skipped: string[] };

/** The 16 bytes of a UUID's text. */
export const uuidBytes = (uuid: string): Buffer => Buffer.from(uuid.replaceAll("-", ""), "hex");

const openOrigin = (text: string, isOwn: boolean): UpstreamOrigin => {
  const url = new URL(text);
  return { url, host: url.host, prefix: url.pathname.replace(/\/+$/, ""), isOwn };
};

const pathsOf = (origin: UpstreamOrigin, { scoring, modelName }: ServedVersion): Pick<Target, "predictPath" | "readyPath" | "metadataPath"> => {
  if (scoring) return { predictPath: `${origin.prefix}/invocations`, readyPath: `${origin.prefix}/ping`, metadataPath: null };
  const model = `${origin.prefix}/v2/models/${modelName}`;
  return { predictPath: `${model}/infer`, readyPath: `${model}/ready`, metadataPath: model };
};

const toTarget = (version: ServedVersion, route: EndpointRoute): Target => {
  const origin = openOrigin(version.scoring ? version.scoring.url : route.runtimeUrl, !version.scoring);
  return {
    version,
    versionBytes: uuidBytes(version.versionId),
    wireId: version.modelName,
    origin,
    ...pathsOf(origin, version),
    scoring: version.scoring ?? null,
    ownName: Buffer.from(JSON.stringify(version.modelName)),
    publicName: Buffer.from(JSON.stringify(route.name)),
  };
};

const versionsOf = (route: EndpointRoute): ServedVersion[] => [route.stable, route.candidate, route.mirror].filter((version) => version !== null);
const isAddress = (text: string): boolean => /^https?:/.test(text) && URL.canParse(text);

const toEndpoint = (route: EndpointRoute, isReachable: (version: ServedVersion) => boolean): Endpoint => {
  const versions = versionsOf(route).filter(isReachable);
  return {
    route,
    key: endpointKey(route.workspace, route.environment, route.name),
    idBytes: uuidBytes(route.id),
    workspaceBytes: uuidBytes(route.workspaceId),
    isSensitive: route.sensitive.inputs.length + route.sensitive.outputs.length > 0,
    targets: new Map(versions.map((version) => [version.versionId, toTarget(version, route)])),
  };
};

/** Prepares a snapshot for requests; the result is swapped in as a whole. `problemOf` says why a scoring server's address may not be called. */
export const buildTable = (snapshot: RoutingSnapshot, problemOf: (url: string) => string | null = () => null): RoutingTable => {
  const keyOf = (route: EndpointRoute): string => endpointKey(route.workspace, route.environment, route.name);
  const isUsable = (route: EndpointRoute): boolean => route.runtimeKind === "mlflow" || isAddress(route.runtimeUrl);
  const isReachable = ({ scoring }: ServedVersion): boolean => !scoring || (isAddress(scoring.url) && problemOf(scoring.url) === null);
  const usable = snapshot.endpoints.filter(isUsable);
  return {
    revision: snapshot.revision,
    endpoints: new Map(usable.map((route) => toEndpoint(route, isReachable)).map((endpoint) => [endpoint.key, endpoint])),
    skipped: [
      ...snapshot.endpoints.filter((route) => !isUsable(route)).map(keyOf),
      ...usable.flatMap((route) => versionsOf(route).filter((version) => !isReachable(version)).map(({ modelName }) => `${keyOf(route)} ${modelName}`)),
    ],
  };
};
