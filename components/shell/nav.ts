import { type IconName } from "@/components/ui/icon";

export type NavGroup = "Build" | "Ship" | "Watch" | "Prove" | "foot";

export type NavKey = "experiments" | "models" | "endpoints" | "rollouts" | "approvals" | "monitoring" | "incidents" | "audit" | "settings";

export type NavEntry = {
  key: NavKey;
  label: string;
  icon: IconName;
  group: NavGroup;
  /** Below `/w/{workspace}/`. */
  path: string;
  /** Letter after `g`. */
  jump: string;
  /** The page works inside one environment (`?env=`). */
  environment: boolean;
  /** Stands in the bottom bar of phones. */
  phone: boolean;
};

/** The one list of pages: sidebar, bottom bar, palette and jumps read it. Only pages that work may stand here. */
export const navEntries: readonly NavEntry[] = [
  { key: "experiments", label: "Experiments", icon: "flask", group: "Build", path: "experiments", jump: "e", environment: false, phone: false },
  { key: "models", label: "Models", icon: "cube", group: "Build", path: "models", jump: "m", environment: false, phone: false },
  { key: "endpoints", label: "Endpoints", icon: "server", group: "Ship", path: "endpoints", jump: "d", environment: true, phone: false },
  { key: "rollouts", label: "Rollouts", icon: "ramp", group: "Ship", path: "rollouts", jump: "r", environment: true, phone: true },
  { key: "approvals", label: "Approvals", icon: "stamp", group: "Ship", path: "approvals", jump: "a", environment: true, phone: true },
  { key: "monitoring", label: "Monitoring", icon: "pulse", group: "Watch", path: "monitoring", jump: "w", environment: true, phone: true },
  { key: "incidents", label: "Incidents", icon: "bell", group: "Watch", path: "incidents", jump: "i", environment: true, phone: true },
  { key: "audit", label: "Audit log", icon: "log", group: "Prove", path: "audit", jump: "u", environment: false, phone: false },
  { key: "settings", label: "Settings", icon: "sliders", group: "foot", path: "settings", jump: "s", environment: false, phone: false },
];

export const navGroups: readonly Exclude<NavGroup, "foot">[] = ["Build", "Ship", "Watch", "Prove"];

/** Address of a page of a workspace; `env` goes along where the page knows environments. */
export const navHref = (workspace: string, entry: NavEntry, env?: string | null): string => {
  const path = `/w/${encodeURIComponent(workspace)}/${entry.path}`;
  return entry.environment && env ? `${path}?env=${encodeURIComponent(env)}` : path;
};

/** The entry whose page or sub-page is open. */
export const activeEntry = (workspace: string, pathname: string): NavEntry | undefined =>
  navEntries.find((entry) => {
    const href = navHref(workspace, entry);
    return pathname === href || pathname.startsWith(`${href}/`);
  });
