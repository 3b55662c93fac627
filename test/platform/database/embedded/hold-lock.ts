import { exclusive } from '../../../../src/platform/database/embedded/exclusive.js';

const [, , name = ''] = process.argv;
await exclusive(name, () => {
  process.stdout.write('held');
  return new Promise(() => undefined);
});
