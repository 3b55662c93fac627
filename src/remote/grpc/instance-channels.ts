import { type ClientOptions, connectivityState, Client as GrpcClient } from '@grpc/grpc-js';
import type { Instance } from '../discovery/service-directory.js';
import type { ChannelSecurity } from './channel-security.js';

/** grpc-js waits 1 s at first and up to 2 minutes: a service that is back would be missed for as long. */
const options: ClientOptions = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 500,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 3_000,
  'grpc.keepalive_permit_without_calls': 1,
  // answers are those of our own services
  'grpc.max_receive_message_length': -1,
  'grpc.enable_retries': 0,
  // http_proxy of the environment is for what lies outside
  'grpc.enable_http_proxy': 0,
  'grpc.enable_channelz': 0,
  // each process has connections of its own to count on
  'grpc.use_local_subchannel_pool': 1,
};

/** A connection to each instance of one service that is called, made at the first call. */
export class InstanceChannels {
  readonly #clients = new Map<string, GrpcClient>();

  constructor(
    private readonly service: string,
    private readonly security: ChannelSecurity,
  ) {}

  /** Who calls an instance that is not reachable has no better one: it is tried again now, not after the back-off. */
  of(instance: Instance): GrpcClient {
    const { address } = instance;
    const known = this.#clients.get(address);
    if (known && this.isReachable(instance)) return known;
    const { credentials, options: identity } = this.security.channel(this.service, address);
    const client = new GrpcClient(address, credentials, { ...options, ...identity });
    this.#clients.set(address, client);
    known?.close();
    return client;
  }

  /** False for an instance that cannot be connected to now; the attempt goes on. */
  isReachable({ address }: Instance): boolean {
    const channel = this.#clients.get(address)?.getChannel();
    return channel?.getConnectivityState(true) !== connectivityState.TRANSIENT_FAILURE;
  }

  keep(instances: readonly Instance[]): void {
    const kept = new Set(instances.map(({ address }) => address));
    for (const [address, client] of this.#clients) {
      if (kept.has(address)) continue;
      client.close();
      this.#clients.delete(address);
    }
  }
}
