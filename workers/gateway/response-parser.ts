/** Broken framing of an upstream's answer: the connection can't be trusted any more. */
export class FramingError extends Error {}

export type ResponseLimits = { maxHeadBytes: number; maxBodyBytes: number };
/** Header names in lower case, in the order received. */
export type UpstreamAnswer = { status: number; headers: [string, string][]; body: Buffer };

type Phase = "head" | "length" | "chunk-size" | "chunk-data" | "chunk-end" | "trailers" | "until-close" | "done";

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const headerLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;
const decimal = /^\d{1,15}$/;
const chunkSize = /^([0-9a-fA-F]{1,8})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const maxLineBytes = 4096;
const empty = Buffer.alloc(0);

/**
 * Reads HTTP/1.1 answers of one connection (RFC 9112), strictly: bare line feeds, folded headers, differing lengths and
 * bytes after the answer are errors. Feed it what arrives; it may come in pieces of any size.
 */
export class ResponseParser {
  private phase: Phase = "head";
  private rest: Buffer = empty;
  private parts: Buffer[] = [];
  private remaining = 0;
  private bodyBytes = 0;
  private headBytes = 0;
  private status = 0;
  private headers: [string, string][] = [];
  /** Whether any byte of the current answer arrived. */
  hasStarted = false;
  /** Whether the connection may carry another request after this answer. */
  keepsAlive = true;
  /** Seconds that the upstream promises to keep an idle connection, if it says. */
  keepAliveSeconds: number | undefined;

  constructor(private readonly limits: ResponseLimits) {}

  get isDone(): boolean {
    return this.phase === "done";
  }

  /** Prepares for the answer to the next request. */
  reset(): void {
    this.phase = "head";
    this.rest = empty;
    this.parts = [];
    this.bodyBytes = 0;
    this.headBytes = 0;
    this.headers = [];
    this.hasStarted = false;
    this.keepAliveSeconds = undefined;
  }

  /** Takes bytes; true when the answer is complete. Raises FramingError. */
  push(chunk: Buffer): boolean {
    this.hasStarted = true;
    let data = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    this.rest = empty;
    while (data.length > 0 || this.phase === "done") {
      if (this.phase === "done") {
        if (data.length > 0) throw new FramingError("bytes after the end of the answer");
        return true;
      }
      const used = this.step(data);
      if (used < 0) {
        this.rest = data;
        break;
      }
      data = data.subarray(used);
    }
    return this.isDone;
  }

  /** The connection was closed in order; true when that ends the answer. */
  end(): boolean {
    if (this.phase !== "until-close") return this.isDone;
    this.phase = "done";
    return true;
  }

  take(): UpstreamAnswer {
    const body = this.parts.length === 1 ? (this.parts[0] ?? empty) : Buffer.concat(this.parts, this.bodyBytes);
    return { status: this.status, headers: this.headers, body };
  }

  /** Uses some of `data` and returns how many bytes, or -1 when it needs more. */
  private step(data: Buffer): number {
    switch (this.phase) {
      case "head":
        return this.readHead(data);
      case "chunk-size":
        return this.readLine(data, (line) => this.startChunk(line));
      case "trailers":
        return this.readLine(data, (line) => this.readTrailer(line));
      case "chunk-end":
        if (data.length < 2) return -1;
        if (data[0] !== 13 || data[1] !== 10) throw new FramingError("a chunk is longer than its size");
        this.phase = "chunk-size";
        return 2;
      default:
        return this.readBody(data);
    }
  }

  private readBody(data: Buffer): number {
    const used = this.phase === "until-close" ? data.length : Math.min(data.length, this.remaining);
    this.bodyBytes += used;
    if (this.bodyBytes > this.limits.maxBodyBytes) throw new FramingError("the answer's body is too large");
    this.parts.push(used === data.length ? data : data.subarray(0, used));
    if (this.phase === "until-close") return used;
    this.remaining -= used;
    if (this.remaining === 0) this.phase = this.phase === "length" ? "done" : "chunk-end";
    return used;
  }

