import { SignInScreen } from "@/components/identity/sign-in-screen";

export const dynamic = "force-dynamic";
export const metadata = { title: "Sign in" };

type Search = Promise<Record<string, string | string[] | undefined>>;
const textOf = (value: string | string[] | undefined): string | undefined => (typeof value === "string" ? value : undefined);

export default async function SignInPage({ searchParams }: { searchParams: Search }) {
  const { from, joined } = await searchParams;
  return <SignInScreen from={textOf(from)} joined={textOf(joined)} />;
}
