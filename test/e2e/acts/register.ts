import type { Person } from "../support/browser";
import { type DroppedFile, dropFile } from "../support/drop";
import { goTo, heading, openTab, sees } from "../support/look";

/** Opens the page of a version from the list of models. */
export const openVersion = async ({ page }: Person, model: string, number: number): Promise<void> => {
  await goTo(page, "Models");
  await page.getByRole("table").getByRole("link", { name: model, exact: true }).click();
  await page.getByRole("table").getByRole("link", { name: `${model} v${number}`, exact: true }).click();
  await sees(heading(page, new RegExp(`^${model} v${number}`)));
};

const nextVersion = async ({ page }: Person, model: string): Promise<void> => {
  await goTo(page, "Models");
  await page.getByRole("table").getByRole("link", { name: model, exact: true }).click();
  await sees(heading(page, new RegExp(`^${model}`)));
  await page.getByRole("button", { name: "Register version" }).click();
};

/** Drops a file into the register dialog and waits for the version's page to show the outcome of the inspection. */
export const register = async (person: Person, { model, number, file, description, featureNames }: { model: string; number: number; file: DroppedFile; description: string; featureNames: readonly string[] }): Promise<void> => {
  const { page } = person;
  if (number > 1) await nextVersion(person, model);
  else {
    await goTo(page, "Models");
    await page.getByRole("button", { name: "Register model" }).first().click();
  }
  const dialog = page.getByRole("dialog");
  if (number === 1) await dialog.getByLabel("Name", { exact: true }).fill(model);
  await dropFile(dialog.getByText("Drop the ONNX file here"), file);
  await sees(dialog.getByRole("list", { name: "Chosen files" }).getByText(file.name));
  await dialog.getByLabel(/^Feature names/).fill(featureNames.join(", "));
  await dialog.getByLabel(/^Description/).fill(description);
  await dialog.getByRole("button", { name: "Register", exact: true }).click();
  await page.waitForURL(new RegExp(`/models/${model}/${number}$`));
  await sees(heading(page, new RegExp(`${model} v${number} (Registered|Refused|Candidate)`)));
};

/** Reads the signature of an accepted version on its page. */
export const readSignature = async ({ page }: Person, model: string, number: number): Promise<void> => {
  await openTab(page, `${model} v${number}`, "Signature");
  const input = page.getByRole("region", { name: "Input" });
  await sees(input.getByRole("rowheader", { name: "X", exact: true }));
  await sees(input.getByRole("cell", { name: "FP32" }));
  await sees(input.getByRole("cell", { name: /, 64\]$/ }));
  await sees(page.getByRole("region", { name: "Features" }).getByText("64 named"));
  await openTab(page, `${model} v${number}`, "Overview");
};
