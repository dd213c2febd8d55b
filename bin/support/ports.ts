import { readdirSync, readFileSync, readlinkSync } from "node:fs";

import { AppError } from "@/lib/core/errors";
import { isPortFree } from "@/lib/platform/postgres";

export type WantedPort = { variable: string; what: string; port: number; host: string };

const socketsOf = (port: number): Set<string> => {
  const inodes = new Set<string>();
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  for (const file of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    try {
      for (const line of readFileSync(file, "utf8").split("\n").slice(1)) {
        const fields = line.trim().split(/\s+/);
        if (fields[3] === "0A" && fields[1]?.endsWith(`:${hex}`) && fields[9]) inodes.add(`socket:[${fields[9]}]`);
      }
    } catch {
      return inodes; // not Linux: whose port it is stays unknown
    }
  }
  return inodes;
};

/** Tells which process listens on `port`, where the system lets us know. */
export const describeListener = (port: number): string | undefined => {
  const inodes = socketsOf(port);
  if (inodes.size === 0) return undefined;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
        try {
          return readlinkSync(`/proc/${pid}/fd/${fd}`);
        } catch {
          return ""; // closed meanwhile
        }
      });
      if (links.some((link) => inodes.has(link))) return `process ${pid} (${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim().slice(0, 80)})`;
    } catch {
      continue; // another user's process, or one that ended
    }
  }
  return undefined;
};

/** Raises conflict that names the first port which is taken, by whom, and the variable that moves it. `patienceMs` waits for one that is being given back. */
export const requireFreePorts = async (wanted: readonly WantedPort[], patienceMs = 0): Promise<void> => {
  const deadline = Date.now() + patienceMs;
  for (const { variable, what, port, host } of wanted) {
    while (!(await isPortFree(port, host))) {
      if (Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        continue;
      }
      const by = describeListener(port);
      throw new AppError("conflict", "start.port_taken", `Port ${port} for the ${what} is taken${by ? ` by ${by}` : ""}. Stop that, or set ${variable} to a free port.`);
    }
  }
};
