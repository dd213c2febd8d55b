import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";

import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";

import { findFreePort } from "@/lib/platform/postgres";

/** Versity's gateway: a whole S3 server over a folder, with multipart uploads, presigned addresses and checked signatures. */
const source = { module: "github.com/versity/versitygw/cmd/versitygw", version: "v1.8.0" };
const folder = path.resolve("node_modules/.cache/slipway-s3", source.version);
const binary = path.join(folder, "versitygw");

const findGo = (): string | undefined =>
  [...(process.env["PATH"] ?? "").split(path.delimiter), "/usr/local/go/bin", path.join(homedir(), "go/bin")].map((place) => path.join(place, "go")).find((file) => existsSync(file));

/** Builds the server from the Go module proxy unless an earlier run has. Raises what to install when that can't be done. */
const installS3Server = (): void => {
  if (existsSync(binary)) return;
  const go = findGo();
  if (!go) throw new Error("The S3 server of these tests is built with Go, which is not on the PATH: install Go 1.25 or newer.");
  mkdirSync(folder, { recursive: true });
  execFileSync(go, ["install", `${source.module}@${source.version}`], { env: { ...process.env, GOBIN: folder, CGO_ENABLED: "0" }, stdio: ["ignore", "ignore", "pipe"], timeout: 900_000 });
};

/** True where the server can be had. In CI that is everywhere: a missing Go fails there instead of skipping. */
export const canServeS3 = (): boolean => existsSync(binary) || findGo() !== undefined || process.env["CI"] !== undefined;

export type S3Server = {
  endpoint: string;
  /** Variables of a Slipway process that stores its artifacts here. */
  variables: Record<string, string>;
  newBucket: (name: string) => Promise<void>;
  stop: () => Promise<void>;
};

export const s3Keys = { accessKeyId: "slipway-test-access", secretAccessKey: "slipway-test-secret-0123456789" };

const waitUntilUp = async (endpoint: string, child: ChildProcess, told: () => string): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the S3 server ended:\n${told()}`);
    const isUp = await fetch(endpoint).then(() => true, () => false);
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the S3 server does not answer:\n${told()}`);
};

/** Starts a real S3 server with the bucket `slipway` on a free port; it ends with `stop`. */
export const startS3Server = async (): Promise<S3Server> => {
  installS3Server();
  const home = mkdtempSync(path.join(tmpdir(), "slipway-s3-"));
  for (const name of ["data", "meta"]) mkdirSync(path.join(home, name));
  const port = await findFreePort();
  const endpoint = `http://127.0.0.1:${port}`;
  let output = "";
  const child = spawn(binary, ["--port", `127.0.0.1:${port}`, "--quiet", "--keep-alive", "posix", "--sidecar", path.join(home, "meta"), path.join(home, "data")], {
    env: { PATH: process.env["PATH"], NODE_ENV: "test", HOME: home, ROOT_ACCESS_KEY: s3Keys.accessKeyId, ROOT_SECRET_KEY: s3Keys.secretAccessKey },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  await waitUntilUp(endpoint, child, () => output);
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials: s3Keys });
  const newBucket = async (name: string): Promise<void> => {
    await client.send(new CreateBucketCommand({ Bucket: name }));
  };
  await newBucket("slipway");
  return {
    endpoint,
    variables: { SLIPWAY_ARTIFACT_ROOT: "s3://slipway/artifacts", SLIPWAY_S3_ENDPOINT: endpoint, AWS_ACCESS_KEY_ID: s3Keys.accessKeyId, AWS_SECRET_ACCESS_KEY: s3Keys.secretAccessKey },
    newBucket,
    stop: async () => {
      client.destroy();
      process.off("exit", end);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), 3_000);
      await ended;
      clearTimeout(force);
      rmSync(home, { recursive: true, force: true });
    },
  };
};
