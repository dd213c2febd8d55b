import { expect } from "vitest";

import type { Person } from "../support/browser";
import { goTo, heading, openTab, sees } from "../support/look";

/** Creates an endpoint for the model on the endpoints page. */
export const createEndpoint = async ({ page }: Person, name: string): Promise<void> => {
  await goTo(page, "Endpoints");
  await page.getByRole("button", { name: "Create endpoint" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create an endpoint" });
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("Model", { exact: true }).selectOption(name);
  await dialog.getByLabel("Environment").selectOption("production");
  await dialog.getByRole("button", { name: "Create endpoint" }).click();
  await sees(heading(page, `${name} serves no version yet`));
};

export const openEndpoint = async ({ page }: Person, name: string): Promise<void> => {
  await goTo(page, "Endpoints");
  await page.getByRole("table").getByRole("link", { name, exact: true }).click();
  await sees(heading(page, new RegExp(`^${name} serves`)));
};

/** Makes a token for an application that predicts and tells what was true, and reads it off the screen. */
export const makeToken = async (person: Person, endpoint: string): Promise<string> => {
  const { page } = person;
  await openEndpoint(person, endpoint);
  await openTab(page, endpoint, "Use it");
  await page.getByRole("link", { name: `Create a token for ${endpoint}` }).click();
  await page.waitForURL(/\/settings\/tokens/);
  const dialog = page.getByRole("dialog", { name: "Create a token" }); // it opens by itself, bound to the endpoint
  await dialog.getByLabel("Name", { exact: true }).fill("Mail sorting");
  expect(await dialog.getByRole("checkbox", { name: /^predict/ }).isChecked()).toBe(true);
  expect(await dialog.getByRole("checkbox", { name: new RegExp(`^${endpoint}`) }).isChecked()).toBe(true);
  await dialog.getByRole("checkbox", { name: /^labels:write/ }).check();
  await dialog.getByRole("button", { name: "Create token" }).click();
  const made = page.getByRole("dialog", { name: "Token Mail sorting" });
  const secret = await made.getByRole("region", { name: "token", exact: true }).innerText();
  await made.getByRole("button", { name: "Done" }).click();
  return secret.trim();
};
