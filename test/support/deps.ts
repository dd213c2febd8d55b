import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import pino from "pino";

import { openBlobStore } from "@/lib/platform/blob-store";
import { databaseClock, type Clock } from "@/lib/platform/clock";
import type { Deps, JobSender } from "@/lib/platform/context";
import { type Env, parseEnv } from "@/lib/platform/env";

import { testDatabase } from "./database";

/** A clock that stands still at a whole millisecond until it is told otherwise. */
export type TestClock = Clock & { set: (at: Date) => void; advance: (milliseconds: number) => void; current: () => Date; useDatabase: () => void };

export type SentJob = { name: string; payload: Record<string, unknown>; dedupeKey: string | undefined };
export type RecordingSender = JobSender & { sent: SentJob[] };

export type TestDeps = Deps & { clock: TestClock; jobs: RecordingSender; databaseUrl: string; ownerUrl: string; close: () => Promise<void> };

const openTestClock = (start: Date): TestClock => {
  let now: Date | undefined = start;
  const standing = (): Date => now ?? new Date();
  return {
    now: async (tx) => (now ? new Date(now) : databaseClock.now(tx)),
    nearly: async (db) => (now ? new Date(now) : databaseClock.nearly(db)),
    set: (at) => (now = at),
    advance: (milliseconds) => (now = new Date(standing().getTime() + milliseconds)),
    current: () => new Date(standing()),
    useDatabase: () => (now = undefined),
  };
};

const openRecordingSender = (): RecordingSender => {
  const sent: SentJob[] = [];
  return { sent, send: (name, payload, options) => Promise.resolve(void sent.push({ name, payload, dedupeKey: options?.dedupeKey })) };
};

/** Settings of a test process: secrets fixed, everything else the default of the contract unless given. */
export const testEnv = (databaseUrl: string, home: string, given: Record<string, string> = {}): Env =>
  parseEnv({ DATABASE_URL: databaseUrl, SLIPWAY_HOME: home, SLIPWAY_SECRET_KEY: "0123456789abcdef".repeat(4), SLIPWAY_LOG_LEVEL: "silent", ...given });

export type TestDepsOptions = { env?: Record<string, string>; at?: Date; overrides?: Partial<Omit<Deps, "clock" | "jobs">> };

/** Everything a service needs, for real, on a database of its own. Call `close` in afterAll. */
export const testDeps = async ({ env: given = {}, at = new Date("2026-11-20T12:00:00.000Z"), overrides = {} }: TestDepsOptions = {}): Promise<TestDeps> => {
  const database = await testDatabase();
  const home = mkdtempSync(path.join(tmpdir(), "slipway-home-"));
  const env = testEnv(database.url, home, given);
  return {
    db: database.db,
    blobs: openBlobStore(env),
    log: pino({ level: "silent" }),
    env,
    ...overrides,
    clock: openTestClock(at),
    jobs: openRecordingSender(),
    databaseUrl: database.url,
    ownerUrl: database.ownerUrl,
    close: async () => {
      await database.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
};
