import { type Caller, createWorkspace, deleteWorkspace, getWorkspace, listWorkspaces, updateWorkspace } from "@/lib/identity/server";
import type { WorkspaceView } from "@/lib/identity";

import { invalid, mlflowError } from "../errors";
import type { Endpoint } from "./endpoint";
import type { Input } from "./input";
import { compact, writeJson } from "./output";
import { Reply } from "./reply";

/** A call about workspaces themselves: it happens in none of them. */
export type PersonEndpoint = Pick<Endpoint, "methods" | "path" | "major"> & { handle: (caller: Caller, input: Input) => Promise<unknown> };

const call = (method: string, path: string, handle: PersonEndpoint["handle"]): PersonEndpoint => ({ methods: [method], path, major: 3, handle });
const entity = ({ name, description }: WorkspaceView) => compact({ name, description });
const answer = (view: WorkspaceView) => ({ workspace: entity(view) });

const modes = ["RESTRICT", "CASCADE", "SET_DEFAULT"] as const;
const maxDescription = 2_000;

/** What MLflow can set and Slipway can't: said plainly, because a client would count on it. */
const refuseLocations = (input: Input): void => {
  const archival = input.child("trace_archival_config");
  if (input.text("default_artifact_root") || archival.text("location") || archival.text("retention")) throw invalid("A workspace's artifacts and traces are kept where the installation keeps them: leave out default_artifact_root and trace_archival_config.");
};

const descriptionOf = (input: Input): string | undefined => {
  const text = input.text("description");
  if ((text?.length ?? 0) > maxDescription) throw invalid(`The description has ${text?.length ?? 0} characters, at most ${maxDescription} are allowed.`);
  return text;
};

export const workspaceEndpoints: readonly PersonEndpoint[] = [
  call("GET", "mlflow/workspaces", async (caller) => compact({ workspaces: (await listWorkspaces(caller)).map(entity) })),
  call("POST", "mlflow/workspaces", async (caller, input) => {
    refuseLocations(input);
    const made = await createWorkspace(caller, { name: input.need("name"), description: descriptionOf(input) });
    return new Reply(201, { "content-type": "application/json" }, writeJson(answer(made)));
  }),
  call("GET", "mlflow/workspaces/{workspace_name}", async (caller, input) => answer(await getWorkspace(caller, input.need("workspace_name")))),
  call("PATCH", "mlflow/workspaces/{workspace_name}", async (caller, input) => {
    refuseLocations(input);
    const description = descriptionOf(input);
    if (description === undefined) throw invalid("Workspace update must have at least one key");
    return answer(await updateWorkspace(caller, input.need("workspace_name"), { description }));
  }),
  call("DELETE", "mlflow/workspaces/{workspace_name}", async (caller, input) => {
    const given = input.text("mode") ?? "RESTRICT";
    const mode = modes.find((candidate) => candidate === given);
    if (!mode) throw invalid(`Invalid deletion mode '${given.slice(0, 40)}'. Must be one of: ${modes.join(", ")}`);
    if (mode !== "RESTRICT") throw mlflowError("invalid", "INVALID_PARAMETER_VALUE", `Slipway deletes only empty workspaces (mode RESTRICT), not with ${mode}: what was approved and released stays on the record. Move or delete what the workspace holds first.`);
    await deleteWorkspace(caller, input.need("workspace_name"));
    return new Reply(204, {}, undefined);
  }),
];
