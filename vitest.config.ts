import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const resolve = { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } };

/** Suites that start a whole system: one after another, with time for two cores. */
const system = (name: string, groupOrder: number) => ({
  resolve,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    globalSetup: ["test/support/build-setup.ts"],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: "forks" as const,
    fileParallelism: false,
    sequence: { groupOrder },
  },
});

export default defineConfig({
  resolve,
  test: {
    projects: [
      { resolve, test: { name: "unit", include: ["test/unit/**/*.test.ts"], pool: "threads", sequence: { groupOrder: 0 } } },
      { resolve, test: { name: "structure", include: ["test/structure/**/*.test.ts"], testTimeout: 240_000, sequence: { groupOrder: 1 } } },
      {
        resolve,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts", "test/api/**/*.test.ts"],
          globalSetup: ["test/support/postgres-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          pool: "forks",
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      system("compat", 3),
      system("faults", 4),
      system("e2e", 5),
    ],
  },
});
