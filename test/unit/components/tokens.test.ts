import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

const css = readFileSync("app/tokens.css", "utf8");

/** Declarations of the block that begins with `selector`. */
const blockOf = (selector: string): string[] => {
  const start = css.indexOf(`${selector} {`);
  expect(start).toBeGreaterThan(-1);
  return css.slice(css.indexOf("{", start) + 1, css.indexOf("}", start)).split(/[;\n]/).map((line) => line.trim()).filter(Boolean);
};

test("dark is the same whether the system asks for it or the reader chose it", () => {
  const [system, chosen] = [blockOf(':root:not([data-theme="light"])'), blockOf(':root[data-theme="dark"]')];
  expect(system).toEqual(chosen);
  expect(system.length).toBeGreaterThan(30);
});

test("dark says every colour anew that light has", () => {
  const names = (lines: readonly string[]): Set<string> => new Set(lines.flatMap((line) => /^--[\w-]+(?=:)/.exec(line) ?? []));
  const dark = names(blockOf(':root[data-theme="dark"]'));
  const light = [...names(blockOf(":root"))].filter((name) => !/^--(font|radius|r-|space|dur|ease|z-)/.test(name));
  expect(light.filter((name) => !dark.has(name))).toEqual([]);
});
