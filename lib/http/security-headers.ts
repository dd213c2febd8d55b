/** Sent with every answer of web. */
export const headersEverywhere = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
} as const;

/** Nothing is framed but logged documents, which the page of a run shows in a sandbox; their route says by whom. */
export const unframedHeaders = { "X-Frame-Options": "DENY" } as const;

/** Answers of an API are data, whatever a browser thinks that they look like. Pages get their policy, with a nonce, in proxy.ts. */
export const dataOnlyHeaders = { "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox" } as const;
