import { AppError } from "@/lib/core/errors";

/** Says what is wrong with the name of a model, or undefined. MLflow's rules, and no name that an address can't carry. */
export const findModelNameProblem = (name: string): string | undefined => {
  if (name.trim() === "") return "it is empty";
  if (name !== name.trim()) return "it begins or ends with a space";
  if (name.length > 250) return "it is longer than 250 characters";
  if (/[/:\\]/.test(name)) return "it holds a slash, a backslash or a colon";
  if (/\p{Cc}/u.test(name)) return "it holds a control character";
  if (name === "." || name === "..") return "it is a path";
  return undefined;
};

/** Says what is wrong with an alias, or undefined: letters, digits, `_` and `-`; not `latest`, not `v1`, which mean versions. */
export const findAliasProblem = (alias: string): string | undefined => {
  if (!/^[\p{L}\p{N}_-]{1,255}$/u.test(alias)) return "use 1 to 255 letters, digits, underscores and hyphens";
  if (alias.toLowerCase() === "latest") return '"latest" always means the newest version';
  if (/^v\d+$/i.test(alias)) return "a name such as v1 means a version";
  return undefined;
};

export const checkModelName = (name: string): string => {
  const problem = findModelNameProblem(name);
  if (problem !== undefined) throw new AppError("invalid", "model.bad_name", `The name "${name.slice(0, 80)}" can't be used: ${problem}.`, { invalidParams: [{ name: "name", reason: problem }] });
  return name;
};

export const checkAlias = (alias: string): string => {
  const problem = findAliasProblem(alias);
  if (problem !== undefined) throw new AppError("invalid", "alias.bad_name", `The alias "${alias.slice(0, 80)}" can't be used: ${problem}.`, { details: { alias: alias.slice(0, 255) }, invalidParams: [{ name: "alias", reason: problem }] });
  return alias;
};
