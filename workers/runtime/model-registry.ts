import { AppError, isAppError, messageOf } from "@/lib/core/errors";

import type { BlobCache } from "./blob-cache";
import type { BlobSource, LoadConfig, ModelFiles } from "./load-config";
import { type HostOptions, type HostState, type HostTools, ModelHost } from "./model-host";
import type { SavedModel, StateFile } from "./state-file";

export type ModelStatus = { name: string; state: HostState; reason: string };

type Entry = { files: ModelFiles; host: ModelHost | undefined; loading: Promise<void> | undefined; failure: string; unfinishedLoads: number };

const maxUnfinishedLoads = 3;
const maxRemembered = 1_000;

/** All models of the runtime: loads, unloads and reloads them, one change of one model at a time. */
export class ModelRegistry {
  #entries = new Map<string, Entry>();
  #unloading = new Map<string, Promise<void>>();
  /** Models of the last run whose turn to be reloaded has not come. */
  #toReload: SavedModel[] = [];
  #cache: BlobCache;
  #state: StateFile;
  #options: HostOptions;
  #tools: HostTools;

  constructor(cache: BlobCache, state: StateFile, options: HostOptions, tools: HostTools) {
    this.#cache = cache;
    this.#state = state;
    this.#options = options;
    this.#tools = tools;
  }

  /** The host of a loaded model; raises not_found, or unavailable while it is loading or when loading failed. */
  host(name: string): ModelHost {
    const entry = this.#entries.get(name);
    if (!entry) throw missing(name);
    if (entry.host && !entry.loading) return entry.host;
    const why = entry.loading ? "is loading; try again shortly." : `could not be loaded: ${entry.failure}`;
    throw new AppError("unavailable", "runtime.not_ready", `Model ${name} ${why}`, { retryAfterSeconds: 1 });
  }

  /** The state of one model; raises not_found. */
  status(name: string): ModelStatus {
    const entry = this.#entries.get(name);
    if (!entry) throw missing(name);
    return describe(name, entry);
  }

