import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { build } from "esbuild";
import { request } from "undici";

export const secret = "test-secret-of-the-runtime";

let bundle: Promise<string> | undefined;

/** Bundles the runtime as the product's build does: two entries side by side, packages outside. One folder for each test worker, overwritten each time. */
const bundleRuntime = async (): Promise<string> => {
  const folder = join(process.cwd(), "node_modules", ".cache", `runtime-test-${process.env["VITEST_POOL_ID"] ?? "0"}`);
  await build({
    entryPoints: ["workers/runtime/main.ts", "workers/runtime/model-thread.ts"],
    outdir: join(folder, "workers/runtime"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "error",
  });
  return join(folder, "workers/runtime/main.js");
};

export type Reply = { status: number; body: Record<string, unknown>; text: string };

/** A real runtime process on a free port, with nothing in its environment but its own settings. */
export class RuntimeProcess {
  readonly cache: string;
  #child: ChildProcessByStdio<null, null, Readable> | undefined;
  #origin = "";
  #settings: Record<string, string>;
  output = "";
  exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }> = Promise.resolve({ code: null, signal: null });

  constructor(settings: Record<string, string> = {}) {
    this.cache = mkdtempSync(join(tmpdir(), "slipway-runtime-"));
    this.#settings = settings;
  }

  get port(): number {
    return Number(new URL(this.#origin).port);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const entry = await (bundle ??= bundleRuntime());
    const child: ChildProcessByStdio<null, null, Readable> = spawn(process.execPath, [entry], { env: { NODE_ENV: "test", SLIPWAY_RUNTIME_PORT: "0", SLIPWAY_RUNTIME_CACHE: this.cache, SLIPWAY_RUNTIME_SECRET: secret, ...this.#settings }, stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    this.output = "";
    this.exit = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
    const listening = new Promise<void>((resolve, reject) => {
      child.stderr.on("data", (chunk: Buffer) => {
        this.output += chunk.toString();
        const port = /"port":(\d+)/.exec(this.output)?.[1];
        if (port === undefined) return;
        this.#origin = `http://127.0.0.1:${port}`;
        resolve();
      });
      child.once("exit", () => reject(new Error(`The runtime ended at once: ${this.output}`)));
    });
    await listening;
    await this.until(async () => (await this.call("GET", "/v2/health/ready")).status === 200);
  }

  async call(method: "GET" | "POST", path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await request(`${this.#origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body) }),
    });
    const text = await response.body.text();
    return { status: response.statusCode, text, body: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {} };
  }

  infer(name: string, body: unknown): Promise<Reply> {
    return this.call("POST", `/v2/models/${name}/infer`, body);
  }

  async states(): Promise<Record<string, string>> {
    const { text } = await this.call("POST", "/v2/repository/index", {});
    return Object.fromEntries((JSON.parse(text) as { name: string; state: string }[]).map(({ name, state }) => [name, state]));
  }

  async until(isTrue: () => Promise<boolean>, timeoutMs = 20_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await isTrue())) {
      if (Date.now() > deadline) throw new Error(`Not reached within ${timeoutMs} ms. ${this.output.slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.#child?.kill(signal);
    return this.exit;
  }

  async remove(): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) await this.kill("SIGKILL");
    rmSync(this.cache, { recursive: true, force: true });
  }
}
