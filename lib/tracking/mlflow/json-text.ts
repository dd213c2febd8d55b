import { Reply } from "./reply";

/** A member of an object in JSON; none where its list is empty, as MLflow leaves it out. */
export const member = (name: string, list: string): string[] => (list === "[]" ? [] : [`"${name}":${list}`]);

/** An answer of JSON that was put together from texts. */
export const textReply = (members: readonly string[]): Reply => new Reply(200, { "content-type": "application/json" }, `{${members.join(",")}}`);

/** A page of items, each of them JSON, with the token of the next. */
export const pageReply = (name: string, items: readonly string[], nextToken: string | undefined): Reply =>
  textReply([...member(name, `[${items.join(",")}]`), ...(nextToken === undefined ? [] : [`"next_page_token":"${nextToken}"`])]);
