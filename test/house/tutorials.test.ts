import { describe, expect, test } from 'vitest';
import { applyDiff, readBlocks } from '../../scripts/tutorials/blocks.js';

const fenced = (info: string, text: string) => `\`\`\`${info}\n${text}\`\`\`\n`;

describe('what a reader of a tutorial does', () => {
  test('is in its blocks: commands, and files with their paths; a block without a path explains', () => {
    const page = ['# A page', fenced('ts src/a.ts', 'a;\n'), fenced('ts', 'b;\n'), fenced('sh', 'npm test\n')].join(
      '\n',
    );
    expect(readBlocks(page)).toEqual([
      { kind: 'write', path: 'src/a.ts', text: 'a;\n' },
      { kind: 'run', path: '', text: 'npm test\n' },
    ]);
  });

  test('is to change the lines that a diff shows, one hunk after the other', () => {
    expect(applyDiff('one\ntwo\n\nthree\n', ' one\n-two\n+2\n@@\n\n+2.5\n three\n')).toBe('one\n2\n\n2.5\nthree\n');
  });

  test('fails where the code is no longer what the page shows', () => {
    expect(() => applyDiff('one\n', '-two\n+2\n')).toThrow('these lines are not there:\ntwo\n');
    expect(() => applyDiff('one\none\n', ' one\n+two\n')).toThrow('these lines are there 2 times:\none\n');
  });
});
