import { TokenVerifier } from '../../src/pipeline/token-verifier.js';
import { startTelemetry } from '../../src/platform/observability/telemetry.js';
import { JoseTokenVerifier } from '../../src/platform/security/jose-token-verifier.js';
import { loadTokenKeys } from '../../src/platform/security/token-keys.js';
import { sendToParent } from '../send-to-parent.js';
import { listeningOverGrpc } from './grpc-ours.js';
import { type Environment, splitConfiguration } from './split-configuration.js';

export interface UserService {
  readonly url: string;
}

/** The user-service of a gateway, its users in memory; the argument is what its environment has besides, as JSON. */
const environment = JSON.parse(process.argv[2] ?? '{}') as Environment;
const configuration = splitConfiguration({ ...environment, SERVICE_NAME: 'user-service' });
const { tokens } = configuration.security;
const verifier = new JoseTokenVerifier(await loadTokenKeys(tokens), { ...tokens, service: 'user-service' });
const { tracer } = await startTelemetry(configuration, console.error);
const { url } = await listeningOverGrpc({ tracer, providers: [{ provide: TokenVerifier, useValue: verifier }] });
const userService: UserService = { url };
sendToParent(userService);
