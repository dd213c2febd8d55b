const types: Record<string, string> = {
  csv: "text/csv",
  gif: "image/gif",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  md: "text/markdown",
  mlmodel: "text/plain",
  onnx: "application/octet-stream",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  yaml: "text/plain",
  yml: "text/plain",
};

/** Guesses the media type of a file by its name; unknown ones are bytes. */
export const mediaTypeOf = (path: string): string => types[path.slice(Math.max(path.lastIndexOf("."), path.lastIndexOf("/")) + 1).toLowerCase()] ?? "application/octet-stream";
