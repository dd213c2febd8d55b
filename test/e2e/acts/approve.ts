import type { Person } from "../support/browser";
import { type DroppedFile, dropFile } from "../support/drop";
import { goTo, heading, sees, seesNoMore } from "../support/look";

/** Attaches a document on the version's page, which stands open. */
export const attachEvidence = async ({ page }: Person, kind: string, file: DroppedFile): Promise<void> => {
  await page.getByRole("button", { name: "Attach evidence" }).first().click();
  const dialog = page.getByRole("dialog", { name: /^Attach evidence to/ });
  await dropFile(dialog.getByText("Drop the JSON document here"), { ...file, type: "application/json" });
  await sees(dialog.getByRole("region", { name: `Contents of ${file.name}` }));
  await dialog.getByRole("button", { name: "Attach", exact: true }).click();
  await seesNoMore(dialog);
  await sees(page.getByRole("button", { name: `Read ${kind}` }));
};

/** Requests the promotion on the version's page and arrives at the dossier; returns its number. */
export const requestPromotion = async ({ page }: Person, { model, version, comment }: { model: string; version: number; comment: string }): Promise<string> => {
  await page.getByRole("button", { name: "Request promotion…" }).click();
  const dialog = page.getByRole("dialog", { name: `Request the promotion of ${model} v${version}` });
  await dialog.getByLabel("Environment").selectOption("production");
  await dialog.getByLabel(/^Comment/).fill(comment);
  await dialog.getByRole("button", { name: "Request promotion" }).click();
  await page.waitForURL(/\/approvals\/APR-\d+/);
  await sees(heading(page, new RegExp(`Release ${model} v${version} into production`)));
  await sees(page.getByRole("region", { name: "Your decision" }).getByText("You requested this, so you cannot approve it."));
  return /APR-\d+/.exec(page.url())?.[0] ?? "";
};

/** Finds the request in the list of what waits for the person, and approves it in its dossier. */
export const approve = async ({ page }: Person, { number, model, version }: { number: string; model: string; version: number }): Promise<void> => {
  await goTo(page, "Approvals");
  await page.getByRole("table").getByRole("link", { name: new RegExp(`^${model} v${version} into production`) }).first().click();
  await sees(heading(page, new RegExp(`Release ${model} v${version} into production`)));
  const decision = page.getByRole("region", { name: "Your decision" });
  await decision.getByRole("radio", { name: /^Approve/ }).check();
  await decision.getByLabel(/^Comment/).fill("Evidence read; the figures hold on held-out rows.");
  await decision.getByRole("button", { name: `Approve ${number}` }).click();
  await sees(page.getByRole("region", { name: "Outcome" }).getByText(/^Approved/));
};
