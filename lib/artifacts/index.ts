export { operations, uploadBlobOperation } from "./operations";
export { manifestFileSchema, sha256Schema, uploadedBlobSchema, type UploadedBlob } from "./schema";
export { findPathProblem } from "./paths";
