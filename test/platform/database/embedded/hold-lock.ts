import { exclusive } from '../../../../src/platform/database/embedded/file-lock.js';

const [, , path = ''] = process.argv;
await exclusive({ path }, () => {
  process.stdout.write('held');
  return new Promise(() => undefined);
});
