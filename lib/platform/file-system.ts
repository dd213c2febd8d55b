/** Whether the operating system answered with one of these codes. */
export const hasCode = (error: unknown, ...codes: string[]): boolean => error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code);

/** What `work` gives, or `otherwise` where the file or a folder above it is not there. */
export const unlessMissing = async <T>(work: Promise<T>, otherwise: T): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return otherwise;
    throw error;
  }
};
