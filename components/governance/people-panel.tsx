import { Avatar } from "@/components/ui/avatar";
import { Chip } from "@/components/ui/chip";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { DossierView } from "@/lib/governance";

type Person = DossierView["people"][number];

const needed = ({ policy }: DossierView): string => {
  const count = Math.max(1, policy.approvalsNeeded);
  return `${count} ${count === 1 ? "approval" : "approvals"}${policy.groups.length > 0 ? `, one of each: ${policy.groups.join(", ")}` : ""}`;
};

function Mark({ person, isOpen }: { person: Person; isOpen: boolean }) {
  if (person.decision !== null) {
    const approved = person.decision === "approve";
    return <Chip tone={approved ? "ok" : "crit"} icon={approved ? "okc" : "x"} bare>{approved ? "Approved" : "Rejected"}{person.decidedAt !== null && <Time value={person.decidedAt} format="clock" />}</Chip>;
  }
  if (!isOpen) return null;
  if (person.mayDecide) return <Chip tone={person.isYou ? "info" : "idle"} icon={person.isYou ? "stamp" : "user"} bare>{person.isYou ? "Your decision" : "May decide"}</Chip>;
  return <Chip tone="idle" icon="lock" bare>Cannot</Chip>;
}

/** Who may approve, who did, and why the others can't. */
export function PeoplePanel({ dossier }: { dossier: DossierView }) {
  const isOpen = dossier.status === "OPEN";
  return (
    <Panel aria-label="Who may approve">
      <PanelHeader title="Who may approve" note={needed(dossier)} />
      <ul className="grid gap-2.5 px-3.5 py-2.5">
        {dossier.people.map((person) => (
          <li key={person.userId} className="grid grid-cols-[auto_1fr] gap-2.5">
            <Avatar name={person.name} />
            <span className="min-w-0">
              <span className="flex flex-wrap items-center justify-between gap-x-2">
                <span><b className="font-medium">{person.name}</b>{person.isYou && " (you)"} <span className="text-fg-3">{person.groups.join(", ")}</span></span>
                <Mark person={person} isOpen={isOpen} />
              </span>
              {person.comment !== null
                ? <span className="block text-sm text-fg-2 [overflow-wrap:anywhere]">{person.comment}</span>
                : isOpen && !(person.mayDecide && !person.isYou) && <span className="block text-sm text-fg-3">{person.mayDecide ? "You can." : person.reason}</span>}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
