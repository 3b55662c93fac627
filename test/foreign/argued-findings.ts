import type { Finding } from './schemathesis.js';

interface Argument {
  readonly code: string;
  readonly holds: (finding: Finding) => boolean;
  readonly because: string;
}

const isInAHurry = ({ timeout }: Finding): boolean => Number(timeout) < 500;

/** What schemathesis reports and stays as it is. */
const argued: readonly Argument[] = [
  {
    code: 'ST202',
    holds: ({ problem }) => problem === 'IDEMPOTENCY_KEY_REUSED',
    because: `draft-ietf-httpapi-idempotency-key-header, 2.7: a key that comes with another payload is refused. The fault is
      in two requests together, so no schema can say it; schemathesis sends a key again.`,
  },
  {
    code: 'ST201',
    holds: ({ message }) => message.includes('x-request-timeout-ms'),
    because: `RFC 9651, 4.2 (structured fields): a field that does not parse may be treated as absent. The header is a wish
      with a default, as \`wait\` of RFC 7240 is, which a server ignores where it cannot comply; the schema says what to send.`,
  },
  {
    code: 'ST201',
    holds: ({ message }) => message.includes('in header - object with unexpected properties'),
    because: 'RFC 9110, 5.1: a header that is not known is ignored.',
  },
  {
    code: 'ST101',
    holds: (finding) => finding.problem === 'DEADLINE_EXCEEDED' && isInAHurry(finding),
    because: `RFC 9110, 15.6.5: 504 is "not in time". The caller asked for an answer within milliseconds; with a longer
      deadline it would be a finding.`,
  },
  {
    code: 'ST101',
    holds: (finding) => finding.problem === 'SERVICE_UNAVAILABLE' && isInAHurry(finding),
    because: `RFC 9110, 15.6.4: 503 is "likely alleviated after some delay". No connection to the database was free in half
      of the milliseconds that the caller gives, and the answer says when to try again.`,
  },
];

export const isArgued = (finding: Finding): boolean =>
  argued.some(({ code, holds }) => finding.code === code && holds(finding));
