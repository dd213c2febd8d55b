import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";

import { isAppError } from "@/lib/core/errors";
import { contextFor, readSession, type SessionPrincipal } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";

import { webDeps } from "./deps";
import { pathHeader } from "./page-headers";
import { requestIdOf } from "./request-id";

/** The signed-in person of a page, or a redirect to the sign-in page that leads back here. */
export const pagePerson = cache(async (): Promise<SessionPrincipal> => {
  const given = await headers();
  const session = await readSession(await webDeps(), given.get("cookie"));
  if (session) return session;
  const path = given.get(pathHeader);
  redirect(path && path !== "/" ? `/sign-in?from=${encodeURIComponent(path)}` : "/sign-in");
});

/** The context of a page inside a workspace, once a request; redirects to sign-in, or shows the 404 page to those who don't belong to it. */
export const pageContext = cache(async (workspace: string): Promise<Context> => {
  const person = await pagePerson();
  try {
    return await contextFor(await webDeps(), person, workspace, requestIdOf(await headers()));
  } catch (error) {
    if (isAppError(error) && error.kind === "not_found") notFound();
    throw error;
  }
});

/** Runs the read of a page and shows the 404 page where the thing doesn't exist. */
export const orNotFound = async <T>(read: Promise<T>): Promise<T> => {
  try {
    return await read;
  } catch (error) {
    if (isAppError(error) && error.kind === "not_found") notFound();
    throw error;
  }
};

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** The environment of a page that shows one at a time: what the URL names, or production. */
export const pageEnvironment = async (searchParams: SearchParams): Promise<string> => {
  const { env } = await searchParams;
  return typeof env === "string" ? env : "production";
};
