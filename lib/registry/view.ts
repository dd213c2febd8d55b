import type { VersionDeployment, VersionState, VersionStatus } from "./schema";

export type VersionView = { word: string; tone: "ok" | "warn" | "crit" | "info" | "wait" | "idle"; icon: "cube" | "spin" | "octa" | "alert" | "ramp" | "eye" | "okc" | "minusc"; pulse?: boolean; bare?: boolean };

export type VersionFacts = {
  status: VersionStatus;
  aliases: readonly string[];
  deployments: readonly Pick<VersionDeployment, "role" | "isProduction" | "weightPercent">[];
  /** A promotion request for it is open or approved. */
  isRequested: boolean;
  /** It served once. */
  hasServed: boolean;
};

/** Derives what to call a version: the strongest thing that is true of it now. */
export const versionStateOf = ({ status, aliases, deployments, isRequested, hasServed }: VersionFacts): VersionState => {
  const roles = new Set(deployments.map(({ role }) => role));
  if (deployments.some(({ role, isProduction }) => role === "stable" && isProduction)) return "champion";
  if (roles.has("candidate")) return "canary";
  if (roles.has("stable")) return "serving";
  if (roles.has("shadow")) return "shadow";
  if (status !== "ready") return status;
  if (hasServed) return "retired";
  return isRequested || roles.has("preparing") || aliases.includes("challenger") ? "candidate" : "registered";
};

const views: Record<Exclude<VersionState, "canary">, VersionView> = {
  checking: { word: "Checking", tone: "info", icon: "spin", pulse: true },
  refused: { word: "Refused", tone: "crit", icon: "octa" },
  unverified: { word: "Unverified", tone: "warn", icon: "alert" },
  registered: { word: "Registered", tone: "idle", icon: "cube" },
  candidate: { word: "Candidate", tone: "idle", icon: "cube" },
  shadow: { word: "In shadow", tone: "info", icon: "eye" },
  serving: { word: "Serving", tone: "ok", icon: "okc" },
  champion: { word: "Champion", tone: "ok", icon: "okc" },
  retired: { word: "Retired", tone: "idle", icon: "minusc", bare: true },
};

/** The chip of a version: word, tone, icon (design.md section 4). */
export const versionView = (version: { state: VersionState; deployments: readonly Pick<VersionDeployment, "role" | "weightPercent">[] }): VersionView => {
  if (version.state !== "canary") return views[version.state];
  const weight = Math.max(...version.deployments.filter(({ role }) => role === "candidate").map(({ weightPercent }) => weightPercent));
  return { word: `In canary, ${weight} %`, tone: "info", icon: "ramp" };
};

/** Filters of the list by status, with the words of the chips. */
export const statusFilters: readonly { value: VersionStatus; label: string }[] = [
  { value: "checking", label: "Checking" },
  { value: "ready", label: "Ready" },
  { value: "refused", label: "Refused" },
  { value: "unverified", label: "Unverified" },
];
