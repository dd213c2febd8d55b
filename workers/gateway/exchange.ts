/** One request and its answer, whatever reads and writes the socket: the gateway's logic knows nothing else of HTTP. */
export type Exchange = {
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly target: string;
  readonly isLoopback: boolean;
  /** Value of a header by its lower-case name. */
  header: (name: string) => string | undefined;
  /** Reads the whole body; raises BodyTooLarge beyond `maxBytes` and ClientGone when the client leaves first. */
  readBody: (maxBytes: number) => Promise<Buffer>;
  /** Sends the answer; does nothing when the client is gone. `headers` are names and values in turn. */
  respond: (status: number, headers: string[], body: Buffer | string) => void;
  /** Calls `listener` when the client leaves before the answer was sent. */
  onAbort: (listener: () => void) => void;
};

export class BodyTooLarge extends Error {}
export class ClientGone extends Error {}
