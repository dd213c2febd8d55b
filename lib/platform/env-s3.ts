import { z } from "zod";

import { AppError } from "@/lib/core/errors";

/** Variables of an artifact store behind the S3 protocol; the AWS_* ones are those of every AWS tool. */
export const s3Variables = {
  SLIPWAY_S3_ENDPOINT: z.string().regex(/^https?:\/\//).optional(),
  SLIPWAY_S3_PUBLIC_ENDPOINT: z.string().regex(/^https?:\/\//).optional(),
  SLIPWAY_S3_REGION: z.string().optional(),
  SLIPWAY_S3_PATH_STYLE: z.enum(["true", "false"]).optional(),
  AWS_ENDPOINT_URL_S3: z.string().regex(/^https?:\/\//).optional(),
  AWS_ENDPOINT_URL: z.string().regex(/^https?:\/\//).optional(),
  AWS_REGION: z.string().optional(),
  AWS_DEFAULT_REGION: z.string().optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
};

type Raw = { [Name in keyof typeof s3Variables]?: string | undefined };

/** Where the artifacts of an `s3://bucket/prefix` root are, and how they are reached. */
export type S3Settings = {
  bucket: string;
  /** Empty, or with a slash at its end. */
  prefix: string;
  /** Undefined: AWS itself. */
  endpoint: string | undefined;
  /** Where clients reach the same store, for presigned addresses. */
  publicEndpoint: string | undefined;
  region: string;
  isPathStyle: boolean;
  /** Undefined: what the machine offers (profile, web identity, instance role). */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string | undefined } | undefined;
};

/** Reads the settings of an object store; undefined when the root is a folder. Raises invalid for a root that names none. */
export const readS3Settings = (artifactRoot: string | undefined, raw: Raw): S3Settings | undefined => {
  const scheme = /^([a-z][a-z0-9+]+):\/\//i.exec(artifactRoot ?? "")?.[1]?.toLowerCase();
  if (artifactRoot === undefined || scheme === undefined) return undefined;
  const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(artifactRoot) ?? [];
  if (bucket === undefined) throw new AppError("invalid", "env.invalid", `SLIPWAY_ARTIFACT_ROOT is "${artifactRoot}". Set it to a folder, or to s3://bucket or s3://bucket/prefix (bucket names are 3 to 63 lower-case letters, digits, dots and hyphens).`);
  if ((raw.AWS_ACCESS_KEY_ID === undefined) !== (raw.AWS_SECRET_ACCESS_KEY === undefined)) {
    throw new AppError("invalid", "env.invalid", `${raw.AWS_ACCESS_KEY_ID === undefined ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"} is not set, but its twin is. Set both, or neither to use the role of this machine.`);
  }
  const endpoint = raw.SLIPWAY_S3_ENDPOINT ?? raw.AWS_ENDPOINT_URL_S3 ?? raw.AWS_ENDPOINT_URL;
  const trimmed = prefix.replace(/^\/+|\/+$/g, "");
  return {
    bucket,
    prefix: trimmed === "" ? "" : `${trimmed}/`,
    endpoint,
    publicEndpoint: raw.SLIPWAY_S3_PUBLIC_ENDPOINT ?? endpoint,
    region: raw.SLIPWAY_S3_REGION ?? raw.AWS_REGION ?? raw.AWS_DEFAULT_REGION ?? "us-east-1",
    isPathStyle: raw.SLIPWAY_S3_PATH_STYLE === undefined ? endpoint !== undefined : raw.SLIPWAY_S3_PATH_STYLE === "true",
    credentials: raw.AWS_ACCESS_KEY_ID === undefined || raw.AWS_SECRET_ACCESS_KEY === undefined ? undefined : { accessKeyId: raw.AWS_ACCESS_KEY_ID, secretAccessKey: raw.AWS_SECRET_ACCESS_KEY, sessionToken: raw.AWS_SESSION_TOKEN },
  };
};