  list(): ModelStatus[] {
    return [...this.#entries].map(([name, entry]) => describe(name, entry));
  }

  waiting(): number {
    let waiting = 0;
    for (const entry of this.#entries.values()) waiting += entry.host?.waiting ?? 0;
    return waiting;
  }

  /** Loads a model. A second load joins the first, or finds it done; raises conflict when it is loaded with other files. */
  async load(name: string, { files, source }: LoadConfig): Promise<void> {
    await this.#unloading.get(name);
    const entry = this.#entries.get(name);
    if (entry?.loading || entry?.host) {
      if (!isSame(entry.files, files)) throw new AppError("conflict", "runtime.other_files", `Model ${name} is loaded with other files; unload it first.`);
      if (entry.loading) return entry.loading;
      if (entry.host?.state !== "UNAVAILABLE") return;
      await this.unload(name);
    }
    if (!entry && this.#entries.size >= maxRemembered) throw new AppError("unavailable", "runtime.too_many_models", `The runtime holds ${this.#entries.size} models; unload some first.`);
    return this.#begin(name, files, source, 0);
  }

  /** Loads what was loaded when the process ended last, from the cache alone. Failures are states of the models, not errors. */
  async reload(): Promise<void> {
    this.#toReload = await this.#state.read();
    for (let next = this.#toReload[0]; next; next = this.#toReload[0]) {
      const { name, files, unfinishedLoads } = next;
      this.#toReload.shift();
      if (this.#entries.has(name)) continue;
      if (unfinishedLoads >= maxUnfinishedLoads) {
        const failure = `Loading it ended the runtime ${unfinishedLoads} times; it is left out until it is loaded by hand.`;
        this.#entries.set(name, { files, host: undefined, loading: undefined, failure, unfinishedLoads });
        this.#tools.log.error({ model: name }, failure);
        continue;
      }
      await this.#begin(name, files, undefined, unfinishedLoads + 1).catch((error: unknown) => this.#tools.log.error({ model: name, error: messageOf(error) }, "model could not be reloaded"));
    }
  }

  /** Takes a model out: no new requests, those under way are answered, then its thread and folder go. Unknown names are already out. */
  async unload(name: string): Promise<void> {
    const unloading = this.#unloading.get(name);
    if (unloading) return unloading;
    const entry = this.#entries.get(name);
    if (!entry) return;
    const work = this.#takeOut(name, entry).finally(() => this.#unloading.delete(name));
    this.#unloading.set(name, work);
    return work;
  }

  /** Answers what is under way and ends all threads; the state file keeps the models for the next start. */
  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].flatMap((entry) => entry.host?.stop() ?? []));
  }

  #begin(name: string, files: ModelFiles, source: BlobSource | undefined, unfinishedLoads: number): Promise<void> {
    const entry: Entry = { files, host: undefined, loading: undefined, failure: "", unfinishedLoads };
    this.#entries.set(name, entry);
    const work = this.#open(name, entry, source).finally(() => {
      entry.loading = undefined;
    });
    entry.loading = work;
    return work;
  }

  async #open(name: string, entry: Entry, source: BlobSource | undefined): Promise<void> {
    const startedAtMs = performance.now();
    this.#cache.pin(entry.files);
    try {
      await this.#cache.provide(entry.files, source);
      await this.#cache.takeDown(name);
      const path = await this.#cache.layOut(name, entry.files);
      await this.#save();
      const host = new ModelHost(name, path, this.#options, this.#tools);
      await host.start();
      entry.host = host;
      entry.unfinishedLoads = 0;
      await this.#save();
      this.#tools.log.info({ model: name, files: entry.files.manifest.length, isBatchable: host.isBatchable, durationMs: Math.round(performance.now() - startedAtMs) }, "model loaded");
    } catch (error) {
      entry.failure = messageOf(error);
      this.#cache.unpin(entry.files);
      await this.#cache.takeDown(name);
      entry.unfinishedLoads = 0;
      await this.#save();
      throw isAppError(error) ? error : new AppError("internal", "runtime.load_failed", `Model ${name} could not be loaded: ${messageOf(error)}`, { cause: error });
    } finally {
      this.#tools.metrics.cacheBytes.set(await this.#cache.evict());
    }
  }

  async #takeOut(name: string, entry: Entry): Promise<void> {
    // A load under way is waited for; its failure is the loader's to report, there is then nothing to take out.
    await entry.loading?.catch((error: unknown) => this.#tools.log.debug({ model: name, error: messageOf(error) }, "load failed before unload"));
    if (entry.host) {
      await entry.host.stop();
      this.#cache.unpin(entry.files);
      await this.#cache.takeDown(name);
    }
    if (this.#entries.get(name) === entry) this.#entries.delete(name);
    this.#tools.metrics.forget(name);
    await this.#save();
    this.#tools.metrics.cacheBytes.set(await this.#cache.evict());
    this.#tools.log.info({ model: name }, "model unloaded");
  }

  /** Saves what is loaded or being loaded; a model whose load failed is not tried again at the next start. */
  #save(): Promise<void> {
    const models = [...this.#entries].flatMap(([name, entry]) => (entry.host || (entry.loading && entry.failure === "") ? [{ name, files: entry.files, unfinishedLoads: entry.unfinishedLoads }] : []));
    return this.#state.write([...models, ...this.#toReload.filter(({ name }) => !this.#entries.has(name))]);
  }
}

const missing = (name: string): AppError => new AppError("not_found", "runtime.model_not_found", `There is no model "${name.slice(0, 80)}" here; load it first.`);

const describe = (name: string, { loading, host, failure }: Entry): ModelStatus => {
  if (loading) return { name, state: "LOADING", reason: "" };
  return host ? { name, state: host.state, reason: host.reason } : { name, state: "UNAVAILABLE", reason: failure };
};

const isSame = (a: ModelFiles, b: ModelFiles): boolean => {
  const key = ({ manifest, main }: ModelFiles): string => JSON.stringify([main, manifest.map(({ path, sha256 }) => [path, sha256]).sort()]);
  return key(a) === key(b);
};
