import type { BootstrapResult } from "@/lib/identity/server";

import type { Running } from "./running";

/** What the terminal shows once everything answers. The password and the token are shown here and nowhere else. */
export const welcome = (running: Running, admin: BootstrapResult, seconds: number): string => {
  const lines = ["", `Slipway is ready (${seconds.toFixed(1)} s).`, "", `  Console and API   ${running.url}`, `  Predictions       ${running.gatewayUrl}`, `  Home              ${running.home}`];
  if (admin.created) {
    lines.push("", "  First administrator, shown this once:", `    e-mail          ${admin.email}`, `    password        ${admin.password}`, `    API token       ${admin.token}   (until ${admin.tokenExpiresAt.toISOString().slice(0, 10)})`);
  }
  const token = admin.created ? admin.token : "slp_…   # Settings → Tokens, or: npm run admin -- token";
  lines.push("", "  For the MLflow client:", `    export MLFLOW_TRACKING_URI=${running.url}`, `    export MLFLOW_TRACKING_TOKEN=${token}`, "", "  Ctrl-C stops all of it.", "");
  return lines.join("\n");
};
