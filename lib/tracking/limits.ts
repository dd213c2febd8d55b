import { AppError } from "@/lib/core/errors";

const invalid = (message: string): AppError => new AppError("invalid", "tracking.invalid", message);

const keyPattern = /^[/\p{L}\p{N}_.\- :]*$/u;

/** MLflow's rule for names of metrics, params and tags of runs: characters, length, and a path that is in its normal form. */
export const checkKey = (key: string, what: "metric" | "param" | "tag", maxLength = 250): string => {
  const plain = key.split("/");
  const isPath = !key.startsWith("/") && !plain.includes("..") && !plain.includes(".") && !plain.includes("");
  if (key.length > maxLength) throw invalid(`Invalid value for parameter 'key': the name of a ${what} has ${key.length} characters, at most ${maxLength} are allowed.`);
  if (!keyPattern.test(key) || !isPath) throw invalid(`Invalid ${what} name: '${key.slice(0, 250)}'. Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colons (:) and slashes (/), and must be a path in its normal form.`);
  return key;
};

/** Values beyond the limit are cut, as MLflow does by default. */
export const cutValue = (value: string, maxLength: number): string => (value.length > maxLength ? value.slice(0, maxLength) : value);

export const maxParamValue = 6_000;
export const maxTagValue = 8_000;
export const batchLimits = { metrics: 1_000, params: 100, tags: 100, total: 1_000, bytes: 1_000_000 } as const;
