import type { ModelInterface, Tensor } from "./tensors";

/** What a model's thread is started with. */
export type ThreadStart = { path: string; threads: number };

export type ToThread = { id: number; inputs: Tensor[] };

export type FromThread =
  | { kind: "ready"; model: ModelInterface }
  | { kind: "refused"; message: string }
  | { kind: "done"; id: number; outputs: Tensor[] }
  | { kind: "failed"; id: number; message: string };
