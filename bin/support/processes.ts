import type { ChildSpec } from "./children";
import type { OpenedDatabase } from "./database";
import type { WantedPort } from "./ports";
import { childVariables, type Installation, runtimeVariables } from "./settings";

/** An address that answers on this machine: a wildcard is no address to call. */
export const reachable = (host: string): string => (host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host);

/** The four processes of an installation in the order in which they start. */
export const describeProcesses = (installation: Installation, database: OpenedDatabase): ChildSpec[] => {
  const { env, home, secretKey, variables } = installation;
  const at = (host: string, port: number): string => `http://${reachable(host)}:${port}`;
  const withRole = (url: string, keepsArtifacts: boolean): Record<string, string> => childVariables(variables, home, secretKey, url, keepsArtifacts);
  return [
    { name: "web", program: "bin/web.js", env: withRole(database.urls.web, true), readyUrl: `${at(env.host, env.port)}/api/health/ready` },
    { name: "worker", program: "workers/main.js", env: withRole(database.urls.worker, true), readyUrl: `${at(env.host, env.workerPort)}/health/ready` },
    { name: "gateway", program: "workers/gateway/main.js", env: withRole(database.urls.gateway, false), readyUrl: `${at(env.host, env.gatewayPort)}/v2/health/ready` },
    { name: "runtime", program: "workers/runtime/main.js", env: runtimeVariables(variables, env), readyUrl: `${at(env.runtimeHost, env.runtimePort)}/v2/health/ready` },
  ];
};

/** The ports that must be free before anything starts. */
export const wantedPorts = ({ env }: Pick<Installation, "env">): WantedPort[] => [
  { variable: "SLIPWAY_PORT", what: "console and API", port: env.port, host: env.host },
  { variable: "SLIPWAY_GATEWAY_PORT", what: "gateway", port: env.gatewayPort, host: env.host },
  { variable: "SLIPWAY_RUNTIME_PORT", what: "model runtime", port: env.runtimePort, host: env.runtimeHost },
  { variable: "SLIPWAY_WORKER_PORT", what: "worker's health", port: env.workerPort, host: env.host },
];
