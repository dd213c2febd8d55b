export { getStorageOp, operations } from "./operations";
export type { StorageView } from "./schema";
