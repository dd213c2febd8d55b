/** Words that passwords of 12 and more characters are commonly built from; digits, signs and repetition around them add little. */
const words = new Set([
  "password", "passwort", "passw", "letmein", "welcome", "qwerty", "qwertyuiop", "qwertz", "azerty", "asdfghjkl", "asdfgh", "zxcvbnm", "abc", "abcdef", "abcdefgh", "abcdefghijkl", "admin",
  "administrator", "root", "user", "guest", "login", "changeme", "default", "secret", "master", "monkey", "dragon", "football", "baseball", "basketball", "soccer", "hockey", "superman", "batman",
  "sunshine", "princess", "iloveyou", "trustno", "shadow", "michael", "jordan", "hunter", "killer", "pokemon", "starwars", "whatever", "computer", "internet", "samsung", "google", "summer", "winter",
  "spring", "autumn", "hello", "helloworld", "test", "testing", "testtest", "demo", "slipway", "mlops", "mlflow", "company", "mustang", "harley", "liverpool", "chelsea", "arsenal", "charlie",
  "thomas", "daniel", "jessica", "ashley", "nicole", "andrew", "matthew", "access", "cheese", "freedom", "forever", "family", "flower", "pass", "passpass", "passphrase", "mypassword", "newpassword",
  "passwordpassword", "correcthorsebatterystaple", "thisismypassword", "p", "q", "a", "x", "z", "qazwsx", "qazwsxedc", "zaq", "lovelove", "love", "lovely", "babygirl", "jesus", "jesuschrist", "god",
]);

const leet: Record<string, string> = { "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", $: "s", "!": "i" };
const rows = ["01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn", "1q2w3e4r5t6y7u8i9o0p"];

const shortestPeriod = (text: string): string => {
  for (let length = 1; length <= text.length / 2; length += 1) {
    const part = text.slice(0, length);
    if (part.repeat(Math.ceil(text.length / length)).slice(0, text.length) === text) return part;
  }
  return text;
};

/** True for what guessing tries first: one common word (also in l33t) with digits or signs around it, a row of keys, a short repetition, or the person's own name or address. */
export const isCommonPassword = (password: string, about: readonly string[]): boolean => {
  const lower = password.toLowerCase();
  const compact = lower.replaceAll(/[\s._-]/g, "");
  const period = shortestPeriod(compact);
  if (period.length <= 4 || rows.some((row) => row.includes(compact))) return true;
  const letters = compact.replaceAll(/[^\p{L}]/gu, "");
  const core = compact.replace(/[^\p{L}]+$/u, ""); // what was put behind is a year or a counter, what stands inside is l33t
  const plain = core.replaceAll(/[0134575@$!]/g, (sign) => leet[sign] ?? sign).replaceAll(/[^\p{L}]/gu, "");
  const isBare = (text: string): boolean => words.has(text) || words.has(shortestPeriod(text)) || about.some((own) => own.length >= 4 && text === own.toLowerCase().replaceAll(/[^\p{L}]/gu, ""));
  return isBare(letters) || isBare(plain) || isBare(period.replaceAll(/[^\p{L}]/gu, "")) || about.some((own) => own.length >= 4 && compact === own.toLowerCase());
};
