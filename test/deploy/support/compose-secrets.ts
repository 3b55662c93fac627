import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inHouse } from '../../house/planted-tree.js';

/** Runs deploy/compose.secrets.sh of another checkout, `root`, and gives the folder of its secrets. */
export function makeSecrets(root: string): string {
  mkdirSync(join(root, 'deploy'), { recursive: true });
  const script = join(root, 'deploy/compose.secrets.sh');
  copyFileSync(inHouse('deploy/compose.secrets.sh'), script);
  const { status, stderr } = spawnSync('sh', [script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`compose.secrets.sh ended with ${status}: ${stderr}`);
  return join(root, 'deploy/secrets');
}
