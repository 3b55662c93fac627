import type { Finding } from './schemathesis.js';

interface Argument {
  readonly code: string;
  readonly problem: string | undefined;
  readonly holds?: (finding: Finding) => boolean;
  readonly because: string;
}

/** What schemathesis reports and stays as it is. */
const argued: readonly Argument[] = [
  {
    code: 'ST202',
    problem: 'IDEMPOTENCY_KEY_REUSED',
    because: `draft-ietf-httpapi-idempotency-key-header, 2.7: a key that comes with another payload is refused. The fault is
      in two requests together, so no schema can say it; schemathesis sends a key again.`,
  },
  {
    code: 'ST201',
    problem: undefined,
    holds: ({ message }) => message.includes('x-request-timeout-ms'),
    because: `RFC 9651, 4.2 (structured fields): a field that does not parse may be treated as absent. The header is a wish
      with a default, as \`wait\` of RFC 7240 is, which a server ignores where it cannot comply; the schema says what to send.`,
  },
  {
    code: 'ST101',
    problem: 'DEADLINE_EXCEEDED',
    holds: ({ timeout }) => Number(timeout) < 500,
    because: `RFC 9110, 15.6.5: 504 is "not in time". The caller asked for an answer within milliseconds; with a longer
      deadline it would be a finding.`,
  },
];

export const isArgued = (finding: Finding): boolean =>
  argued.some(
    ({ code, problem, holds = () => true }) => finding.code === code && finding.problem === problem && holds(finding),
  );
