import Link from "next/link";
import { type ComponentPropsWithRef } from "react";
import { cx } from "./cx";
import { Icon } from "./icon";

/** Returns `pathname` with `current` parameters changed; undefined or empty removes a key. */
export const withParams = (pathname: string, current: URLSearchParams | { toString(): string }, changes: Record<string, string | undefined>): string => {
  const params = new URLSearchParams(current.toString());
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === "") params.delete(key);
    else params.set(key, value);
  }
  const query = params.toString();
  return query === "" ? pathname : `${pathname}?${query}`;
};

export type TextLinkProps = ComponentPropsWithRef<typeof Link> & { external?: boolean | undefined; quiet?: boolean | undefined };

/** A link in running text. `quiet` keeps the colour of the text around it; `external` opens a new tab and says so. */
export function TextLink({ className, external = false, quiet = false, children, ...rest }: TextLinkProps) {
  return (
    <Link {...rest} {...(external ? { target: "_blank", rel: "noreferrer" } : {})} className={cx("underline-offset-2 hover:underline", quiet ? "font-medium text-fg" : "font-medium text-accent", className)}>
      {children}
      {external && (
        <>
          <Icon name="external" size={12} className="ml-1 inline" />
          <span className="sr-only"> (opens a new tab)</span>
        </>
      )}
    </Link>
  );
}
