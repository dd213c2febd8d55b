import { MessagePage } from "@/components/shell/message-page";
import { ButtonLink } from "@/components/ui/button";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <MessagePage title="There is nothing at this address" actions={<ButtonLink href="/" variant="primary">Go to the console</ButtonLink>}>
      The page was moved or deleted, or it belongs to a workspace that you are not a member of.
    </MessagePage>
  );
}
