import { describe } from 'vitest';
import { describeOperations } from '../conformance/operations.behaviour.js';
import { sample } from '../conformance/sample.js';
import { givenServers } from '../support/given-servers.js';
import { startSplit } from '../support/split.js';
import { type RunningTarget, whenReady } from '../support/target.js';

const { CONSUL_HOST, CONSUL_PORT = '8500' } = process.env;

/** With Consul where there is one; the test command, which has none, runs the table with addresses. */
const discovery: Readonly<Record<string, string>> =
  CONSUL_HOST === undefined ? {} : { DISCOVERY: 'consul', CONSUL_HOST, CONSUL_PORT };

/** Ready when it has subscribed: earlier requests get no answer. */
async function start(): Promise<RunningTarget> {
  const target = await startSplit({ ...givenServers(), ...discovery });
  await whenReady(target);
  return target;
}

describe('through a gateway', () => describeOperations(start, sample(2)));
