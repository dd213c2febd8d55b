"use client";

import { ConsoleShell, type ConsoleShellProps } from "@/components/shell/console-shell";
import { notify } from "@/components/ui/toaster";
import { signOutHere } from "./auth-client";

/** The console around a workspace's pages, with the way out. */
export function ConsoleFrame(props: Omit<ConsoleShellProps, "onSignOut" | "signOut">) {
  const signOut = () => {
    signOutHere().catch((error: unknown) => notify.problem("Not signed out", error));
  };
  return <ConsoleShell {...props} onSignOut={signOut} />;
}
