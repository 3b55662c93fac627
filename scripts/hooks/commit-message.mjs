import { readFileSync } from 'node:fs';

const kinds = 'build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test';
const conventional = new RegExp(`^(${kinds})(\\([a-z0-9-]+\\))?!?: \\S.*$`);
const writtenByGit = /^(Merge|Revert|fixup!|squash!|amend!) /;

const [subject = ''] = readFileSync(process.argv[2] ?? '', 'utf8').split('\n');

if (!writtenByGit.test(subject) && (!conventional.test(subject) || subject.length > 100)) {
  console.error(
    `"${subject}"\nA commit message starts with a line of at most 100 characters such as\n` +
      `  feat(orders): cancel an unpaid order after 30 minutes\nwith one of ${kinds.replaceAll('|', ', ')}.`,
  );
  process.exitCode = 1;
}
