import { type ClientOptions, connectivityState, Client as GrpcClient } from '@grpc/grpc-js';
import type { Instance } from '../discovery/service-directory.js';
import type { Connections } from '../resilience/resilience-policy.js';
import type { ChannelSecurity } from './channel-security.js';

/** By default grpc-js waits from 1 s to 2 minutes to reconnect, far too long after a restart. */
const options: ClientOptions = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 500,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 3_000,
  'grpc.keepalive_permit_without_calls': 1,
  // our own services send the answers
  'grpc.max_receive_message_length': -1,
  'grpc.enable_retries': 0,
  // http_proxy is for destinations outside
  'grpc.enable_http_proxy': 0,
  'grpc.enable_channelz': 0,
  // connections are not shared with other channels
  'grpc.use_local_subchannel_pool': 1,
};

export class InstanceChannels implements Connections {
  readonly #clients = new Map<string, GrpcClient>();

  constructor(
    private readonly service: string,
    private readonly security: ChannelSecurity,
  ) {}

  /** Reconnects at once, without the back-off: the caller has no better instance. */
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

  /** False while it cannot be connected to; the attempt continues. */
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
