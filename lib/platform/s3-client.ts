import { Readable } from "node:stream";

import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CopyObjectCommand, CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListMultipartUploadsCommand,
  ListObjectsV2Command, ListPartsCommand, PutObjectCommand, S3Client, UploadPartCommand, UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

import type { SentPart } from "./blobs";
import type { S3Settings } from "./env-s3";
import { explainS3, isMissing } from "./s3-errors";

export type S3Object = { key: string; size: number; modifiedAt: Date };

/** CopyObject takes at most 5 GB; larger objects are copied in parts of this size. */
const copyPartBytes = 1 << 30;
const maxCopyBytes = 5_000_000_000;
const uploadUrlSeconds = 24 * 3_600;
const downloadUrlSeconds = 3_600;

const openSdk = (settings: S3Settings, endpoint: string | undefined): S3Client =>
  new S3Client({
    region: settings.region,
    forcePathStyle: settings.isPathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(settings.credentials && { credentials: { accessKeyId: settings.credentials.accessKeyId, secretAccessKey: settings.credentials.secretAccessKey, ...(settings.credentials.sessionToken !== undefined && { sessionToken: settings.credentials.sessionToken }) } }),
    // Many stores behind this protocol know no trailing checksums; every body is signed with its SHA-256 anyway.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: 5_000, httpAgent: { maxSockets: 64 }, httpsAgent: { maxSockets: 64 } },
    maxAttempts: 4,
  });