  private readLine(data: Buffer, take: (line: string) => void): number {
    const end = data.indexOf(10);
    if (end < 0 && data.length > maxLineBytes) throw new FramingError("a line of the chunked body is too long");
    if (end < 0) return -1;
    if (end === 0 || data[end - 1] !== 13) throw new FramingError("a bare line feed in the chunked body");
    take(data.toString("latin1", 0, end - 1));
    return end + 1;
  }

  private startChunk(line: string): void {
    const size = chunkSize.exec(line)?.[1];
    if (size === undefined) throw new FramingError("a chunk size that is not hexadecimal");
    this.remaining = parseInt(size, 16);
    this.phase = this.remaining === 0 ? "trailers" : "chunk-data";
    if (this.bodyBytes + this.remaining > this.limits.maxBodyBytes) throw new FramingError("the answer's body is too large");
  }

  private readTrailer(line: string): void {
    this.headBytes += line.length;
    if (this.headBytes > this.limits.maxHeadBytes) throw new FramingError("the trailers are too large");
    if (line === "") this.phase = "done";
    else if (!headerLine.test(line)) throw new FramingError("a malformed trailer");
  }

  private readHead(data: Buffer): number {
    const end = data.indexOf("\r\n\r\n");
    if (end > this.limits.maxHeadBytes || (end < 0 && data.length > this.limits.maxHeadBytes)) throw new FramingError("the answer's head is too large");
    if (end < 0) return -1;
    const lines = data.toString("latin1", 0, end).split("\r\n");
    const first = statusLine.exec(lines[0] ?? "");
    if (!first) throw new FramingError("not an HTTP/1.1 status line");
    this.headBytes = end;
    this.status = Number(first[2]);
    this.headers = [];
    for (let index = 1; index < lines.length; index += 1) {
      const match = headerLine.exec(lines[index] ?? "");
      if (!match) throw new FramingError("a malformed header line");
      this.headers.push([(match[1] ?? "").toLowerCase(), match[2] ?? ""]);
    }
    if (this.status === 101) throw new FramingError("an upgrade that nobody asked for");
    if (this.status >= 200) this.frameBody(first[1] === "1");
    return end + 4;
  }

  /** Decides how the body ends (RFC 9112, section 6.3). */
  private frameBody(isHttp11: boolean): void {
    let length: string | undefined;
    let coding: string | undefined;
    let connection = "";
    for (const [name, value] of this.headers) {
      if (name === "content-length") {
        if (!decimal.test(value) || (length !== undefined && length !== value)) throw new FramingError("a wrong or contradictory content length");
        length = value;
      } else if (name === "transfer-encoding") coding = coding === undefined ? value.toLowerCase() : `${coding},${value.toLowerCase()}`;
      else if (name === "connection") connection += `,${value.toLowerCase()}`;
      else if (name === "keep-alive") this.keepAliveSeconds = Number(/(?:^|[,\s])timeout=(\d{1,6})/i.exec(value)?.[1] ?? NaN) || undefined;
    }
    const options = connection === "" ? [] : connection.split(",").map((option) => option.trim());
    this.keepsAlive = isHttp11 ? !options.includes("close") : options.includes("keep-alive");
    if (this.status === 204 || this.status === 304) this.phase = "done";
    else if (coding !== undefined) {
      if (coding !== "chunked" || length !== undefined) throw new FramingError("a transfer coding that is not exactly chunked, or one beside a content length");
      this.phase = "chunk-size";
    } else if (length !== undefined) {
      this.remaining = Number(length);
      if (this.remaining > this.limits.maxBodyBytes) throw new FramingError("the answer's body is too large");
      this.phase = this.remaining === 0 ? "done" : "length";
    } else {
      this.keepsAlive = false;
      this.phase = "until-close";
    }
  }
}
