import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";

import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const findChromium = (): string => {
  const given = process.env["SLIPWAY_CHROMIUM"];
  const found = given ?? places.find((place) => existsSync(place));
  if (found === undefined || !existsSync(found)) {
    throw new Error(`Browser tests need a Chromium, and ${given === undefined ? `none of ${places.join(", ")} is there` : `SLIPWAY_CHROMIUM names ${given}, which is not there`}. Install one (Debian: apt-get install -y chromium) or set SLIPWAY_CHROMIUM to the path of yours.`);
  }
  return found;
};

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    args: [
      "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic",
      "--disable-dev-shm-usage", // containers give it 64 MB
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), // Chromium refuses its sandbox to root
    ],
  });

/** One person at one browser; `faults` are errors that no page should raise. */
export type Person = { name: string; context: BrowserContext; page: Page; faults: string[] };

export type Look = { width?: number; height?: number; colorScheme?: "light" | "dark" };

/** A browser profile of its own: nothing is shared with other people. */
export const openPerson = async (browser: Browser, name: string, { width = 1440, height = 900, colorScheme = "light" }: Look = {}): Promise<Person> => {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce", locale: "en-GB", timezoneId: "Europe/Berlin" });
  context.setDefaultTimeout(45_000);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 500) faults.push(`${response.request().method()} ${response.url()}: ${response.status()}`);
  });
  return { name, context, page, faults };
};

/** Waits until the page that has just been loaded reacts to clicks and keys. */
export const reacts = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => Object.keys(document.querySelector("main") ?? {}).some((key) => key.startsWith("__react")));
};

/** Opens a page and waits until it reacts. */
export const visit = async (page: Page, url: string): Promise<void> => {
  await page.goto(url, { waitUntil: "domcontentloaded" });
  await reacts(page);
};

/** Loads the page again and waits until it reacts. */
export const reload = async (page: Page): Promise<void> => {
  await page.reload({ waitUntil: "domcontentloaded" });
  await reacts(page);
};

/** Waits until the address holds a part of the view's state: it is written a moment after the screen. */
export const addressHolds = (page: Page, key: string, part: string): Promise<void> => page.waitForURL(({ searchParams }) => searchParams.get(key)?.includes(part) === true);

const folder = path.join(process.cwd(), "test", ".artifacts");

/** Keeps a picture of what the page shows in test/.artifacts. */
export const picture = async (page: Page, name: string, options: { fullPage?: boolean } = {}): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: "disabled", ...options });
};
