"use client";

import { useRef, useState } from "react";
import type { UploadedBlob } from "@/lib/artifacts";
import { api, apiPath, isApiProblem, newIdempotencyKey, upload } from "@/lib/http/api-client";
import type { Model, Version } from "@/lib/registry";

export type RegisterInput = { model: string; isNewModel: boolean; files: File[]; description: string; featureNames: string[]; sensitive: string[] };

/** Steps of a registration as the dialog shows them. */
export type RegisterProgress = { step: "idle" } | { step: "uploading"; file: string; share: number } | { step: "registering" };

const withoutEmpty = ({ description, featureNames, sensitive }: RegisterInput) => ({
  ...(description.trim() === "" ? {} : { description: description.trim() }),
  ...(featureNames.length === 0 ? {} : { featureNames }),
  ...(sensitive.length === 0 ? {} : { sensitive }),
});

/** Uploads the files one after another, makes the model if it is new, and registers the version. A repeated attempt makes no second one. */
export const useRegister = (workspace: string) => {
  const [progress, setProgress] = useState<RegisterProgress>({ step: "idle" });
  const stop = useRef<AbortController | undefined>(undefined);

  const register = async (input: RegisterInput): Promise<Version> => {
    const controller = new AbortController();
    stop.current = controller;
    const idempotencyKey = newIdempotencyKey();
    const total = Math.max(1, input.files.reduce((sum, file) => sum + file.size, 0));
    try {
      let before = 0;
      const files: { path: string; sha256: string }[] = [];
      for (const file of input.files) {
        const path = file.webkitRelativePath || file.name;
        const done = before;
        const onProgress = (share: number) => setProgress({ step: "uploading", file: path, share: (done + share * file.size) / total });
        onProgress(0);
        const { sha256 } = await upload<UploadedBlob>(apiPath(workspace, "blobs"), file, { onProgress, signal: controller.signal });
        files.push({ path, sha256 });
        before += file.size;
      }
      setProgress({ step: "registering" });
      if (input.isNewModel) await makeModel(workspace, input.model);
      return await api.post<Version>(apiPath(workspace, "models", input.model, "versions"), { files, ...withoutEmpty(input) }, { idempotencyKey, signal: controller.signal });
    } finally {
      setProgress({ step: "idle" });
    }
  };

  return { progress, register, cancel: () => stop.current?.abort() };
};

/** A model that is there already is what the reader wanted: the version goes to it. */
const makeModel = async (workspace: string, name: string): Promise<void> => {
  try {
    await api.post<Model>(apiPath(workspace, "models"), { name });
  } catch (error) {
    if (!isApiProblem(error) || error.code !== "model.exists") throw error;
  }
};
