import type { KeyValueView } from "@/lib/tracking";

export type RunSource = { name: string | undefined; commit: string | undefined; commitHref: string | undefined };

/** Web address of a git remote on the hosts whose addresses we know; undefined for others. */
const repositoryHref = (remote: string | undefined): string | undefined => {
  const [, host, path] = /^(?:https:\/\/(?:[^@/]+@)?|git@|ssh:\/\/git@)(github\.com|gitlab\.com|bitbucket\.org)[/:]([\w.-]+\/[\w./-]+?)(?:\.git)?\/?$/.exec(remote ?? "") ?? [];
  return host === undefined || path === undefined ? undefined : `https://${host}/${path}`;
};

/** Where the code of a run was, by the tags that MLflow's client sets. */
export const sourceOf = (tags: readonly KeyValueView[]): RunSource => {
  const tagOf = (key: string): string | undefined => tags.find((tag) => tag.key === key)?.value || undefined;
  const name = tagOf("mlflow.source.name");
  const commit = tagOf("mlflow.source.git.commit");
  const repository = repositoryHref(tagOf("mlflow.source.git.repoURL"));
  return {
    name: name === undefined ? undefined : name.slice(name.lastIndexOf("/") + 1) || name,
    commit,
    commitHref: repository === undefined || commit === undefined ? undefined : `${repository}/commit/${commit}`,
  };
};
