import { AppError } from "@/lib/core/errors";

import type { S3Settings } from "./env-s3";

type Told = { name: string; message: string; status: number | undefined; code: string };

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** What an error of the SDK tells: its other members may hold keys and signatures. */
const readError = (error: unknown): Told => {
  if (!(error instanceof Error)) return { name: "", message: String(error), status: undefined, code: "" };
  const metadata: unknown = "$metadata" in error ? error.$metadata : undefined;
  const status: unknown = metadata !== null && typeof metadata === "object" && "httpStatusCode" in metadata ? metadata.httpStatusCode : undefined;
  const code = "code" in error ? text(error.code) : "";
  return { name: error.name, message: error.message, status: typeof status === "number" ? status : undefined, code };
};

const missingNames = ["NoSuchKey", "NotFound", "NoSuchUpload"];
const refusedNames = ["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "CredentialsProviderError", "ExpiredTokenException", "UnrecognizedClientException", "XAdminUserNotFound"];

/** Tells an object or upload that is not there from a store that fails. A bucket that is not there is a failure. */
export const isMissing = (error: unknown): boolean => missingNames.includes(readError(error).name);

/** Turns what the store says into what the operator has to do. Neither message nor cause hold credentials. */
export const explainS3 = (settings: S3Settings, error: unknown): AppError => {
  if (error instanceof AppError) return error;
  const told = readError(error);
  const where = `The artifact store (bucket ${settings.bucket} at ${settings.endpoint ?? `AWS, region ${settings.region}`})`;
  const cause = new Error(`${told.name}: ${told.message}${told.status === undefined ? "" : ` (HTTP ${told.status})`}`);
  const unavailable = (sentence: string): AppError => new AppError("unavailable", "blob.store_unavailable", `${where} ${sentence}`, { cause });
  const is = (...names: string[]): boolean => names.includes(told.name);
  if (is("NoSuchUpload", "InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML") || told.status === 412) {
    return new AppError("invalid", "blob.bad_parts", `The parts don't make a file: ${told.message || told.name}. Upload it again; each part but the last needs at least 5 MiB.`, { cause });
  }
  if (is("NoSuchBucket")) return unavailable(`does not exist. Create the bucket, or correct SLIPWAY_ARTIFACT_ROOT.`);
  if (is("QuotaExceeded", "XMinioStorageFull") || told.status === 507) return new AppError("disk_full", "blob.disk_full", `${where} is full. Give it more space, then repeat the upload.`, { cause });
  if (is(...refusedNames)) {
    return unavailable(`refuses the credentials (${told.name}). Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the role of this machine.`);
  }
  if (is("AccessDenied", "Forbidden") || told.status === 403) return unavailable(`denies access (${told.name}). The credentials need to list the bucket and to read, write and delete its objects, parts of uploads included.`);
  if (is("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException") || told.status === 301) return unavailable(`is in another region than ${settings.region}. Set SLIPWAY_S3_REGION to the bucket's.`);
  if (["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "ECONNRESET", "EHOSTUNREACH"].includes(told.code) || is("TimeoutError")) return unavailable(`can't be reached (${told.code || told.name}). Check SLIPWAY_S3_ENDPOINT and the network.`);
  return unavailable(`fails: ${told.name}${told.status === undefined ? "" : ` (HTTP ${told.status})`}. See the log.`);
};
