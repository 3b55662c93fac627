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
    let reported: Entries | undefined;

    beforeEach(async () => {
      reported = undefined;
      subject = await open();
    });
    afterEach(() => subject.close());

    const watch = async () => {
      subject.source.watch((entries) => {
        reported = entries;
      });
      await subject.source.ready;
    };
    const entries = () => Object.fromEntries(reported ?? []);
    const becomes = (expected: Record<string, string>) => expect.poll(entries).toEqual(expected);

    test('reports that there is nothing', async () => {
      await watch();
      expect(reported).toEqual(new Map());
    });

    test('reports what is there at the start', async () => {
      await subject.set('log-level', 'debug');
      await subject.set('flags/new-search', 'true');
      await watch();
      expect(entries()).toEqual({ 'log-level': 'debug', 'flags/new-search': 'true' });
    });

    test('reports what is set, changed and removed later', async () => {
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

    test.runIf(canBeAway)('reports nothing while it is unavailable, and the changes when it is back', async () => {
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
