import type { Browser } from "playwright-core";

import { openPerson, type Person, reacts, visit } from "./browser";
import { goTo } from "./look";

export type Account = { name: string; email: string; password: string; roles: string[]; groups: string };

/** Signs in through the sign-in page. */
export const signInByPage = async ({ page }: Person, url: string, email: string, password: string): Promise<void> => {
  await visit(page, `${url}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(/\/w\/default\//);
  await reacts(page);
};

/** Invites somebody in Settings, Members and reads the one-time link off the screen. */
export const invite = async ({ page }: Person, account: Account): Promise<string> => {
  if (!page.url().includes("/settings/members")) await goTo(page, "Settings");
  await page.getByRole("button", { name: "Invite a person" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite a person" });
  await dialog.getByLabel("E-mail").fill(account.email);
  await dialog.getByRole("checkbox", { name: /^viewer/ }).uncheck();
  for (const role of account.roles) await dialog.getByRole("checkbox", { name: new RegExp(`^${role}`) }).check();
  await dialog.getByLabel(/^Groups/).fill(account.groups);
  await dialog.getByRole("button", { name: "Make the link" }).click();
  const sent = page.getByRole("dialog", { name: "Send this link" });
  const link = await sent.getByRole("region", { name: "one-time link" }).innerText();
  await sent.getByRole("button", { name: "Done" }).click();
  return link.trim();
};

/** Joins by the link page in a browser of their own, leaves, and signs in again with the chosen password. */
export const join = async (browser: Browser, url: string, link: string, account: Account): Promise<Person> => {
  const person = await openPerson(browser, account.name);
  const { page } = person;
  await visit(page, link);
  await page.getByLabel("Your name").fill(account.name);
  await page.getByLabel("Choose a password").fill(account.password);
  await page.getByRole("button", { name: /^Join / }).click();
  await page.waitForURL(/\/w\/default\//);
  await reacts(page);
  await page.getByRole("button", { name: `${account.name}, menu` }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
  await signInByPage(person, url, account.email, account.password);
  return person;
};
