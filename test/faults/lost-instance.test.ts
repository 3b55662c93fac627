import { afterEach, describe, expect, test } from 'vitest';
import { Administrator, Person } from './callers.js';
import { report } from './report.js';
import { SteadyLoad, type Tally } from './steady-load.js';
import { deadlineMs, Topology } from './topology.js';

const callers = 10;
const unavailable = 'SERVICE_UNAVAILABLE';

let topology: Topology;
let admin: Administrator;
let people: Person[];

async function start(options: Parameters<typeof Topology.start>[0]): Promise<void> {
  topology = await Topology.start(options);
  admin = await Administrator.logIn(topology);
  people = await Promise.all(Array.from({ length: callers }, (_, caller) => Person.register(topology, caller)));
}

/** Queries and commands with and without a key, all of users. */
const load = () =>
  new SteadyLoad({ callers, deadlineMs }, (caller) => {
    const { reads, renames } = people[caller] as Person;
    return [reads, renames, reads, admin.creates(caller)];
  });

const commandsWithoutKey = ({ details }: Tally) => details.every((line) => line.startsWith('UpdateUser'));

/** The failure that the gateway gives. */
async function circuit(): Promise<{ readonly state: string; readonly instances: { readonly ejected: number } }> {
  const { place } = topology.of('api-gateway')[0];
  return (await fetch(`${place.http}/health/circuit/user-service`)).json() as ReturnType<typeof circuit>;
}

afterEach(() => topology?.stop());

describe('one of two instances', () => {
  test('is killed: at most the commands it was running fail, and it is called again when it is back', {
    timeout: 120_000,
  }, async () => {
    await start({ counts: { 'user-service': 2 } });
    const [first] = topology.of('user-service');
    const steady = load();
    await steady.answered(5 * callers);
    steady.next();
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    await steady.answered(20 * callers);
    const killed = steady.next();
    await first.start();
    await expect.poll(() => first.servesGrpc()).toBe(true);
    await steady.answered(20 * callers);
    const back = await steady.stop();
    report('kill -9 of one of two', killed);
    report('after it is back', back);
    expect([killed.faults, back.faults, back.details]).toEqual([[], [], []]);
    expect(Object.keys(killed.failures)).toEqual(killed.failed > 0 ? [unavailable] : []);
    expect(commandsWithoutKey(killed)).toBe(true);
    // a caller waits for one answer at a time
    expect(killed.failed).toBeLessThanOrEqual(callers);
  });

  test('hangs: it is left out, callers get answers, and it is called again when it continues', {
    timeout: 120_000,
  }, async () => {
    const RESILIENCE = JSON.stringify({ ejection: { baseMs: 1_000 } });
    await start({ counts: { 'user-service': 2 }, environment: { RESILIENCE } });
    const [first] = topology.of('user-service');
    const steady = load();
    await steady.answered(10 * callers);
    steady.next();
    await steady.answered(20 * callers);
    const normal = steady.next();
    first.signal('SIGSTOP');
    await expect.poll(async () => (await circuit()).instances.ejected).toBe(1);
    const noticed = steady.next();
    await steady.answered(20 * callers);
    const ejected = steady.next();
    first.signal('SIGCONT');
    await expect.poll(async () => (await circuit()).instances.ejected).toBe(0);
    steady.next();
    await steady.answered(20 * callers);
    const back = await steady.stop();
    report('before an instance hangs', normal);
    report('until it is ejected', noticed);
    report('while it is ejected', ejected);
    report('after it goes on', back);
    expect([normal, noticed, ejected, back].flatMap(({ faults }) => faults)).toEqual([]);
    expect(back.details).toEqual([]);
    // a command without a key may or may not have run on the instance that hung
    for (const tally of [noticed, ejected]) expect(commandsWithoutKey(tally)).toBe(true);
    expect(new Set(Object.keys(noticed.failures)).isSubsetOf(new Set(['DEADLINE_EXCEEDED', unavailable]))).toBe(true);
  });
});

describe('the only instance', () => {
  test('is killed: callers get its name at once, and answers as soon as it is back', {
    timeout: 120_000,
  }, async () => {
    await start({});
    const [only] = topology.of('user-service');
    const steady = load();
    await steady.answered(5 * callers);
    await only.end('SIGKILL');
    const killedAt = performance.now();
    await expect.poll(async () => (await circuit()).state).not.toBe('CLOSED');
    report('from kill -9 to an open circuit', `${Math.round(performance.now() - killedAt)} ms`);
    steady.next();
    await steady.until(({ failed }) => failed >= 20 * callers);
    const dead = steady.next();
    await only.start();
    const startedAt = performance.now();
    await steady.answered(1);
    const recoveredMs = performance.now() - startedAt;
    await steady.answered(5 * callers);
    steady.next();
    await steady.answered(20 * callers);
    const back = await steady.stop();
    report('kill -9 of the only one, circuit open', dead);
    report('from ready to the first answer', `${Math.round(recoveredMs)} ms`);
    report('after it is back', back);
    expect([dead.faults, back.faults, back.details]).toEqual([[], [], []]);
    expect(Object.keys(dead.failures)).toEqual([unavailable]);
    // 50 ms on a machine that does nothing else; waiting for a connection or a deadline takes longer than this
    expect(dead.medianFailureMs).toBeLessThan(500);
    expect(recoveredMs).toBeLessThan(5_000);
  });

  test('hangs: no caller waits longer than its deadline, and few do', { timeout: 120_000 }, async () => {
    await start({});
    const [only] = topology.of('user-service');
    const steady = load();
    await steady.answered(5 * callers);
    steady.next();
    only.signal('SIGSTOP');
    await steady.until(({ failures }) => (failures[unavailable] ?? 0) >= 20 * callers);
    const hung = steady.next();
    only.signal('SIGCONT');
    await steady.answered(5 * callers);
    steady.next();
    await steady.answered(20 * callers);
    const back = await steady.stop();
    report('the only one hangs', hung);
    report('after it goes on', back);
    expect([hung.faults, back.faults, back.details]).toEqual([[], [], []]);
    expect(new Set(Object.keys(hung.failures))).toEqual(new Set([unavailable, 'DEADLINE_EXCEEDED']));
  });
});
