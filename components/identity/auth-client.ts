/** The browser's side of sign-in and sign-out: next-auth's own form protocol. */

const csrfToken = async (): Promise<string> => {
  const response = await fetch("/api/auth/csrf", { headers: { accept: "application/json" } });
  const answer: unknown = await response.json();
  if (typeof answer === "object" && answer !== null && "csrfToken" in answer && typeof answer.csrfToken === "string") return answer.csrfToken;
  throw new Error("Slipway did not answer as expected. Reload the page.");
};

const post = async (path: string, fields: Record<string, string>): Promise<Response> =>
  fetch(path, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ ...fields, csrfToken: await csrfToken(), json: "true" }) });

const sentences: Record<string, string> = {
  CredentialsSignin: "The address or the password is wrong.",
  RateLimited: "Too many failed attempts. Try again in 15 minutes.",
  Unavailable: "Slipway can't check passwords right now. Try again in a few seconds.",
};

/** Signs in; returns the sentence to show when that is refused. */
export const signInWith = async (email: string, password: string): Promise<string | undefined> => {
  const response = await post("/api/auth/callback/credentials", { email, password, callbackUrl: "/" });
  const answer: unknown = await response.json();
  const url = typeof answer === "object" && answer !== null && "url" in answer && typeof answer.url === "string" ? answer.url : "";
  const error = url === "" ? undefined : new URL(url, window.location.origin).searchParams.get("error");
  if (response.ok && error === null) return undefined;
  return sentences[error ?? "CredentialsSignin"] ?? "Sign-in didn't work. Reload the page and try again.";
};

/** Signs out here and goes to the sign-in page. */
export const signOutHere = async (): Promise<void> => {
  await post("/api/auth/signout", { callbackUrl: "/sign-in" });
  window.location.assign("/sign-in");
};

/** A path of ours to go to after sign-in; anything else leads home. */
export const safePath = (path: string | undefined): string => (path !== undefined && /^\/(?![/\\])/.test(path) ? path : "/");

/** What was typed into a field of a form; empty when there is none. */
export const textOf = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
};
