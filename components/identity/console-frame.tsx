"use client";

import { ConsoleShell, type ConsoleShellProps } from "@/components/shell/console-shell";
import { useMlflowLink } from "@/components/shell/use-mlflow-link";
import { useFreshShell } from "@/components/shell/use-fresh-shell";
import { notify } from "@/components/ui/toaster";
import { useState } from "react";
import { NewWorkspaceDialog } from "./new-workspace-dialog";
import { signOutHere } from "./auth-client";

/** The console around a workspace's pages, with the way out. */
export function ConsoleFrame({ mayCreateWorkspaces, ...props }: Omit<ConsoleShellProps, "onSignOut" | "signOut" | "onNewWorkspace"> & { mayCreateWorkspaces: boolean }) {
  const [isMaking, setMaking] = useState(false);
  useFreshShell();
  useMlflowLink();
  const signOut = () => {
    signOutHere().catch((error: unknown) => notify.problem("Not signed out", error));
  };
  return (
    <>
      <ConsoleShell {...props} onSignOut={signOut} onNewWorkspace={mayCreateWorkspaces ? () => setMaking(true) : undefined} />
      {isMaking && <NewWorkspaceDialog onClose={() => setMaking(false)} />}
    </>
  );
}
