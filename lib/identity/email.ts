import { z } from "zod";

/** One spelling for one mailbox: trimmed, lower case. */
export const normalEmail = (email: string): string => email.trim().toLowerCase();

export const emailField = z.string().trim().toLowerCase().max(254).pipe(z.email({ message: "is not an e-mail address" }));
