import { test } from "vitest";

import { type Person, picture } from "./browser";

/** Acts that build on each other: after one failed the others are skipped; each tells its steps and its time. */
export const openStory = (people: () => readonly Person[], output: () => string) => {
  let isBroken = false;
  const startedAtMs = performance.now();
  const say = (line: string): void => void process.stdout.write(`    ${((performance.now() - startedAtMs) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);

  const act = (name: string, play: () => Promise<void> | void, timeoutMs = 240_000): void => {
    test(name, { timeout: timeoutMs }, async ({ skip }) => {
      if (isBroken) skip("an act before it failed");
      say(name);
      try {
        await play();
      } catch (error) {
        isBroken = true;
        for (const { name: who, page } of people()) {
          say(`${who} is at ${page.url()}`);
          await picture(page, `failed-${who.toLowerCase()}`).catch((problem: unknown) => say(`no picture of ${who}'s page: ${String(problem)}`));
        }
        say(`the system said: ${output().slice(-2_000)}`);
        throw error;
      }
    });
  };

  return { act, say };
};
