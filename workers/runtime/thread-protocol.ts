import type { ModelInterface, Tensor } from "./tensors";

/** What a model's thread is started with. */
export type ThreadStart = { path: string; threads: number };

export type ToThread = { kind: "run"; id: number; inputs: Tensor[] } | { kind: "end" };

export type FromThread =
  | { kind: "ready"; model: ModelInterface }
  | { kind: "refused"; message: string }
  | { kind: "done"; id: number; outputs: Tensor[] }
  | { kind: "failed"; id: number; message: string };
