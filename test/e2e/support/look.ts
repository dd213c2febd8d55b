import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** Waits until it is visible. */
export const sees = (locator: Locator, timeoutMs = 45_000): Promise<void> => locator.first().waitFor({ state: "visible", timeout: timeoutMs });

/** Waits until it is gone. */
export const seesNoMore = (locator: Locator, timeoutMs = 45_000): Promise<void> => locator.first().waitFor({ state: "hidden", timeout: timeoutMs });

export const heading = (page: Page, name: string | RegExp): Locator => page.getByRole("heading", { level: 1, name });

/** Opens a page of the console by its entry in the sidebar, and waits until it stands there. */
export const goTo = async (page: Page, entry: string): Promise<void> => {
  const before = page.url();
  const link = page.getByRole("complementary", { name: "Sidebar" }).getByRole("link", { name: new RegExp(`^${entry}( \\d+)?$`) });
  const target = new URL((await link.getAttribute("href")) ?? "", before).pathname;
  if (new URL(before).pathname === target) return;
  await link.click();
  await page.waitForURL(({ pathname }) => pathname === target || pathname.startsWith(`${target}/`));
  const crumb = page.getByRole("navigation", { name: "Breadcrumb" });
  await sees(entry === "Settings" ? crumb.getByText(entry) : crumb.locator("[aria-current=page]").filter({ hasText: entry }));
};

/** Opens a tab of the open page. */
export const openTab = async (page: Page, tabs: string | RegExp, name: string | RegExp): Promise<void> => {
  const link = page.getByRole("navigation", { name: tabs }).getByRole("link", { name });
  await link.click();
  await page.waitForFunction((element) => element?.getAttribute("aria-current") === "page", await link.elementHandle());
};

/** A button that can't be pressed, or none at all. */
export const expectBlocked = async (page: Page, name: string): Promise<void> => {
  for (const button of await page.getByRole("button", { name }).all()) expect(await button.isDisabled()).toBe(true);
};
