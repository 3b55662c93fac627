import { resilienceSettings } from '../../../src/platform/dynamic/resilience-settings.js';
import { edge, graph, node } from '../dot.js';
import { named, operation } from '../facts.js';
import type { Picture } from '../picture.js';

const inAuth = (file: string, name: string): string => named(`src/modules/auth/application/${file}.ts`, name);

const routeOf = (id: string): string => {
  const { wire } = operation(id);
  return wire.rest ? `${wire.rest.method} ${wire.rest.path}` : wire.grpc.method;
};

export function signIn(): Picture {
  const handler = inAuth('login', 'LoginHandler');
  const source = [
    'sequenceDiagram',
    '  participant C as Caller',
    `  participant P as ${named('src/pipeline/pipeline.ts', 'Pipeline')}`,
    `  participant H as ${handler}`,
    `  participant S as ${inAuth('sign-ins', 'SignIns')}`,
    '  participant D as Accounts, sessions',
    `  C->>P: ${routeOf('auth.login')}`,
    '  P->>H: limits, validation, then the handler',
    `  H->>D: ${inAuth('login', 'findByEmail')}`,
    `  H->>H: ${inAuth('login', 'verify')} the password (argon2id)`,
    `  H->>S: ${inAuth('sign-ins', 'open')} a session`,
    '  S->>D: store the hash of the refresh token',
    '  S-->>C: access token (15 min), refresh token',
    `  C->>P: any operation with the access token`,
    `  P->>P: ${named('src/pipeline/authenticate.ts', 'verifyCached')}, ${named('src/pipeline/authenticate.ts', 'isRevoked')}`,
    `  C->>P: ${routeOf('auth.refreshSession')}`,
    `  P->>S: ${inAuth('sign-ins', 'renew')}: a new pair`,
    '  S-->>C: new access token, new refresh token',
    '  Note over S,D: a refresh token used twice ends the session',
    `  C->>P: ${routeOf('auth.logout')}`,
    `  P->>D: ${inAuth('sign-outs', 'SignOuts')} ends the session, revokes its tokens`,
    '',
  ].join('\n');
  return {
    name: 'auth_jwt_flow',
    title: 'Tokens: log in, call, renew, log out',
    about:
      'Access tokens are verified without the database; refresh tokens rotate, and the copy of a used one ends the session.',
    language: 'mmd',
    source,
  };
}

export function userProfile(): Picture {
  const inUsers = (file: string, name: string) => named(`src/modules/users/application/${file}.ts`, name);
  const source = [
    'sequenceDiagram',
    '  participant C as Caller',
    '  participant A as auth',
    '  participant AD as accounts',
    '  participant U as users',
    '  participant UD as users table',
    `  C->>A: ${routeOf('auth.register')}`,
    `  A->>AD: ${inAuth('registration', 'reserve')} the address`,
    `  A->>U: ${operation('users.createUserProfile').name} (internal)`,
    '  U->>UD: insert',
    `  A->>AD: ${inAuth('registration', 'activate')} the account`,
    '  A-->>C: tokens and the user',
    `  C->>U: ${routeOf('users.updateUser')} with a new address`,
    '  U->>UD: update, note that the account is behind',
    `  U->>A: ${operation('auth.changeAccountEmail').name} (internal)`,
    '  A->>AD: update',
    `  U->>UD: ${inUsers('account-emails', 'accountFollowed')}`,
    '  Note over A,U: after a crash, reconcilers finish both',
    `  C->>U: ${routeOf('users.deleteUser')}`,
    `  U->>A: ${operation('auth.closeAccount').name} (internal)`,
    '  U->>UD: delete',
    '',
  ].join('\n');
  return {
    name: 'data_flow_user_profile',
    title: 'A profile: created, changed, deleted',
    about: 'auth owns the account, users the profile. In one process or two, the same operations connect them.',
    language: 'mmd',
    source,
  };
}

export function circuitBreaker(): Picture {
  const { breaker } = resilienceSettings.parse({});
  const circuit = 'src/remote/resilience/circuit.ts';
  const [closed = '', open = '', half = ''] = ['CLOSED', 'OPEN', 'HALF_OPEN'].map((state) => named(circuit, state));
  const { failurePercent, windowMs, volume, resetMs } = breaker;
  const source = graph(
    [
      node('start', 'caller', 'start'),
      node(closed, 'process', closed, ['calls pass']),
      node(open, 'failure', open, ['calls fail at once:', 'SERVICE_UNAVAILABLE']),
      node(half, 'caution', half, ['one call may pass']),
      edge('start', closed),
      edge(closed, open, { label: `${failurePercent} % of the calls in ${windowMs} ms fail,\\nor ${volume} in a row` }),
      edge(open, half, { label: `after ${resetMs} ms` }),
      edge(half, open, { label: 'it fails' }),
      edge(half, closed, { label: 'it is answered' }),
    ],
    { direction: 'LR', gap: 1.1 },
  );
  return {
    name: 'circuit_breaker_state_machine',
    title: 'The circuit breaker of a service',
    about: 'Only calls without an answer count as failures. While it is open, callers get SERVICE_UNAVAILABLE at once.',
    language: 'dot',
    source,
  };
}
