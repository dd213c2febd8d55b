import { hasDirectTransfers } from "@/lib/artifacts/server";
import type { HeaderReader } from "@/lib/http/headers";
import { release } from "@/lib/http/release";
import type { Deps } from "@/lib/platform/context";

import { Reply } from "./reply";

/** Answered to anyone, without looking anything up: probes of load balancers and what clients ask about the server itself. */
export type OpenEndpoint = { path: string; answer: (deps: Deps, headers: HeaderReader) => unknown };

const text = (content: string): Reply => new Reply(200, { "content-type": "text/plain", "cache-control": "no-store" }, content);

/** What newer clients ask before downloads and large uploads. */
const serverInfo = ({ env }: Deps) => {
  const isDirect = hasDirectTransfers(env);
  return { store_type: "SqlStore", workspaces_enabled: true, trace_archival_enabled: false, multipart_uploads_enabled: isDirect, multipart_downloads_enabled: isDirect };
};

/** The version of MLflow's wire spoken here. Its clients send spans by OpenTelemetry's protocol to servers that say 3.4 or later. */
const wireVersion = "3.17.2";
const isMlflowClient = (headers: HeaderReader): boolean => (headers.get("user-agent") ?? "").startsWith("mlflow-python-client/");

export const openEndpoints: readonly OpenEndpoint[] = [
  { path: "/health", answer: () => text("OK") },
  { path: "/version", answer: (_, headers) => text(isMlflowClient(headers) ? wireVersion : release.version) },
  { path: "/api/3.0/mlflow/server-info", answer: serverInfo },
];
