"use client";

import "./globals.css";
import { MessagePage } from "@/components/shell/message-page";
import { Button } from "@/components/ui/button";

export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Slipway</title>
        <MessagePage
          title="The console couldn’t start"
          actions={<Button variant="primary" icon="retry" onClick={reset}>Try again</Button>}
          detail={error.digest === undefined ? undefined : <>Error <code>{error.digest}</code></>}
        >
          What runs in production is not touched by this.
        </MessagePage>
      </body>
    </html>
  );
}
