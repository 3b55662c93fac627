import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entries, SettingsSource } from '../../../src/platform/dynamic/settings-source.js';

export interface SourceUnderTest {
  readonly source: SettingsSource;
  /** Undefined removes the key. */
  set(key: string, text: string | undefined): Promise<void>;
  /** Where there is a wire to cut. */
  readonly outage?: { begin(): Promise<void>; end(): Promise<void> };
  close(): Promise<void>;
}

/** What any source of settings does. */
export function settingsSourceBehaviour(name: string, open: () => Promise<SourceUnderTest>, canBeAway: boolean): void {
  describe(name, () => {
    let subject: SourceUnderTest;
    let told: Entries | undefined;

    beforeEach(async () => {
      told = undefined;
      subject = await open();
    });
    afterEach(() => subject.close());

    const watch = async () => {
      subject.source.watch((entries) => {
        told = entries;
      });
      await subject.source.ready;
    };
    const entries = () => Object.fromEntries(told ?? []);
    const becomes = (expected: Record<string, string>) => expect.poll(entries).toEqual(expected);

    test('tells that there is nothing', async () => {
      await watch();
      expect(told).toEqual(new Map());
    });

    test('tells what is there when it is asked', async () => {
      await subject.set('log-level', 'debug');
      await subject.set('flags/new-search', 'true');
      await watch();
      expect(entries()).toEqual({ 'log-level': 'debug', 'flags/new-search': 'true' });
    });

    test('tells what is set, changed and removed later', async () => {
      await watch();
      await subject.set('log-level', 'debug');
      await becomes({ 'log-level': 'debug' });
      await subject.set('log-level', 'warn');
      await subject.set('rate-limits', 'off');
      await becomes({ 'log-level': 'warn', 'rate-limits': 'off' });
      await subject.set('log-level', undefined);
      await becomes({ 'rate-limits': 'off' });
      await subject.set('rate-limits', undefined);
      await becomes({});
    });

    test.runIf(canBeAway)('tells nothing while it is away, and what has changed when it is back', async () => {
      await subject.set('log-level', 'debug');
      await watch();
      await subject.outage?.begin();
      await subject.set('log-level', 'warn');
      expect(entries()).toEqual({ 'log-level': 'debug' });
      await subject.outage?.end();
      await becomes({ 'log-level': 'warn' });
    });
  });
}
