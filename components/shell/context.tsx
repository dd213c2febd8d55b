"use client";

import { useSearchParams } from "next/navigation";
import { createContext, useContext, type ReactNode } from "react";
import { type NavKey } from "./nav";

export type ShellEnvironment = { slug: string; name: string; production: boolean };
export type ShellWorkspace = { slug: string; name: string };
export type ShellPerson = { name: string; email: string };

export type ShellData = {
  workspace: ShellWorkspace;
  /** All workspaces of the person; the switch shows from two on. */
  workspaces?: readonly ShellWorkspace[] | undefined;
  /** Opens the dialog that makes a workspace; for those who may. */
  onNewWorkspace?: (() => void) | undefined;
  /** In their order; the default is the first production one, else the last. */
  environments: readonly ShellEnvironment[];
  person: ShellPerson;
  /** Numbers beside entries; 0 and undefined show none. */
  counts?: Partial<Record<NavKey, number>> | undefined;
  /** A form with the sign-out button, from the identity slice. */
  signOut?: ReactNode;
  onSignOut?: (() => void) | undefined;
  /** State of the record, at the foot of the sidebar. */
  proof?: { title: string; detail: string; tone: "ok" | "idle" | "crit" } | undefined;
};

const ShellContext = createContext<ShellData | undefined>(undefined);

export const ShellDataProvider = ({ value, children }: { value: ShellData; children: ReactNode }) => <ShellContext value={value}>{children}</ShellContext>;

/** Data of the console around the screen; throws outside ConsoleShell. */
export const useShell = (): ShellData => {
  const shell = useContext(ShellContext);
  if (!shell) throw new Error("This part stands inside ConsoleShell.");
  return shell;
};

/** The environment a page without `?env=` shows. */
export const defaultEnvironment = <Environment extends { production: boolean }>(environments: readonly Environment[]): Environment | undefined =>
  environments.find((environment) => environment.production) ?? environments.at(-1);

/** The environment in the URL, or the default one; undefined when the workspace has none. */
export const useEnvironment = (): ShellEnvironment | undefined => {
  const { environments } = useShell();
  const slug = useSearchParams().get("env");
  return environments.find((environment) => environment.slug === slug) ?? defaultEnvironment(environments);
};
