// `helm test` runs this in a pod of the image. Arguments: the URLs of processes, which have to be ready, and with --public the URL
// that takes calls from outside.
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { public: { type: 'string' }, attempts: { type: 'string', default: '10' } },
});

const statusOf = async (url, init) => (await fetch(url, { ...init, signal: AbortSignal.timeout(5_000) })).status;

const ready = (url) => ({
  claim: `${url} is ready`,
  answers: 200,
  status: () => statusOf(`${url}/health/ready`),
});

/** The process that owns the operation refuses the token: 401. A gateway that cannot reach it answers 503. */
const reachesOwner = (url) => ({
  claim: `${url} reaches the owner of an operation`,
  answers: 401,
  status: () =>
    statusOf(`${url}/auth/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"refresh_token":"not a token"}',
    }),
});

/** More than once, because a network policy takes a moment to reach a new pod. */
async function holds({ claim, answers, status }) {
  for (let attempt = 1; attempt <= Number(values.attempts); attempt += 1) {
    if (attempt > 1) await setTimeout(1_000);
    const answer = await status().catch((error) => error.cause ?? error);
    if (answer === answers) return true;
    process.stdout.write(`not yet: ${claim}: ${answer}\n`);
  }
  return false;
}

const checks = [...positionals.map(ready), ...(values.public === undefined ? [] : [reachesOwner(values.public)])];
for (const check of checks) {
  const held = await holds(check);
  process.stdout.write(`${held ? 'ok' : 'FAILED'}: ${check.claim}\n`);
  if (!held) process.exitCode = 1;
}
