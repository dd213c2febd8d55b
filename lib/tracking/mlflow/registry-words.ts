import { type AppError, isAppError } from "@/lib/core/errors";

import { exists, invalid, missing } from "../errors";
import type { Endpoint } from "./endpoint";

/** The same failure in the words that MLflow's registry uses, which people search for and some programs compare. */
const inMlflowWords = (error: AppError): AppError => {
  const { model, version, alias, isPrompt } = error.details;
  switch (error.code) {
    case "model.exists": return exists(`${isPrompt === true ? "Prompt" : "Registered Model"} (name=${String(model)}) already exists.`);
    case "model.not_found": return missing(`Registered Model with name=${String(model)} not found`);
    case "version.not_found": return missing(`Model Version (name=${String(model)}, version=${String(version)}) not found`);
    case "alias.bad_name": {
      const name = String(alias);
      if (name.toLowerCase() === "latest") return invalid("'latest' alias name (case insensitive) is reserved.");
      if (/^v\d+$/i.test(name)) return invalid(`Version alias name '${name}' is reserved.`);
      return invalid(`Invalid alias name: '${name.slice(0, 80)}'. Names may only contain alphanumerics, underscores (_), and dashes (-), at most 255.`);
    }
    default: return error;
  }
};

export const speakMlflow = (endpoint: Endpoint): Endpoint => ({
  ...endpoint,
  handle: async (ctx, input, call) => {
    try {
      return await endpoint.handle(ctx, input, call);
    } catch (error) {
      throw isAppError(error) ? inMlflowWords(error) : error;
    }
  },
});
