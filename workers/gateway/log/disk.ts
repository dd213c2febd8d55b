import { statfs } from "node:fs/promises";

/** Below these shares of free disk the log gives way: bodies first, then rows. */
const bodiesNeed = 0.1;
const rowsNeed = 0.05;

export type DiskState = { freeRatio: number; allowsBodies: boolean; allowsRows: boolean };

/** What the log may use of a disk with this share free. */
export const diskState = (freeRatio: number): DiskState => ({ freeRatio, allowsBodies: freeRatio >= bodiesNeed, allowsRows: freeRatio >= rowsNeed });

/** Share of the file system that holds `folder` which is free to us. */
export const readFreeRatio = async (folder: string): Promise<number> => {
  const { bavail, blocks } = await statfs(folder);
  return blocks > 0 ? bavail / blocks : 1;
};