/** The calls of one bucket that the artifact store is made of. Keys are whole; failures are AppErrors that hold no secret. */
export const openS3 = (settings: S3Settings) => {
  const client = openSdk(settings, settings.endpoint);
  const outside = settings.publicEndpoint === settings.endpoint ? client : openSdk(settings, settings.publicEndpoint);
  const Bucket = settings.bucket;
  const sourceOf = (key: string): string => `${Bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
  const calling = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw explainS3(settings, error);
    }
  };
  const unlessMissing = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw explainS3(settings, error);
    }
  };
  const begin = async (key: string): Promise<string> => {
    const { UploadId } = await calling(client.send(new CreateMultipartUploadCommand({ Bucket, Key: key, ContentType: "application/octet-stream" })));
    if (UploadId === undefined) throw explainS3(settings, new Error("the store began an upload without naming it"));
    return UploadId;
  };
  const complete = async (key: string, uploadId: string, parts: readonly SentPart[]): Promise<void> => {
    await calling(client.send(new CompleteMultipartUploadCommand({ Bucket, Key: key, UploadId: uploadId, MultipartUpload: { Parts: parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag })) } })));
  };
  const abort = async (key: string, uploadId: string): Promise<void> => {
    await unlessMissing(client.send(new AbortMultipartUploadCommand({ Bucket, Key: key, UploadId: uploadId })));
  };
  const copyInParts = async (from: string, to: string, size: number, etag: string): Promise<void> => {
    const uploadId = await begin(to);
    try {
      const parts: SentPart[] = [];
      for (let start = 0, partNumber = 1; start < size; start += copyPartBytes, partNumber += 1) {
        const { CopyPartResult } = await calling(client.send(new UploadPartCopyCommand({ Bucket, Key: to, UploadId: uploadId, PartNumber: partNumber, CopySource: sourceOf(from), CopySourceIfMatch: etag, CopySourceRange: `bytes=${start}-${Math.min(start + copyPartBytes, size) - 1}` })));
        parts.push({ partNumber, etag: CopyPartResult?.ETag ?? "" });
      }
      await complete(to, uploadId, parts);
    } catch (error) {
      await abort(to, uploadId);
      throw error;
    }
  };

  return {
    begin,
    complete,
    abort,
    put: async (key: string, body: Uint8Array): Promise<void> => {
      await calling(client.send(new PutObjectCommand({ Bucket, Key: key, Body: body, ContentLength: body.byteLength, ContentType: "application/octet-stream" })));
    },
    putPart: async (key: string, uploadId: string, partNumber: number, body: Uint8Array): Promise<SentPart> => {
      const { ETag } = await calling(client.send(new UploadPartCommand({ Bucket, Key: key, UploadId: uploadId, PartNumber: partNumber, Body: body, ContentLength: body.byteLength })));
      return { partNumber, etag: ETag ?? "" };
    },
    /** Opens an object; undefined when it is not there. */
    open: async (key: string, range?: { start: number; end?: number }): Promise<{ stream: Readable; etag: string } | undefined> => {
      const found = await unlessMissing(client.send(new GetObjectCommand({ Bucket, Key: key, ...(range && { Range: `bytes=${range.start}-${range.end ?? ""}` }) })));
      if (!found) return undefined;
      if (!(found.Body instanceof Readable)) throw explainS3(settings, new Error("the store answered without a body"));
      return { stream: found.Body, etag: found.ETag ?? "" };
    },
    head: async (key: string): Promise<S3Object | undefined> => {
      const found = await unlessMissing(client.send(new HeadObjectCommand({ Bucket, Key: key })));
      return found && { key, size: found.ContentLength ?? 0, modifiedAt: found.LastModified ?? new Date() };
    },
    remove: async (key: string): Promise<void> => {
      await unlessMissing(client.send(new DeleteObjectCommand({ Bucket, Key: key })));
    },
    /** Copies inside the bucket, if the source is still the one with this entity tag. */
    copy: async (from: string, to: string, size: number, etag: string): Promise<void> => {
      if (size > maxCopyBytes) await copyInParts(from, to, size, etag);
      else await calling(client.send(new CopyObjectCommand({ Bucket, Key: to, CopySource: sourceOf(from), CopySourceIfMatch: etag })));
    },
    list: async function* (prefix: string, after?: string): AsyncGenerator<S3Object> {
      let token: string | undefined;
      do {
        const page = await calling(client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix, ...(after !== undefined && { StartAfter: after }), ...(token !== undefined && { ContinuationToken: token }) })));
        for (const { Key, Size, LastModified } of page.Contents ?? []) if (Key !== undefined) yield { key: Key, size: Size ?? 0, modifiedAt: LastModified ?? new Date() };
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },
    /** Uploads in parts that were begun and neither completed nor aborted. */
    listUploads: async (prefix: string): Promise<{ key: string; uploadId: string; begunAt: Date }[]> => {
      const page = await calling(client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: prefix, MaxUploads: 1_000 })));
      return (page.Uploads ?? []).flatMap(({ Key, UploadId, Initiated }) => (Key === undefined || UploadId === undefined ? [] : [{ key: Key, uploadId: UploadId, begunAt: Initiated ?? new Date() }]));
    },
    /** Bytes and number of the parts of an upload; undefined when there is no such upload. */
    measureParts: async (key: string, uploadId: string): Promise<{ bytes: number; parts: number } | undefined> => {
      const sum = { bytes: 0, parts: 0 };
      let marker: string | undefined;
      do {
        const page = await unlessMissing(client.send(new ListPartsCommand({ Bucket, Key: key, UploadId: uploadId, ...(marker !== undefined && { PartNumberMarker: marker }) })));
        if (!page) return undefined;
        for (const { Size } of page.Parts ?? []) {
          sum.bytes += Size ?? 0;
          sum.parts += 1;
        }
        marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
      } while (marker !== undefined);
      return sum;
    },
    signPart: (key: string, uploadId: string, partNumber: number): Promise<string> =>
      calling(getSignedUrl(outside, new UploadPartCommand({ Bucket, Key: key, UploadId: uploadId, PartNumber: partNumber }), { expiresIn: uploadUrlSeconds })),
    signGet: (key: string, fileName: string): Promise<string> =>
      calling(getSignedUrl(outside, new GetObjectCommand({ Bucket, Key: key, ResponseContentType: "application/octet-stream", ResponseContentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}` }), { expiresIn: downloadUrlSeconds })),
  };
};

export type S3 = ReturnType<typeof openS3>;
