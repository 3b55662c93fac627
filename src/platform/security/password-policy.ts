import { readFileSync } from 'node:fs';

export type PasswordPolicyName = 'strict' | 'lax';

const PASSWORD_MIN_CHARACTERS = 8;
const PASSWORD_MAX_CHARACTERS = 128;

/** Why it is refused, or undefined. No composition rules (NIST SP 800-63B 3.1.1.2, ASVS 5.0 6.2). */
export function passwordProblem(password: string, policy: PasswordPolicyName): string | undefined {
  // code units first: composing and counting a megabyte is expensive
  if (password.length > 2 * PASSWORD_MAX_CHARACTERS) return tooLong;
  const composed = password.normalize('NFC');
  const characters = [...composed].length;
  if (characters > PASSWORD_MAX_CHARACTERS) return tooLong;
  if (characters < PASSWORD_MIN_CHARACTERS) return `must have at least ${PASSWORD_MIN_CHARACTERS} characters`;
  if (policy === 'strict' && isCommon(composed)) return 'is one of the most common passwords';
  return undefined;
}

const tooLong = `must have at most ${PASSWORD_MAX_CHARACTERS} characters`;

let commonPasswords: ReadonlySet<string> | undefined;

function isCommon(password: string): boolean {
  commonPasswords ??= readCommonPasswords();
  return commonPasswords.has(password.toLowerCase());
}

function readCommonPasswords(): ReadonlySet<string> {
  const lines = readFileSync(new URL('./common-passwords.txt', import.meta.url), 'utf8').split('\n');
  return new Set(lines.filter((line) => !line.startsWith('#')).flatMap((line) => line.split(' ')));
}
