import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';

const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
const nobody = 65_534;

export const hasPgBouncer = spawnSync('pgbouncer', ['--version'], { env: environment }).status === 0;

/** PgBouncer with the settings that the image edoburu/pgbouncer makes of the variables of its container. */
export class OwnPgBouncer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly address: string,
  ) {}

  static async start(settings: Readonly<Record<string, string>>, users: string, server: string): Promise<OwnPgBouncer> {
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
    const [host, serverPort] = server.split(':');
    const lines = [
      '[databases]',
      `* = host=${host} port=${serverPort} auth_user=${settings.DB_USER}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      `auth_file = ${join(folder, 'users')}`,
      ...['AUTH_TYPE', 'POOL_MODE', 'MAX_CLIENT_CONN', 'DEFAULT_POOL_SIZE', 'IGNORE_STARTUP_PARAMETERS'].map(
        (name) => `${name.toLowerCase()} = ${settings[name]}`,
      ),
    ];
    await writeFile(join(folder, 'pgbouncer.ini'), lines.join('\n'));
    await writeFile(join(folder, 'users'), users);
    await chmod(folder, 0o755);
    // it refuses to run as root
    const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
    const child = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], {
      ...identity,
      env: environment,
      stdio: 'ignore',
    });
    await eventually(() => once(connect(port, '127.0.0.1'), 'connect'));
    return new OwnPgBouncer(child, folder, `127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGINT');
    await once(this.child, 'exit');
    await rm(this.folder, { recursive: true, force: true });
  }
}
