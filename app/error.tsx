"use client";

import { MessagePage } from "@/components/shell/message-page";
import { Button, ButtonLink } from "@/components/ui/button";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <MessagePage
      title="This page couldn’t be shown"
      actions={
        <>
          <Button variant="primary" icon="retry" onClick={reset}>Try again</Button>
          <ButtonLink href="/">Go to the console</ButtonLink>
        </>
      }
      detail={error.digest === undefined ? undefined : <>Error <code>{error.digest}</code>, also in the log of the web process</>}
    >
      Something failed while it was put together. What runs in production is not touched by this.
    </MessagePage>
  );
}
