import type { EndpointRoute, RoutingSnapshot, ServedVersion } from "@/lib/inference/data-plane";

import { endpointKey } from "./paths";

export type UpstreamOrigin = { url: URL; host: string; prefix: string };

/** A version with everything about its upstream that can be said before a request comes. */
export type Target = {
  version: ServedVersion;
  versionBytes: Buffer;
  wireId: string;
  inferPath: string;
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
  origin: UpstreamOrigin;
  isSensitive: boolean;
  targets: Map<string, Target>;
};

/** `skipped` names endpoints whose runtime has no usable address: one of them must not stop the others. */
export type RoutingTable = { revision: number; endpoints: Map<string, Endpoint>; skipped: string[] };

/** The 16 bytes of a UUID's text. */
export const uuidBytes = (uuid: string): Buffer => Buffer.from(uuid.replaceAll("-", ""), "hex");

const openOrigin = (runtimeUrl: string): UpstreamOrigin => {
  const url = new URL(runtimeUrl);
  return { url, host: url.host, prefix: url.pathname.replace(/\/+$/, "") };
};

const toTarget = (version: ServedVersion, route: EndpointRoute, origin: UpstreamOrigin): Target => ({
  version,
  versionBytes: uuidBytes(version.versionId),
  wireId: version.modelName,
  inferPath: `${origin.prefix}/v2/models/${version.modelName}`,
  ownName: Buffer.from(JSON.stringify(version.modelName)),
  publicName: Buffer.from(JSON.stringify(route.name)),
});

const toEndpoint = (route: EndpointRoute): Endpoint => {
  const origin = openOrigin(route.runtimeUrl);
  const versions = [route.stable, route.candidate, route.mirror].filter((version) => version !== null);
  return {
    route,
    key: endpointKey(route.workspace, route.environment, route.name),
    idBytes: uuidBytes(route.id),
    workspaceBytes: uuidBytes(route.workspaceId),
    origin,
    isSensitive: route.sensitive.inputs.length + route.sensitive.outputs.length > 0,
    targets: new Map(versions.map((version) => [version.versionId, toTarget(version, route, origin)])),
  };
};

/** Prepares a snapshot for requests; the result is swapped in as a whole. */
export const buildTable = (snapshot: RoutingSnapshot): RoutingTable => {
  const isUsable = (route: EndpointRoute): boolean => /^https?:/.test(route.runtimeUrl) && URL.canParse(route.runtimeUrl);
  return {
    revision: snapshot.revision,
    endpoints: new Map(snapshot.endpoints.filter(isUsable).map(toEndpoint).map((endpoint) => [endpoint.key, endpoint])),
    skipped: snapshot.endpoints.filter((route) => !isUsable(route)).map((route) => endpointKey(route.workspace, route.environment, route.name)),
  };
};
