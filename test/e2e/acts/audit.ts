import type { Person } from "../support/browser";
import { goTo, sees } from "../support/look";

const rows = ({ page }: Person) => page.getByRole("table", { name: "Audit events, newest first" }).getByRole("row");

/** Filters the record by an action and returns how many events are shown; every one of them is of that action. */
export const filterByAction = async (person: Person, action: string): Promise<number> => {
  const { page } = person;
  await goTo(page, "Audit log");
  await page.getByRole("button", { name: /^Action/ }).click();
  await page.getByRole("menuitem", { name: new RegExp(`^${action.replace(".", "\\.")} `) }).click();
  await page.keyboard.press("Escape");
  await sees(page.getByText(`action: ${action}`));
  await page.waitForURL(new RegExp(`action=${action}`));
  await page.waitForFunction((wanted) => {
    const shown = [...document.querySelectorAll("tbody tr")];
    return shown.length > 0 && shown.every((row) => row.textContent.includes(wanted));
  }, action);
  return (await rows(person).count()) - 1;
};

/** Opens the newest event beside the list. */
export const peekNewest = async (person: Person, action: string): Promise<void> => {
  await rows(person).nth(1).getByRole("link").click();
  const details = person.page.getByRole("complementary", { name: "Details" });
  await sees(details.getByText(action));
  await sees(details.getByText("Sequence"));
};
