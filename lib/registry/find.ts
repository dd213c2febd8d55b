import { AppError } from "@/lib/core/errors";
import type { SqlTx } from "@/lib/platform/db";

import { findModel, type FoundModel } from "./store-models";
import { findVersionRow, type VersionRow } from "./store-versions";

export const unknownModel = (name: string): AppError => new AppError("not_found", "model.not_found", `There is no model "${name.slice(0, 250)}" in this workspace.`, { details: { model: name.slice(0, 250) } });

export const needModel = async (tx: SqlTx, workspaceId: string, name: string): Promise<FoundModel> => {
  const model = await findModel(tx, workspaceId, name);
  if (!model) throw unknownModel(name);
  return model;
};

const maxNumber = 2 ** 31 - 1;

export const needVersion = async (tx: SqlTx, workspaceId: string, model: string, number: number): Promise<VersionRow> => {
  const version = Number.isSafeInteger(number) && number > 0 && number <= maxNumber ? await findVersionRow(tx, workspaceId, model, number) : undefined;
  if (!version) throw new AppError("not_found", "version.not_found", `There is no version ${number} of the model "${model.slice(0, 250)}" in this workspace.`, { details: { model: model.slice(0, 250), version: number } });
  return version;
};
