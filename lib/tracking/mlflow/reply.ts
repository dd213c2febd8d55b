import type { Body } from "@/lib/http/node-answer";

/** An answer that is not the usual JSON: a file, another status, a text. A stream is destroyed when the client goes away. */
export class Reply {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: Body,
  ) {}
}
